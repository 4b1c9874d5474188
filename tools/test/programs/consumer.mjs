/** A project that has installed the packed runtime: imports every entry, in the main thread and in a worker, uses it in both, and moves a value between them. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { exercise } from "./exercise.mjs";

const require = createRequire(import.meta.url);
const { exports } = JSON.parse(readFileSync(require.resolve("@framealloc/runtime/package.json"), "utf8"));
const entries = Object.keys(exports).filter((entry) => entry !== "./package.json");
const names = Object.fromEntries(await Promise.all(entries.map(async (entry) => [entry, Object.keys(await import(`@framealloc/runtime${entry.slice(1)}`)).length])));
const runtime = await import("@framealloc/runtime");
const { f64, SmartAlloc, struct } = runtime;

if (isMainThread) {
  const alloc = new SmartAlloc();
  const main = exercise(runtime, alloc);
  const worker = new Worker(fileURLToPath(import.meta.url));
  worker.postMessage(alloc.share());
  alloc.frameBoxForTransfer(struct({ mass: f64 }), { mass: 2.5 }).send(worker);
  worker.on("message", (found) => console.log(JSON.stringify({ names, main, worker: found })));
} else {
  parentPort?.once("message", (shared) => {
    const alloc = SmartAlloc.attach(shared);
    parentPort?.once("message", (token) => {
      const box = alloc.receive(token);
      const received = box.value.mass;
      box.release();
      parentPort?.postMessage({ names, received, ...exercise(runtime, alloc) });
    });
  });
}
