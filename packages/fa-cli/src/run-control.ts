/**
 * What a run is measured and stopped by: it is told of each piece of work, keeps the time, lets the process live between two pieces (signals, the
 * status line), and says when to stop: after Ctrl-C, or when `--max-duration` is over.
 */
import type { Host } from "./host.ts";
import { plural } from "./report/count-findings.ts";

/** Why a run ended before its end. */
export type Stop = "interrupted" | "max-duration" | "fail-fast";

export interface Timing {
  readonly phase: "find files" | "read files" | "link" | "fact" | "rule" | "judge" | "cache";
  readonly name: string;
  readonly durationMs: number;
  /** Files read, or findings of a rule. */
  readonly count: number;
}

export interface RunControl {
  /** Called when a piece of work is done. Resolves to a reason to stop, or null. */
  done(phase: Timing["phase"], name: string, count: number): Promise<Stop | null>;
  readonly timings: readonly Timing[];
  /** Milliseconds since the run began. */
  elapsedMs(): number;
  /** Takes the status line away, and stops listening for Ctrl-C. Says whether there was one. */
  end(): Promise<{ readonly interrupted: boolean }>;
}

/** So often are signals seen and the status line drawn. */
const BREATH_MS = 40;
/** A run that is over sooner shows no status line. */
const STATUS_AFTER_MS = 1000;

export function runControl(host: Host, maxDurationMs: number | null): RunControl {
  const startedMs = host.nowMs();
  let pieceMs = startedMs;
  let breathMs = startedMs;
  let interrupted = false;
  let shown = 0;
  const forget = host.onInterrupt(() => { interrupted = true; });
  const timings: Timing[] = [];
  return {
    timings,
    elapsedMs: () => host.nowMs() - startedMs,
    done: async (phase, name, count) => {
      const nowMs = host.nowMs();
      timings.push({ phase, name, durationMs: nowMs - pieceMs, count });
      pieceMs = nowMs;
      if (nowMs - breathMs >= BREATH_MS) {
        if (host.err.isTerminal && host.out.isTerminal && nowMs - startedMs >= STATUS_AFTER_MS) {
          await host.err.write(`\r\u001b[2K${statusLine(SPINNER[shown % SPINNER.length] ?? "", phase, name, timings, host.err.columns)}`);
          shown += 1;
        }
        await host.pause();
        breathMs = pieceMs = host.nowMs();
      }
      if (interrupted) return "interrupted";
      return maxDurationMs !== null && nowMs - startedMs >= maxDurationMs ? "max-duration" : null;
    },
    end: async () => {
      if (shown > 0) await host.err.write("\r\u001b[2K");
      // A signal that came during the last piece of work waits to be seen.
      await host.pause();
      forget();
      return { interrupted };
    },
  };
}

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;

function statusLine(spinner: string, phase: Timing["phase"], name: string, timings: readonly Timing[], columns: number): string {
  const text = phase === "read files" ? `reading: ${timings.filter((each) => each.phase === phase).length} files` : `analyzing: ${name}`;
  return `${spinner} ${text}`.slice(0, Math.max(0, columns - 1));
}

/** The timings as lines of a table: the phases, then what rules found, the slowest first. */
export function statsLines(timings: readonly Timing[]): readonly string[] {
  const phases = new Map<string, { durationMs: number; count: number }>();
  for (const { phase, durationMs, count } of timings) {
    const sum = phases.get(phase) ?? { durationMs: 0, count: 0 };
    phases.set(phase, { durationMs: sum.durationMs + durationMs, count: sum.count + count });
  }
  const row = (name: string, durationMs: number, count: string): string => `${name.padEnd(28)} ${durationMs.toFixed(1).padStart(9)} ms  ${count}`.trimEnd();
  const slowest = (phase: Timing["phase"]): readonly Timing[] => timings.filter((each) => each.phase === phase).sort((a, b) => b.durationMs - a.durationMs || (a.name < b.name ? -1 : 1));
  const unit: Partial<Record<string, string>> = { "read files": "file", "find files": "file", rule: "finding", judge: "finding" };
  return [
    "phase",
    ...[...phases].map(([phase, { durationMs, count }]) => row(`  ${phase}`, durationMs, unit[phase] === undefined ? "" : plural(count, unit[phase]))),
    ...(phases.has("fact") ? ["facts", ...slowest("fact").map(({ name, durationMs }) => row(`  ${name}`, durationMs, ""))] : []),
    ...(phases.has("rule") ? ["rules", ...slowest("rule").map(({ name, durationMs, count }) => row(`  ${name}`, durationMs, plural(count, "finding")))] : []),
  ];
}
