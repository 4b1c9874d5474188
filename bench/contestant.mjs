/**
 * The process around one contestant: loads one variant of one case, and runs frames of it when asked, a line a request. Nothing else runs in the process,
 * so what the engine learns about one variant never shapes the code of another.
 *
 *   node bench/contestant.mjs CASE VARIANT OPTIONS-AS-JSON
 *
 *   warm MS      run frames for MS milliseconds          -> { frames }
 *   sample MS    run about MS milliseconds of frames     -> { ns: nanoseconds an operation }, after `verify`
 *   bytes        prove what a frame allocates            -> { bytes: of garbage a frame }
 *   (end of input)                                       ends
 *
 * The first line that it writes is { ready: true }, or { absent: why } for what the runtime does not have yet.
 *
 * @typedef {object} Subject
 * @property {number} ops operations a frame
 * @property {() => void} frame does them, from the frame's begin to its end
 * @property {() => void} verify does them once more and throws unless memory then holds what they wrote
 */
import { readSync, writeSync } from "node:fs";

const FRAMES_AT_ONCE = 16;
const [caseName = "", variant = "", options = "{}"] = process.argv.slice(2);
const { variants } = await import(`./cases/${caseName}.mjs`);
if (variants[variant] === undefined) throw new Error(`case ${caseName} has no variant ${variant}`);

/** @type {Subject | string} */
const subject = await variants[variant](JSON.parse(options));
if (typeof subject === "string") say({ absent: subject });
else {
  subject.verify();
  say({ ready: true });
  await answerRequests(subject);
}

/** @param {Subject} contestant */
async function answerRequests(contestant) {
  let msPerFrame = 1;
  for (const line of linesOfInput()) {
    const [request, ms] = line.split(" ");
    if (request === "warm") {
      const endMs = performance.now() + Number(ms);
      let frames = 0;
      while (performance.now() < endMs) {
        msPerFrame = run(contestant, FRAMES_AT_ONCE) / FRAMES_AT_ONCE;
        frames += FRAMES_AT_ONCE;
      }
      say({ frames });
    } else if (request === "sample") {
      const frames = Math.max(1, Math.ceil(Number(ms) / msPerFrame));
      msPerFrame = run(contestant, frames) / frames;
      contestant.verify();
      say({ ns: (msPerFrame * 1e6) / contestant.ops });
    } else if (request === "bytes") {
      say({ bytes: await bytesOf(contestant) });
    } else {
      throw new Error(`unknown request: ${line}`);
    }
  }
}

/**
 * Milliseconds of `frames` frames.
 *
 * @param {Subject} contestant
 * @param {number} frames
 */
function run(contestant, frames) {
  const start = performance.now();
  for (let i = 0; i < frames; i += 1) contestant.frame();
  return performance.now() - start;
}

/**
 * Bytes of garbage a frame, by the heap profiler: of the least of several windows.
 *
 * @param {Subject} contestant
 */
async function bytesOf(contestant) {
  // Loaded only here, so that a timed process holds nothing but its case.
  const { AllocationError, expectNoAlloc } = await import("@framealloc/runtime/testing");
  const calls = 20;
  try {
    return expectNoAlloc(() => contestant.frame(), { calls }) / calls;
  } catch (error) {
    if (error instanceof AllocationError) return error.bytes / calls;
    throw error;
  }
}

/** Lines of standard input, waited for without an event loop: between two samples the process sleeps. */
function* linesOfInput() {
  const chunk = Buffer.alloc(256);
  let rest = "";
  for (;;) {
    const size = readSync(0, chunk);
    if (size === 0) return;
    const lines = (rest + chunk.toString("utf8", 0, size)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** @param {object} answer */
function say(answer) {
  writeSync(1, `${JSON.stringify(answer)}\n`);
}
