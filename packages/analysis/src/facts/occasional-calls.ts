/**
 * Calls that are made now and then: under a condition, of a function whose name says that it sets something up, takes it in or writes it out (`if (entered) level.load()`). What such a call leads to does not run in every frame.
 *
 * Must, from the function alone: some way to its end goes round the call, cold code, returns before it and breaks aside; a loop counts as entered. A call that no condition guards is as hot as its function, whatever it is called.
 * Known misses: names in other languages and without a verb; functions with such a name that a frame does call under a condition.
 */
import { successors } from "../cfg/order.ts";
import { headsAround } from "../dataflow/loops.ts";
import type { BlockId, FunctionIR } from "../source/ir.ts";
import type { Span } from "../source/span.ts";

/** The first word of a name, `on` and underscores aside. */
const VERBS: ReadonlySet<string> = new Set([
  "load", "reload", "preload", "unload", "init", "initialize", "initialise", "setup", "resize", "serialize", "deserialize", "compile", "recompile", "rebuild", "regenerate", "install", "connect", "disconnect",
]);

/** `initRender`, `setupFrame`, `compilePasses`: what they set up is the frame. */
const OF_FRAMES = /frame|render|draw|pass|step|update|tick|uniform/i;

const known = new Map<string, boolean>();

export function isOccasional(name: string): boolean {
  let answer = known.get(name);
  if (answer === undefined) known.set(name, (answer = beginsWithVerb(name)));
  return answer;
}

function beginsWithVerb(name: string): boolean {
  if (OF_FRAMES.test(name)) return false;
  const [first] = name.replace(/^[_#$]+/, "").replace(/^on(?=[A-Z])/, "").split(/(?<=[a-z\d])(?=[A-Z])|_/);
  return first !== undefined && VERBS.has(first.slice(0, 1).toLowerCase() + first.slice(1));
}

/** Whether a way from the entry to the end, or once round a loop that the block stands in, goes round the block. */
export function isConditional(fn: FunctionIR, block: BlockId, at: Span, isCold: (at: BlockId) => boolean): boolean {
  const loops = new Set(headsAround(fn, block));
  const seen = new Set<BlockId>([0]);
  const work: BlockId[] = [0];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const found = fn.blocks[id];
    if (id === block || found === undefined) continue;
    const { terminal } = found;
    if (terminal.kind === "exit") return true;
    // Who returned before had nothing to do.
    if (terminal.kind === "return" && !terminal.implicit && terminal.span.start < at.start) continue;
    for (const next of successors(terminal)) {
      // The loop is entered, and who breaks off had nothing to do; a round of it that ends without the block is a way round.
      if (found.loop !== null && loops.has(found.loop) && (fn.blocks[next]?.loopDepth ?? 0) < found.loopDepth) continue;
      if (loops.has(next) && seen.has(next) && found.loopDepth >= (fn.blocks[next]?.loopDepth ?? 0)) return true;
      if (seen.has(next) || isCold(next)) continue;
      seen.add(next);
      work.push(next);
    }
  }
  return false;
}
