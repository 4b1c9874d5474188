/**
 * Measures contestants against each other: each in a process of its own, all taking turns.
 *
 *   round 1    start A B C   warm A, B, C   sample A B C  A B C  A B C ...   end
 *   round 2    start B C A   ...
 *
 * A sample is a few milliseconds, so whatever slows the machine down for longer hits all contestants alike. What one round says of A and B is the median of
 * the ratios of neighbouring samples; the result is the median of the rounds. Every round has fresh processes, because what the engine compiles differs from
 * process to process. A contestant checks after each sample that memory holds what was written, and ends when an allocation fails.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { median } from "./median.ts";

/** How a contestant is started. */
export interface Contestant {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Effort {
  readonly rounds: number;
  readonly samples: number;
  readonly sampleMs: number;
  readonly warmMs: number;
}

/** Nanoseconds an operation: of each round the samples, in turn with those of the others. */
export type Samples = readonly (readonly number[])[];

export interface ContestResult {
  readonly samples: ReadonlyMap<string, Samples>;
  /** Contestants that cannot take part, and why. */
  readonly absent: ReadonlyMap<string, string>;
}

/** Lets the contestants run in turn. Throws when one of them fails. */
export async function runContest(contestants: ReadonlyMap<string, Contestant>, effort: Effort): Promise<ContestResult> {
  const samples = new Map<string, number[][]>([...contestants.keys()].map((name) => [name, []]));
  const absent = new Map<string, string>();
  for (let round = 0; round < effort.rounds; round += 1) {
    const names = rotated([...contestants.keys()].filter((name) => !absent.has(name)), round);
    const running = new Map<string, Running>();
    try {
      for (const name of names) {
        const started = new Running(name, contestants.get(name) as Contestant);
        running.set(name, started);
        const missing = await started.ready();
        if (missing === undefined) await started.ask(`warm ${effort.warmMs}`);
        else {
          absent.set(name, missing);
          samples.delete(name);
        }
      }
      const present = names.filter((name) => !absent.has(name));
      for (const name of present) samples.get(name)?.push([]);
      for (let sample = 0; sample < effort.samples; sample += 1) {
        for (const name of rotated(present, sample)) {
          const { ns } = (await running.get(name)?.ask(`sample ${effort.sampleMs}`)) as { readonly ns: number };
          samples.get(name)?.[round]?.push(ns);
        }
      }
    } finally {
      for (const each of running.values()) await each.end();
    }
  }
  return { samples, absent };
}

/** Bytes of garbage that a frame of a contestant makes. */
export async function garbageOf(name: string, contestant: Contestant): Promise<number> {
  const running = new Running(name, contestant);
  try {
    await running.ready();
    const { bytes } = (await running.ask("bytes")) as { readonly bytes: number };
    return bytes;
  } finally {
    await running.end();
  }
}

/** One number a round: nanoseconds an operation. */
export function timesOf(samples: Samples): number[] {
  return samples.map(median);
}

/** One number a round: how much longer `a` took than `b`. */
export function ratiosOf(a: Samples, b: Samples): number[] {
  return a.map((round, r) => median(round.map((ns, s) => ns / (b[r]?.[s] ?? NaN))));
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** A contestant's process: one line asked, one line answered. */
class Running {
  private readonly name: string;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: Interface;
  private readonly ended: Promise<void>;
  private errors = "";
  private answer: ((line: string) => void) | undefined = undefined;
  private refuse: ((error: Error) => void) | undefined = undefined;
  private failure: Error | undefined = undefined;

  constructor(name: string, { command, args }: Contestant) {
    this.name = name;
    this.child = spawn(command, args, { stdio: "pipe" });
    this.child.stderr.on("data", (chunk: Buffer) => (this.errors += chunk.toString()));
    // A process that is gone is told by its end.
    this.child.stdin.on("error", () => undefined);
    this.lines = createInterface({ input: this.child.stdout });
    this.lines.on("line", (line) => this.answer?.(line));
    this.ended = new Promise((resolve) => {
      const fail = (error: Error): void => {
        this.failure = error;
        this.refuse?.(error);
        resolve();
      };
      this.child.on("error", fail);
      this.child.on("close", (exitCode) => fail(new Error(`${this.name} ended with exit code ${exitCode}: ${this.errors.trim()}`)));
    });
  }

  /** Undefined once it is ready to run; else why it never will be. */
  async ready(): Promise<string | undefined> {
    const { absent } = (await this.next()) as { readonly absent?: string };
    return absent;
  }

  ask(request: string): Promise<object> {
    const answer = this.next();
    this.child.stdin.write(`${request}\n`);
    return answer;
  }

  async end(): Promise<void> {
    this.refuse = undefined;
    this.child.stdin.end();
    await this.ended;
    this.lines.close();
  }

  private next(): Promise<object> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.answer = (line) => resolve(JSON.parse(line) as object);
      this.refuse = reject;
    });
  }
}
