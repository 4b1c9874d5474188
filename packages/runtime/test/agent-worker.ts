/** A worker of the tests of agents: runs the programs that it is told, and posts what came of each. */
import { parentPort } from "node:worker_threads";
import { PROGRAMS, type Given } from "./agent-programs.ts";

parentPort?.on("message", ({ program, given }: { program: string; given: Given }) => {
  try {
    parentPort?.postMessage({ done: PROGRAMS[program]?.(given, (message) => parentPort?.postMessage({ said: message })) });
  } catch (error) {
    parentPort?.postMessage({ failed: error instanceof Error ? error.stack : String(error) });
  }
});
parentPort?.postMessage({ ready: true });
