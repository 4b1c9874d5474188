/** What one operation makes, in kind, bytes and words: literals by their size, calls by the tables. */
import type { Confidence } from "../diagnostic.ts";
import { type AllocatingApi, type GarbageKind, TYPED_ARRAYS } from "../knowledge/allocating-apis.ts";
import { GARBAGE_BYTES as B } from "../knowledge/garbage-costs.ts";
import type { FunctionIR, Op } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import type { TracedType } from "../source/traced-type.ts";

/** A piece of garbage as it was found, before its place is known. */
export interface Found {
  readonly kind: GarbageKind;
  readonly bytes: number;
  readonly what: string;
  readonly returned?: boolean;
  readonly confidence?: Confidence;
  readonly span?: Span;
  /** Made once a call, wherever it stands. */
  readonly once?: boolean;
}

export const LENGTH_RESET: Found = { kind: "length-reset", bytes: B.lengthReset, what: "array emptied by `length = 0` and filled again" };

export function apiCost(api: AllocatingApi, kind: GarbageKind, what: string): Found {
  return { kind, bytes: kind === "view" && api.kind === "typed-array" ? B.typedArrayOverBuffer : api.bytes, what };
}

/** `new Float32Array(buffer, offset, length)` is a view. */
export function overBuffer(op: Op & { readonly op: "new" }): boolean {
  return op.args.length >= 2;
}

export function objectCost(op: Op & { readonly op: "object" }): Found {
  if (op.parts.some((part) => part.kind === "spread")) return { kind: "spread", bytes: B.spreadObject, what: "object spread" };
  return { kind: "object", bytes: bytesOf([B.object0, B.object1, B.object2, B.object3, B.object4], op.parts.length), what: "object literal" };
}

export function arrayCost(op: Op & { readonly op: "array" }): Found {
  const spread = op.elements.some((element) => element?.spread === true);
  if (spread) return { kind: "spread", bytes: op.elements.length === 1 ? B.spreadArrayAlone : B.spreadArray, what: "array spread" };
  return { kind: "array", bytes: bytesOf([B.array0, B.array1, B.array2, B.array3, B.array4], op.elements.length), what: "array literal" };
}

/** Of what is spread into the arguments of a call; null for a plain array, and for what nobody can name. */
export function spreadCost(type: TracedType): Found | null {
  if (isGlobalInstance(type, ...TYPED_ARRAYS)) return { kind: "spread", bytes: B.spreadTypedArray, what: "spread of a typed array into arguments" };
  return isGlobalInstance(type, "Set", "ReadonlySet") ? { kind: "spread", bytes: B.spreadSet, what: "spread of a `Set` into arguments" } : null;
}

/** From the measured sizes of 0 to 4 members; 8 bytes each beyond. */
export function bytesOf(measured: readonly number[], count: number): number {
  const last = measured.length - 1;
  return measured[count] ?? (measured[last] ?? 0) + 8 * (count - last);
}

export function awaits(fn: FunctionIR): boolean {
  return fn.blocks.some((block) => block.ops.some((op) => op.op === "await"));
}

export function callName(op: Op & { readonly op: "call" }, words: string, name: string): string {
  return `${words} \`${name !== "" ? name : op.key ?? "?"}\``;
}

export function instanceName(type: TracedType, name: string): string {
  const known = type.kind === "external" ? type.path.replace(/^.*[.#]/, "") : name;
  return known === "" ? "new instance" : `\`new ${known}\``;
}

export function isGlobalInstance(type: TracedType, ...names: readonly string[]): boolean {
  return type.kind === "external" && type.package === "global" && type.side === "instance" && names.includes(type.path);
}

/** `Array#map` as one writes it: `Array.map`; `Object.keys` as it is. */
export function shown(api: string): string {
  return api.slice(api.indexOf(":") + 1).replace("#", ".").replace(/^(Readonly)?(Array|Map|Set|Promise|String|RegExp|Function)\.(\w+)$/, (_, _readonly, _class, member: string) => `${member}()`);
}
