/**
 * Arrays emptied by `length = 0` in a function and filled by `push` again: V8 frees the backing store and makes a new one.
 *
 * Theory: the reset and the push name one place: in the same function, or, for a field of `this` or a module variable, anywhere in the module. May.
 * An array that stays empty costs nothing: a reset without a push is no site. Known misses: filled through an alias or by index.
 */
import { type Places, placesOf } from "../dataflow/places.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";

const FILLS: ReadonlySet<string> = new Set(["push", "unshift"]);
const NONE: ReadonlySet<Op> = new Set();

export function lengthResets(module: ModuleIR, fn: FunctionIR): ReadonlySet<Op> {
  if (!fn.blocks.some((block) => block.ops.some((op) => op.op === "set" && op.key === "length"))) return NONE;
  const places = placesOf(module, fn);
  const resets = new Set<Op>();
  const here = filledIn(places);
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op !== "set" || op.key !== "length") continue;
      const value = places.origin(op.src);
      const place = places.of(op.object);
      if (value?.op !== "const" || value.value !== 0 || place === null) continue;
      if (here.has(place) || (outlives(places, place) && filledElsewhere(module, fn, place))) resets.add(op);
    }
  }
  return resets;
}

function filledIn(places: Places): ReadonlySet<string> {
  const filled = new Set<string>();
  for (const block of places.fn.blocks) {
    for (const op of block.ops) {
      if (op.op !== "call" || op.key === null || !FILLS.has(op.key) || op.receiver === null) continue;
      const place = places.of(op.receiver);
      if (place !== null) filled.add(place);
    }
  }
  return filled;
}

function filledElsewhere(module: ModuleIR, fn: FunctionIR, place: string): boolean {
  return module.functions.some((other) => {
    if (other === fn || (place.startsWith("this.") && ownerClass(module, other) !== fn.class)) return false;
    if (!other.blocks.some((block) => block.ops.some((op) => op.op === "call" && op.key !== null && FILLS.has(op.key)))) return false;
    const filled = filledIn(placesOf(module, other));
    return filled.has(place) || [...filled].some((each) => ofOwner(module, fn, each) === place);
  });
}

/** The class whose method the function is, or stands in. */
function ownerClass(module: ModuleIR, fn: FunctionIR): FunctionIR["class"] {
  for (let at: FunctionIR | undefined = fn; at !== undefined; at = at.parent === null ? undefined : module.functions[at.parent]) if (at.class !== null) return at.class;
  return null;
}

/** What a constant of an enclosing method stands for: `const list = this.list; scene.traverse((object) => list.push(object))`. */
function ofOwner(module: ModuleIR, fn: FunctionIR, place: string): string | null {
  const variable = module.variables[Number(/^v(\d+)$/.exec(place)?.[1] ?? -1)];
  const owner = variable === undefined || variable.reassigned ? undefined : module.functions[variable.owner];
  if (variable === undefined || owner === undefined || owner.class !== fn.class) return null;
  const places = placesOf(module, owner);
  const store = places.storesOf(variable.id).find((each) => each.init);
  return store === undefined ? null : places.of(store.src);
}

function outlives(places: Places, place: string): boolean {
  const variable = places.variableOf(place);
  return variable === null ? place.startsWith("this.") : !places.isLocal(variable);
}
