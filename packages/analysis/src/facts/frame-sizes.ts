/**
 * The bytes that one frame takes at least: what is allocated in it with a size that the text tells, against the arena of its allocator.
 *
 * Theory: forward, on the states of the frame analysis. Element: the sized allocations of each open frame; join takes the larger sum, so the two
 * branches of a condition are not added up. A loop's body counts once, or as often as the loop is known to run. A rollback or the end of a scope gives
 * back what nobody follows: then nothing more is said of that frame.
 * Misses: allocators that a parameter or context hands in, where the function that knows them does not call this one; what comes after the first
 * `MAX_PARTS` allocations of a frame.
 */
import { nameOf, type Origin } from "../dataflow/origin.ts";
import type { FrameBytes } from "../dataflow/frame-bytes.ts";
import type { State } from "../dataflow/state.ts";
import { takenBy } from "../knowledge/runtime-sizes.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { Location } from "../source/span.ts";
import type { Application } from "./apply-summary.ts";
import { arenaOf } from "./arena-sizes.ts";
import type { FrameRun } from "./frame-run.ts";
import type { ExitCase } from "./summary.ts";
import type { Substitution } from "./substitution.ts";
import type { Call } from "./transfer-call.ts";

/** Calls through which an allocation is told apart. */
const MAX_CALLS = 6;

/** Allocations of the open frames that are added up; of more only the first ones. */
const MAX_PARTS = 48;

/** An allocation of this function. */
export function noteSize(run: FrameRun, state: State, call: Call, key: Origin, api: ApiKey): void {
  const taken = takenBy(api);
  if (taken === undefined) return;
  const { sizes } = run.analysis;
  const value = (index: number): { module: typeof run.module; fn: typeof run.fn; temp: number } | null => {
    const arg = call.argOps[index];
    return arg === undefined || arg.spread ? null : { module: run.module, fn: run.fn, temp: arg.temp };
  };
  const type = taken.type === null ? null : value(taken.type);
  const size = taken.type === null ? 1 : type === null ? null : sizes.typeSize(type);
  const counted = typeof taken.count === "number" ? null : value(taken.count.argument);
  const count = typeof taken.count === "number" ? taken.count : counted === null ? null : sizes.number(counted);
  if (size === null || count === null || !(size * count > 0)) return;
  const at = run.at(call.op.span);
  add(run, state, `${at.file}:${at.span.start}`, { key, bytes: size * count, at }, at);
}

/** What a callee took of the frame that was open when it was called. */
export function applySizes(run: FrameRun, state: State, application: Application, exit: ExitCase, substitute: Substitution): void {
  const { at } = application;
  const call = `${at.file}:${at.span.start}`;
  for (const [id, each] of exit.sizes) {
    const key = substitute.key(each.key);
    const calls = id.split(">");
    // Recursion is as deep as nobody knows: once.
    if (key === null || calls.length > MAX_CALLS || calls.includes(call)) continue;
    add(run, state, `${call}>${id}`, { key, bytes: each.bytes, at: each.at }, at, exceedsAlone(run, exit, each.key));
  }
}

/** The callee says so itself. */
function exceedsAlone(run: FrameRun, exit: ExitCase, key: Origin): boolean {
  const arena = arenaOf(run.analysis, key);
  return arena !== null && total(exit.sizes.values(), key) > arena.bytes;
}

function add(run: FrameRun, state: State, id: string, taken: FrameBytes, at: Location, isSaid = false): void {
  const { key } = taken;
  if (state.sizes.size >= MAX_PARTS) return;
  // In a later round of a loop it is there already, behind what came before it.
  const earlier = [...state.sizes].slice(0, indexOf(state.sizes, id)).map(([, each]) => each);
  const before = total(earlier, key);
  const bytes = taken.bytes * run.analysis.rounds.of(run.module, run.fn, at, state.frame(key).begun);
  state.sizes.set(id, { ...taken, bytes });
  if (run.phase !== "report" || isSaid) return;
  const arena = arenaOf(run.analysis, key);
  if (arena === null || before > arena.bytes || before + bytes <= arena.bytes) return;
  const parts = [...earlier, { ...taken, bytes }].filter((each) => each.key === key).map((each) => ({ at: each.at, bytes: each.bytes }));
  run.emit({ kind: "exhausted", at, allocator: nameOf(key), bytes: before + bytes, capacity: arena.bytes, made: arena.at, parts });
}

function indexOf(sizes: ReadonlyMap<string, FrameBytes>, id: string): number {
  const index = [...sizes.keys()].indexOf(id);
  return index === -1 ? sizes.size : index;
}

function total(sizes: Iterable<FrameBytes>, key: Origin): number {
  let bytes = 0;
  for (const each of sizes) if (each.key === key) bytes += each.bytes;
  return bytes;
}

/** Some of it is given back before the frame's end. */
export function forgetSizes(state: State, key: Origin | null): void {
  if (key !== null) state.sizes.set(`given back:${key.id}`, { key, bytes: -Infinity, at: { file: "", span: { start: 0, end: 0 } } });
}
