/**
 * Flags that are bits of one number: `if (this.dirty & STYLE) { ...; this.dirty &= ~STYLE; }`. A bit is taken for a member of what holds it, called by the name or the value of its mask: `this.dirty.&STYLE`;
 * so what replaces the number replaces the bit.
 *
 * Theory: may, by the last name of a mask. Known misses: masks that are computed, a mask that is a name in one place and a number in another.
 */
import type { Place, Places } from "../dataflow/places.ts";
import type { Op, Temp } from "../source/ir.ts";
import { importedNames } from "./imported-names.ts";

type Binary = Op & { readonly op: "binary" };

export interface BitWrite {
  readonly place: string;
  /** The bit is taken back; else it is set. */
  readonly empties: boolean;
}

/** The bit that `this.dirty & STYLE` asks for; null where it is no bit of a place, or of a number that the call alone has. */
export function bitAsked(places: Places, temp: Temp): Place {
  const op = places.origin(temp);
  if (op?.op !== "binary" || op.operator !== "&") return null;
  const [holder, mask] = places.origin(op.left)?.op === "const" ? [op.right, op.left] : [op.left, op.right];
  const base = places.of(holder);
  const name = maskName(places, mask);
  const variable = places.variableOf(base);
  return base === null || name === null || (variable !== null && places.isLocal(variable)) ? null : bitOf(base, name);
}

/** The same of `(this.dirty & STYLE) === STYLE`, whichever stands first. */
export function bitCompared(places: Places, { left, right }: Binary): Place {
  for (const [asked, other] of [[left, right], [right, left]] as const) {
    const bit = bitAsked(places, asked);
    const name = bit === null ? null : maskName(places, other);
    if (bit !== null && name !== null && bit.endsWith(bitOf("", name))) return bit;
  }
  return null;
}

/** What becomes of single bits where the place is given this value: `dirty &= ~STYLE`, `dirty |= STYLE | SHAPE`, `dirty ^= STYLE`. */
export function bitsWritten(places: Places, place: string, value: Temp): readonly BitWrite[] {
  const op = places.origin(value);
  if (op?.op !== "binary" || (op.operator !== "&" && op.operator !== "|" && op.operator !== "^") || places.of(op.left) !== place) return NOTHING;
  const mask = places.origin(op.right);
  if (op.operator === "&") return mask?.op === "unary" && mask.operator === "~" ? masksIn(places, mask.src).map((name) => ({ place: bitOf(place, name), empties: true })) : NOTHING;
  const names = masksIn(places, op.right);
  const set = names.map((name) => ({ place: bitOf(place, name), empties: false }));
  return op.operator === "|" ? set : [...set, ...names.map((name) => ({ place: bitOf(place, name), empties: true }))];
}

const NOTHING: readonly BitWrite[] = [];

/** Whether a place is a bit of the number that another one holds. */
export function isBitOf(bit: string, place: string): boolean {
  return bit.startsWith(bitOf(place, ""));
}

function bitOf(base: string, name: string): string {
  return `${base}.&${name}`;
}

/** Of `STYLE | SHAPE` both. */
function masksIn(places: Places, temp: Temp): readonly string[] {
  const op = places.origin(temp);
  if (op?.op === "binary" && op.operator === "|") return [...masksIn(places, op.left), ...masksIn(places, op.right)];
  const name = maskName(places, temp);
  return name === null ? [] : [name];
}

function maskName(places: Places, temp: Temp): string | null {
  const op = places.origin(temp);
  if (op?.op === "const") return typeof op.value === "number" && op.value !== 0 ? String(op.value) : null;
  if (op?.op === "get") return op.key;
  if (op?.op !== "load") return null;
  // Another file may import it under another name.
  return importedNames(places.module).get(op.variable) ?? places.module.variables[op.variable]?.name ?? null;
}
