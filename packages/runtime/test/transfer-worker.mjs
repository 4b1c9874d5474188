/** The other agent of the transfer tests: receives, checks nothing itself, and answers what it saw. */
import { parentPort, workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

// Workers do not take over the loader that the test runner reads TypeScript with.
register();
const { f32, FrameAllocError, SmartAlloc } = await import("../src/index.ts");

const alloc = workerData.isAttached ? SmartAlloc.attach(workerData.shared) : new SmartAlloc({ memory: "shared", frameArenaSize: 1024, heapSize: 1024, slabPagesPerClass: 0 });
const kept = new Map();

parentPort.on("message", (message) => {
  try {
    parentPort.postMessage(answer(message));
  } catch (error) {
    if (!(error instanceof FrameAllocError)) throw error;
    parentPort.postMessage({ error: error.code });
  }
});

function answer(message) {
  if (message.framealloc === "transfer") {
    const box = alloc.receive(message);
    const result = { value: plain(box.value), hasBuffer: message.bytes !== undefined };
    box.release();
    return result;
  }
  switch (message.do) {
    case "hold": {
      const box = alloc.receive(message.token);
      kept.set(message.token.ptr, box);
      return { value: plain(box.value) };
    }
    case "write": {
      const box = kept.get(message.token.ptr);
      box.value.x = message.x;
      return { isWritten: true };
    }
    case "bounce": {
      const box = alloc.receive(message.token);
      const handle = alloc.frameBoxForTransfer(box);
      box.release();
      return { token: handle.detach() };
    }
    case "take": {
      let sum = 0;
      for (const token of message.tokens) {
        const box = alloc.receive(token);
        sum += box.value.x;
        box.release();
      }
      return { sum };
    }
    case "frame": {
      alloc.beginFrame();
      const floats = alloc.frameSlice(f32, 4);
      const result = { inFrame: alloc.inFrame(), length: floats.length };
      alloc.endFrame();
      return result;
    }
    default: throw new Error(`unknown message ${message.do}`);
  }
}

function plain(value) {
  return typeof value === "object" && value !== null ? JSON.parse(JSON.stringify(ArrayBuffer.isView(value) ? [...value] : value)) : value;
}
