/** A worker of the tests of agents: runs the program that it is told, and posts what came of it. */
import { parentPort, workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

// Workers do not take over the loader that the test runner reads TypeScript with.
register();
const { PROGRAMS } = await import("./agent-programs.ts");

const run = async ({ program, given }) => {
  try {
    parentPort.postMessage({ done: await PROGRAMS[program](given, (message) => parentPort.postMessage({ said: message })) });
  } catch (error) {
    parentPort.postMessage({ failed: String(error?.stack ?? error) });
  }
};
if (workerData?.program !== undefined) await run(workerData);
else parentPort.on("message", run);
parentPort.postMessage({ ready: true });
