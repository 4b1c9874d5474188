/** Sizes in bytes from and to what people write: 1 KB is 1024 bytes. */
import { badArgument } from "./errors.ts";

/** `n` times 1024 bytes, whole. Throws `FrameAllocError` (`argument`) unless `n` is a finite number of at least 0. */
export function kilobytes(n: number): number {
  return whole("kilobytes", n, 1024);
}

/** `n` times 1024² bytes, whole. */
export function megabytes(n: number): number {
  return whole("megabytes", n, 1024 ** 2);
}

/** `n` times 1024³ bytes, whole. */
export function gigabytes(n: number): number {
  return whole("gigabytes", n, 1024 ** 3);
}

/** `formatBytes(1536)` is `"1.5 KB"`: at most two decimals, in the largest unit that leaves at least 1. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"] as const;
  let value = bytes;
  let unit = 0;
  // The rounded value decides, so that 1023.999 KB reads as 1 MB.
  while (Math.abs(Math.round(value * 100) / 100) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Math.round(value * 100) / 100} ${units[unit] ?? "B"}`;
}

function whole(call: string, n: number, unit: number): number {
  if (!Number.isFinite(n) || n < 0) throw badArgument(call, "n", n, "a finite number of at least 0");
  return Math.round(n * unit);
}
