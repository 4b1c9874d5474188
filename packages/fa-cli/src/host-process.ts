/** The part of the host that is about processes: git, signals, the standard input, the network of this machine, versions. */
import { fork, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { kindOf } from "./disk.ts";
import type { GitAnswer, Host } from "./host.ts";
import type { MeasureAnswer, MeasureOutcome, MeasureRequest } from "./measure-protocol.ts";

/** Options of the repository that would run something of its choosing are turned off. */
export function runGit(folder: string, args: readonly string[]): GitAnswer {
  const { status, stdout, stderr, error } = spawnSync("git", ["-c", "core.fsmonitor=false", "-c", "core.quotePath=false", ...args], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 30,
    env: { ...process.env, GIT_DIR: gitFolder(folder), GIT_OPTIONAL_LOCKS: "0", GIT_PAGER: "", LC_ALL: "C" },
  });
  const isMissing = error !== undefined && "code" in error && error.code === "ENOENT";
  return { ok: status === 0, out: stdout ?? "", reason: (error?.message ?? stderr).trim(), isMissing };
}

/**
 * A hook of a work tree has `GIT_DIR` in its environment, and git takes the folder that it is asked in for the top then, although it may be one below. Where git
 * finds the repository by itself it is left to do so; the hook's index stays the one that counts.
 */
function gitFolder(folder: string): string | undefined {
  if (process.env["GIT_WORK_TREE"] !== undefined) return process.env["GIT_DIR"];
  for (let at = folder; ; at = dirname(at)) {
    if (kindOf(join(at, ".git")) !== "none") return undefined;
    if (dirname(at) === at) return process.env["GIT_DIR"];
  }
}

const ANSWER_MS = 5000;

export async function headersOf(url: string): ReturnType<Host["headersOf"]> {
  try {
    const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(ANSWER_MS) });
    await answer.body?.cancel();
    return { ok: true, headers: Object.fromEntries(answer.headers) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { ok: false, reason: cause instanceof Error ? cause.message || cause.name : String(cause) };
  }
}

const INTERRUPTED = 130;

export function onInterrupt(listener: () => void): () => void {
  let times = 0;
  const heard = (): void => {
    times += 1;
    if (times > 1) process.exit(INTERRUPTED);
    listener();
  };
  process.on("SIGINT", heard);
  return () => { process.off("SIGINT", heard); };
}

export async function readInput(): Promise<string> {
  let text = "";
  for await (const piece of process.stdin.setEncoding("utf8") as AsyncIterable<string>) text += piece;
  return text;
}

export function versions(): ReturnType<Host["versions"]> {
  const require = createRequire(import.meta.url);
  const { ts } = require("ts-morph") as typeof import("ts-morph");
  const parser = require("oxc-parser/package.json") as { readonly version: string };
  return { node: process.version, platform: `${process.platform} ${process.arch}`, typescript: ts.version, parser: parser.version };
}

/** The end of what a program says before it dies is what explains it. */
const MOST_SAID = 2000;

/** What the measured program prints is not shown; what it complains of, only when it ends without an answer. */
export function measureInChild(request: MeasureRequest, timeoutMs: number): Promise<MeasureOutcome> {
  const child = fork(fileURLToPath(new URL("./measure-child.js", import.meta.url)), [], { stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv: ["--no-warnings"] });
  return new Promise((resolve) => {
    let said = "";
    const timer = setTimeout(() => { end({ ok: false, reason: "timeout", message: "" }); }, timeoutMs);
    const end = (outcome: MeasureOutcome): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      child.kill("SIGKILL");
      resolve(outcome);
    };
    child.stderr?.setEncoding("utf8").on("data", (text: string) => { said = (said + text).slice(-MOST_SAID); });
    child.once("message", (answer) => { end(answer as MeasureAnswer); });
    child.once("error", (error) => { end({ ok: false, reason: "died", message: error.message }); });
    child.once("close", (code, signal) => { end({ ok: false, reason: "died", message: said.trim() || (signal === null ? `it ended by itself with ${code ?? 0}` : `it was ended by ${signal}`) }); });
    child.send(request);
  });
}
