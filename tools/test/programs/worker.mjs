/** The worker of the browser test: attaches to the page's allocator, receives a value, and uses an allocator of its own. */
// @ts-nocheck: the paths are those of the server.
import * as runtime from "/runtime/index.js";
import { exercise } from "/exercise.mjs";

let alloc;
onmessage = ({ data }) => {
  if (alloc === undefined) {
    alloc = runtime.SmartAlloc.attach(data);
    return;
  }
  try {
    const box = alloc.receive(data);
    const received = box.value.mass;
    box.release();
    postMessage({ received, ...exercise(runtime, alloc) });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};
