/**
 * The pairs that a map gives when it is gone through, and that `entries` gives of anything: an object with a key and what is held.
 *
 * Theory: forward, may, on the states of the frame analysis. A map is told by what made it or by its type; keys are taken for scalars. All pairs of
 * one place are one. A map made of pairs holds what is second in them.
 * Misses: frame values that are the keys of a map.
 */
import { ELEMENT, type Origin, union, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import type { Op, Temp } from "../source/ir.ts";
import { flatMap, type FrameRun, memorySite } from "./frame-run.ts";
import { elementsOf, makeObject } from "./transfer.ts";

type Place = { readonly span: Op["span"] };

/** A container of pairs with what the values hold. */
export function pairsOf(run: FrameRun, state: State, op: Place, source: Value): Value {
  const held = flatMap(run.table, source, (origin) => elementsOf(run, state, origin));
  const pairs = makeObject(run, state, op, PAIRS);
  if (held.size === 0) return pairs;
  // Things are told apart by their place: the pairs begin where the container that is made here does.
  const pair = makeObject(run, state, { span: { ...op.span, end: op.span.start } }, PAIR);
  state.writeField(run.table, pair, "0", run.table.scalarValue, run.store(op.span));
  state.writeField(run.table, pair, "1", held, run.store(op.span));
  state.writeField(run.table, pairs, ELEMENT, pair, run.store(op.span));
  return pairs;
}

/** What going through a value goes through: pairs where it is a map, itself otherwise. */
export function iterated(run: FrameRun, state: State, op: Place, source: Value, temp: Temp | null): Value {
  const typed = temp !== null && isMapType(run, temp);
  const maps = new Set([...source].filter((origin) => typed || isMap(origin)));
  if (maps.size === 0) return source;
  return union(run.table, pairsOf(run, state, op, maps), new Set([...source].filter((origin) => !maps.has(origin))));
}

/** What a map holds that is made of these elements: of pairs what is second. */
export function secondOf(run: FrameRun, state: State, elements: Value): Value {
  return flatMap(run.table, elements, (origin) => {
    if (origin.kind !== "site" || origin.site.kind !== "object" || (origin.site.api !== PAIR && origin.site.api !== "array")) return new Set([origin]);
    return state.readField(run.table, origin, "1");
  });
}

const PAIR = "pair";
const PAIRS = "pairs";

function isMap(origin: Origin): boolean {
  if (origin.kind !== "site") return false;
  return origin.site.kind === "object" ? origin.site.api === "global:Map" : memorySite(origin) === origin.site && /Map$/.test(origin.site.api ?? "");
}

function isMapType(run: FrameRun, temp: Temp): boolean {
  const type = run.analysis.program.tracer.typeOf(run.module, run.fn, temp);
  return type.kind === "external" && type.package === "global" && /^(?:Readonly)?Map$/.test(type.path);
}
