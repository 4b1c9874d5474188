/** Starts workers that run programs of agent-programs.ts, and waits for what they say. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { afterAll } from "vitest";
import type { Given } from "./agent-programs.ts";

interface Said {
  readonly done?: unknown;
  readonly said?: unknown;
  readonly failed?: string;
  readonly ready?: true;
}

/** One file, once, as a worker starts in a fraction of the time that reading TypeScript takes it. */
const folder = mkdtempSync(join(tmpdir(), "framealloc-agents-"));
const bundle = join(folder, "agent-worker.mjs");
buildSync({ entryPoints: [fileURLToPath(new URL("./agent-worker.ts", import.meta.url))], outfile: bundle, bundle: true, format: "esm", platform: "node", sourcemap: "inline" });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export class AgentWorker {
  readonly worker: Worker = new Worker(bundle, { execArgv: ["--enable-source-maps"] });
  private readonly heard: Said[] = [];
  private listener: (() => void) | undefined = undefined;
  private death: Error | undefined = undefined;

  constructor() {
    this.worker.on("message", (said: Said) => this.hear(said));
    this.worker.on("error", (error) => {
      this.death = error instanceof Error ? error : new Error(String(error));
      this.listener?.();
    });
  }

  /** Resolves when it can be told what to run. */
  async ready(): Promise<this> {
    await this.next("ready");
    return this;
  }

  /** Runs a program and gives what it returns. */
  async run<R = unknown>(program: string, given: Given): Promise<R> {
    this.start(program, given);
    return (await this.next("done")) as R;
  }

  start(program: string, given: Given): void {
    this.worker.postMessage({ program, given });
  }

  /** The next message of a kind. Throws what the program threw. */
  async next(kind: keyof Said): Promise<unknown> {
    for (;;) {
      const at = this.heard.findIndex((said) => kind in said || said.failed !== undefined);
      const [said] = at < 0 ? [] : this.heard.splice(at, 1);
      if (said?.failed !== undefined) throw new Error(said.failed);
      if (said !== undefined) return said[kind];
      if (this.death !== undefined) throw this.death;
      await new Promise<void>((resolve) => (this.listener = resolve));
    }
  }

  private hear(said: Said): void {
    this.heard.push(said);
    this.listener?.();
  }
}

/** So many workers, ready; terminated after the tests of the file. */
export async function startWorkers(count: number): Promise<AgentWorker[]> {
  const workers = Array.from({ length: count }, () => new AgentWorker());
  afterAll(() => Promise.all(workers.map(({ worker }) => worker.terminate())));
  return Promise.all(workers.map((worker) => worker.ready()));
}
