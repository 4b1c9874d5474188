/** A worker of the tests of agents: runs the programs that it is told, and posts what came of each. */
import { parentPort } from "node:worker_threads";
import { PROGRAMS, type Given } from "./agent-programs.ts";

async function run({ program, given }: { readonly program: string; readonly given: Given }): Promise<void> {
  try {
    parentPort?.postMessage({ done: await PROGRAMS[program]?.(given, (message) => parentPort?.postMessage({ said: message })) });
  } catch (error) {
    parentPort?.postMessage({ failed: error instanceof Error ? error.stack : String(error) });
  }
}

parentPort?.on("message", (message: { program: string; given: Given }) => void run(message));
parentPort?.postMessage({ ready: true });
