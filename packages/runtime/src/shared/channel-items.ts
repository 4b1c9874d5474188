/**
 * What a slot of a channel holds: a value in shared memory by its place, or a plain value written out. Texts lie apart, so that several slots without one share a cache line.
 *
 *   slot    place + BLOCK | state word               text of the slot   -
 *           NUMBER | bits of a double                                   -
 *           place or 0 + TEXT | state word                              length | JSON, two characters a word
 *                                                                       -1 | bits of a double
 *
 * Places are multiples of 8, so the kind has the lowest bits.
 */
import { badArgument, notCloneable } from "../errors.ts";
import { FrameBox } from "../frame/frame-box.ts";
import { OwnedBox } from "../pool/owned-box.ts";
import { OwnedSlot } from "../pool/owned-slot.ts";
import { jsonOf } from "../types/describe-view.ts";
import { StructArray } from "../types/struct-array.ts";
import { View } from "../view.ts";
import { BLOCK, kindIn, placeIn } from "./block-run.ts";
import { readText, writeText } from "./text-words.ts";

const NUMBER = 1;
const TEXT = 3;
/** Of a slot, without its state. */
export const ITEM_WORDS = 3;
/** Instead of a length. */
const IS_NUMBER = -1;

const oneValue = /* @__PURE__ */ new ArrayBuffer(8);
const double = /* @__PURE__ */ new Float64Array(oneValue);
const halves = /* @__PURE__ */ new Int32Array(oneValue);

/** Words for the text of a slot whose plain values take `bytes` at most. */
export function textWordsFor(bytes: number): number {
  return 1 + Math.max(2, Math.ceil(bytes / 4));
}

/** A value as it is written into a slot. A pool value's fields are copied; FA201 for frame values, and for boxes, whose memory somebody has to own. */
export function plainOf(item: unknown): unknown {
  if (item instanceof FrameBox) throw notCloneable("frame box");
  if (item instanceof OwnedBox) throw notCloneable("box");
  if (item instanceof StructArray || (item instanceof View && !(item.$home instanceof OwnedSlot))) throw notCloneable("view");
  return item instanceof View ? jsonOf(item) : item;
}

/** The text of a plain value, or undefined for a number, which needs none. Throws `argument` for what JSON does not give back as it was, or is longer than `maxBytes`. */
export function textOf(value: unknown, maxBytes: number): string | undefined {
  if (typeof value === "number") return undefined;
  if (value === undefined) return "";
  const text = JSON.stringify(value, refuseOthers) as string | undefined;
  if (text === undefined || text.length * 2 > maxBytes) throw badArgument("send", "value", value, `JSON of at most ${maxBytes / 2} characters (raise \`itemBytes\`), or a \`TransferHandle\``);
  return text;
}

/** Writes a plain value without a block; `text` as `textOf` gave it. */
export function writePlain(words: Int32Array, at: number, textAt: number, value: unknown, text: string | undefined): void {
  if (text === undefined) {
    words[at] = NUMBER;
    writeNumber(words, at + 1, value as number);
  } else writeValue(words, at, textAt, value, text, 0, 0);
}

/** Writes a plain value that has a block for its state; `text` as `textOf` gave it. */
export function writeValue(words: Int32Array, at: number, textAt: number, value: unknown, text: string | undefined, ptr: number, word: number): void {
  words[at] = ptr | TEXT;
  words[at + 1] = word;
  words[textAt] = text === undefined ? IS_NUMBER : text.length;
  if (text === undefined) writeNumber(words, textAt + 1, value as number);
  else writeText(words, textAt + 1, text);
}

export function writeBlock(words: Int32Array, at: number, ptr: number, word: number): void {
  words[at] = ptr | BLOCK;
  words[at + 1] = word;
}

/** The place of a slot's block; 0 without one. */
export function blockIn(first: number): number {
  return kindIn(first) === NUMBER ? 0 : placeIn(first);
}

/** The plain value of a slot, as `valueOf` takes it: what was overwritten meanwhile reads as anything, and is thrown away, so it must not throw here. */
export function readValue(words: Int32Array, at: number, textAt: number, textWords: number): number | string {
  if (words[at] === NUMBER) return readNumber(words, at + 1);
  const length = words[textAt] ?? 0;
  return length === IS_NUMBER ? readNumber(words, textAt + 1) : readText(words, textAt + 1, Math.min((textWords - 1) * 2, Math.max(0, length)));
}

/** What was read, and is still there, stands for. */
export function valueOf(read: number | string): unknown {
  return typeof read === "number" ? read : read === "" ? undefined : (JSON.parse(read) as unknown);
}

function writeNumber(words: Int32Array, at: number, value: number): void {
  double[0] = value;
  words[at] = halves[0] ?? 0;
  words[at + 1] = halves[1] ?? 0;
}

function readNumber(words: Int32Array, at: number): number {
  halves[0] = words[at] ?? 0;
  halves[1] = words[at + 1] ?? 0;
  return double[0] ?? NaN;
}

function refuseOthers(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Readonly<Record<string, unknown>>)[key];
  const isPlain = raw === null || typeof raw === "boolean" || typeof raw === "string" || (typeof raw === "number" && Number.isFinite(raw) && !Object.is(raw, -0));
  if (isPlain || Array.isArray(raw) || (typeof raw === "object" && (Object.getPrototypeOf(raw) === Object.prototype || Object.getPrototypeOf(raw) === null))) return value;
  throw badArgument("send", "value", raw, "a number, a string, a boolean, null, or plain objects and arrays of them, or a `TransferHandle`");
}
