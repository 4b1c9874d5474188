/** Never comes back. */
export function frame(): void {
  for (;;) if (globalThis === undefined) return;
}
