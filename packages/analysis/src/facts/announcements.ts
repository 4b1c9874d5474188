/**
 * Calls that tell listeners that something begins or ends: `emit("contactstart", ...)`, `this.fire({ type: "remove" })`. A branch that always makes one is taken when that happens, not in every frame.
 *
 * Syntactic, may: a method or function that is called as emitters call theirs, and a constant text, or the `type` of an object literal, that begins or ends with such a word. Texts that
 * name the frame itself (`"frameend"`, `"endUpdate"`) tell of every frame. Known misses: other words; names of events that are kept in a variable of another module.
 */
import type { Places } from "../dataflow/places.ts";
import type { CallArg, Op } from "../source/ir.ts";
import { constantText } from "./constant-value.ts";

const EMITTERS: ReadonlySet<string> = new Set(["emit", "fire", "fireEvent", "dispatch", "dispatchEvent", "trigger", "publish", "notify", "raise", "send"]);
const OCCASION_WORDS = "start|started|begin|began|end|ended|enter|entered|exit|leave|left|open|opened|close|closed|add|added|remove|removed|create|created|destroy|destroyed|spawn|kill|killed|die|died|complete|completed|finish|finished|down|up|press|release|click|connect|disconnect|load|loaded|resize|change|changed|show|hide|attach|detach|wake|sleep|init|ready|abort|cancel";
const FIRST = new RegExp(`^(?:${OCCASION_WORDS})(?=[A-Z_:.-]|$)`);
const LAST = new RegExp(`(?:${OCCASION_WORDS})$`);
const EACH_FRAME = /frame|update|tick|render|step|draw/i;

export function announces(places: Places, op: Op): boolean {
  if (op.op !== "call") return false;
  const name = op.key ?? nameOf(places, op);
  return name !== null && EMITTERS.has(name.replace(/^_+/, "")) && op.args.some((arg) => !arg.spread && isOccasion(textOf(places, arg)));
}

function nameOf(places: Places, op: Op & { readonly op: "call" }): string | null {
  const variable = places.variableOf(places.of(op.callee));
  return variable === null ? null : places.module.variables[variable]?.name ?? null;
}

function textOf(places: Places, arg: CallArg): string | null {
  const text = constantText(places.module, places.fn, arg.temp);
  if (text !== null) return text;
  const made = places.origin(arg.temp);
  const object = made?.op === "load" ? places.origin(places.storesOf(made.variable)[0]?.src ?? arg.temp) : made;
  const type = object?.op === "object" ? object.parts.find(({ key }) => key === "type") : undefined;
  return type === undefined ? null : constantText(places.module, places.fn, type.value);
}

function isOccasion(text: string | null): boolean {
  return text !== null && !EACH_FRAME.test(text) && (FIRST.test(text) || LAST.test(text.toLowerCase()));
}
