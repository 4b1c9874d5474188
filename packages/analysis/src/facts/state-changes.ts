/**
 * Parts of a branch that end the state which the branch asks for: `case RUNNING: ...; if (lives === 0) { mode = OVER; ... }`. The next frame finds another state, so what is done
 * beside the change is done once for each. A state may be a member of what is put in its place as a whole: `mode = { kind: "over" }`.
 *
 * Theory: must, over the ways from the part to the end of the branch. Only a part counts: of a branch that changes the state on every way two may take turns.
 * Known misses: states that are computed; a change in a callee that is told the new state.
 */
import type { Place, Places } from "../dataflow/places.ts";
import type { Regions } from "../dataflow/regions.ts";
import type { BlockId, FunctionIR, Op, Temp } from "../source/ir.ts";

/** Blocks that end a state. `outlives`: whether a place is still there when the function is called again. */
export function stateChanges(fn: FunctionIR, places: Places, regions: Regions, outlives: (place: Place) => boolean): ReadonlySet<BlockId> {
  const changes = new Set<BlockId>();
  for (const { terminal } of fn.blocks) {
    if (terminal.kind !== "branch" || terminal.on !== "truthy") continue;
    const asked = stateAsked(places, terminal.test);
    if (asked === null || !outlives(asked.place)) continue;
    const arm = asked.isEqual ? terminal.then : terminal.else;
    if (arm === (asked.isEqual ? terminal.else : terminal.then) || fn.blocks[arm]?.predecessors.length !== 1) continue;
    const ends = (at: BlockId): boolean => fn.blocks[at]?.ops.some((op) => writesOther(places, op, asked.place, asked.state)) === true;
    const inside = regions.inside(arm);
    if (!inside.some(ends) || regions.mustPass(arm, ends, () => false)) continue;
    for (const inner of inside) if (inner !== arm && regions.mustPass(arm, ends, () => false, inner)) changes.add(inner);
  }
  return changes;
}

interface AskedState {
  readonly place: string;
  readonly state: string;
  readonly isEqual: boolean;
}

/** `mode === RUNNING`: a place, and a constant or a member of what never changes. */
function stateAsked(places: Places, test: Temp): AskedState | null {
  const op = places.origin(test);
  if (op?.op !== "binary" || !/^[!=]==?$/.test(op.operator)) return null;
  const left = stateOf(places, op.left);
  const right = stateOf(places, op.right);
  const place = places.of(left === null ? op.left : op.right);
  const state = left ?? right;
  return state === null || place === null || (left !== null && right !== null) ? null : { place, state, isEqual: op.operator.startsWith("=") };
}

function writesOther(places: Places, op: Op, place: string, state: string): boolean {
  if (op.op !== "store" && op.op !== "store-global" && op.op !== "set") return false;
  const written = op.op === "store" ? `v${op.variable}` : op.op === "store-global" ? `g:${op.name}` : places.memberSet(op);
  const value = written === place ? stateOf(places, op.src) : written === null ? null : stateIn(places, op.src, place, written);
  return value !== null && value !== state;
}

/** `mode = { kind: "chase", target }` where `mode.kind` is asked: the state that an object is made with; null for anything else. */
function stateIn(places: Places, temp: Temp, place: string, written: string): string | null {
  const key = place.startsWith(`${written}.`) ? place.slice(written.length + 1) : "";
  const made = places.origin(temp);
  const part = made?.op === "object" ? made.parts.findLast((each) => each.key === key || each.kind === "spread") : undefined;
  return part?.kind === "value" ? stateOf(places, part.value) : null;
}

/** A text that is equal for equal states: of a number or text, of an enum's or a constant object's member in capitals. */
function stateOf(places: Places, temp: Temp): string | null {
  const op = places.origin(temp);
  if (op?.op === "const") return typeof op.value === "number" || (typeof op.value === "string" && op.type === "string") ? `c:${op.type}:${op.value}` : null;
  if (op?.op === "get" && op.key !== null && /^[A-Z]/.test(op.key)) return places.of(temp);
  if (op?.op === "unary" && op.operator === "-") {
    const inner = stateOf(places, op.src);
    return inner === null ? null : `-${inner}`;
  }
  const variable = op?.op === "load" ? places.module.variables[op.variable] : undefined;
  return variable !== undefined && /^[A-Z][A-Z\d_]*$/.test(variable.name) ? `v${variable.id}` : op?.op === "global" && /^[A-Z][A-Z\d_]*$/.test(op.name) ? `g:${op.name}` : null;
}
