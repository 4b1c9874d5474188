/** The page of the browser test: uses the runtime, has a worker use it, moves a value there, and posts what both found to the server. */
// @ts-nocheck: the paths are those of the server.
import * as runtime from "/runtime/index.js";
import { coordinate } from "/agents-exercise.mjs";
import { exercise } from "/exercise.mjs";

const { f64, SmartAlloc, struct } = runtime;

function report(found) {
  return fetch("/found", { method: "POST", body: JSON.stringify(found) });
}

try {
  const alloc = new SmartAlloc();
  const page = exercise(runtime, alloc);
  const worker = new Worker("/worker.mjs", { type: "module" });
  worker.onerror = (event) => report({ error: `worker: ${event.message}` });
  const agents = [1, 2].map(() => new Worker("/agents-worker.mjs", { type: "module" }));
  for (const each of agents) each.onerror = (event) => report({ error: `agent: ${event.message}` });
  for (const each of agents) each.onmessage = ({ data }) => report(data);
  const met = coordinate(runtime, alloc, agents);
  worker.onmessage = async ({ data }) => report({ page, worker: data, agents: await met, isolated: crossOriginIsolated });
  worker.postMessage(alloc.share());
  alloc.frameBoxForTransfer(struct({ mass: f64 }), { mass: 2.5 }).send(worker);
} catch (error) {
  await report({ error: String(error?.stack ?? error) });
}
