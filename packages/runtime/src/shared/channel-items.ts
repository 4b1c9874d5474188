/**
 * What a slot of a channel holds: a value in shared memory by its place, or a plain value written out in the slot.
 *
 *   BLOCK   place | generation                          TEXT   place or 0 | generation | length | JSON, two characters a word
 *   NUMBER  the bits of a double
 */
import { badArgument } from "../errors.ts";
import { readText, writeText } from "./text-words.ts";

const NUMBER = 1;
export const BLOCK = 2;
export const TEXT = 3;
const HEAD_WORDS = 4;

const double = /* @__PURE__ */ new Float64Array(1);
const halves = /* @__PURE__ */ new Int32Array(double.buffer);

/** Words of a slot whose plain values take `bytes` at most. */
export function itemWords(bytes: number): number {
  return HEAD_WORDS + Math.ceil(bytes / 4);
}

/** The text of a plain value, or undefined for a number, which needs none. Throws `argument` for what JSON does not give back as it was, or is longer than `maxBytes`. */
export function textOf(value: unknown, maxBytes: number): string | undefined {
  if (typeof value === "number") return undefined;
  if (value === undefined) return "";
  const text = JSON.stringify(value, refuseOthers) as string | undefined;
  if (text === undefined || text.length * 2 > maxBytes) throw badArgument("send", "value", value, `JSON of at most ${maxBytes / 2} characters (raise \`itemBytes\`), or a \`TransferHandle\``);
  return text;
}

/** Writes a plain value; `text` as `textOf` gave it. `ptr` 0: it has no block of its own. */
export function writeValue(words: Int32Array, at: number, value: unknown, text: string | undefined, ptr: number, generation: number): void {
  if (text === undefined && ptr === 0) {
    double[0] = value as number;
    words[at] = NUMBER;
    words[at + 1] = halves[0] ?? 0;
    words[at + 2] = halves[1] ?? 0;
    return;
  }
  const written = text ?? JSON.stringify(value);
  writeBlock(words, at, ptr, generation);
  words[at] = TEXT;
  words[at + 3] = written.length;
  writeText(words, at + HEAD_WORDS, written);
}

export function writeBlock(words: Int32Array, at: number, ptr: number, generation: number): void {
  words[at] = BLOCK;
  words[at + 1] = ptr;
  words[at + 2] = generation;
}

/** The plain value at `at`. What was overwritten meanwhile reads as anything, and is thrown away: it must not throw here. */
export function readValue(words: Int32Array, at: number, maxWords: number): unknown {
  if (words[at] === NUMBER) {
    halves[0] = words[at + 1] ?? 0;
    halves[1] = words[at + 2] ?? 0;
    return double[0];
  }
  return readText(words, at + HEAD_WORDS, Math.min((maxWords - HEAD_WORDS) * 2, Math.max(0, words[at + 3] ?? 0)));
}

/** What a text that was read, and is still there, stands for; without one, a number. */
export function valueOf(text: string | undefined, number?: unknown): unknown {
  return text === undefined ? number : text === "" ? undefined : (JSON.parse(text) as unknown);
}

function refuseOthers(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Readonly<Record<string, unknown>>)[key];
  const isPlain = raw === null || typeof raw === "boolean" || typeof raw === "string" || (typeof raw === "number" && Number.isFinite(raw) && !Object.is(raw, -0));
  if (isPlain || Array.isArray(raw) || (typeof raw === "object" && (Object.getPrototypeOf(raw) === Object.prototype || Object.getPrototypeOf(raw) === null))) return value;
  throw badArgument("send", "value", raw, "a number, a string, a boolean, null, or plain objects and arrays of them, or a `TransferHandle`");
}
