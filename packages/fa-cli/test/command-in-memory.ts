/** Runs the whole command over files in memory, with the small rules of the tests. */
import type { Rule } from "@framealloc/analysis";
import { type MemoryHost, memoryHost, type MemoryHostOptions } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";
import { TEST_CATALOGUE } from "./test-rules.ts";

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number;
  readonly host: MemoryHost;
  /** `file line code severity` of each finding of the compact report. */
  readonly findings: readonly string[];
}

export interface CommandParts {
  readonly rules?: readonly Rule[];
  readonly options?: MemoryHostOptions;
  /** Changes the host before the command runs. */
  readonly host?: (host: MemoryHost) => MemoryHost;
}

/** The project is in `/game`. */
export async function fa(line: string, files: Readonly<Record<string, string>>, parts: CommandParts = {}): Promise<Ran> {
  const plain = memoryHost(new Map(Object.entries(files)), { cwd: "/game", args: line.split(" ").filter((word) => word !== ""), ...parts.options });
  const host = parts.host?.(plain) ?? plain;
  await runCommand(host, parts.rules ?? TEST_CATALOGUE);
  const { out, err } = plain.written;
  const findings = out.split("\n").flatMap((text) => /^(.*): line (\d+), col \d+, (\w+) - .* \((FA\d+)\)$/.exec(text)?.slice(1, 5).join(" ") ?? []);
  return { out, err, findings, code: plain.ended.exitCode, host };
}
