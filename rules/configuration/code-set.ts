/**
 * Codes as a user writes them: one by itself, a family as `FA6xx`, in any case. A code that is not known is an
 * error that names the nearest one, what an old name is called now, or who reports it.
 */
import { RUNTIME_ONLY_CODES } from "./driver-codes.ts";
import { nearestWord } from "./nearest-word.ts";

/** A figure of a rule that the configuration may set. */
export interface CodeOption {
  /** The analysis' name for it. */
  readonly setting: string;
  readonly description: string;
}

export interface KnownCode {
  readonly code: string;
  readonly formerly: readonly string[];
  /** By their names in `[lints.CODE]`. */
  readonly options?: Readonly<Record<string, CodeOption>>;
}

/** All codes that diagnostics may carry: the catalogue's and the command's own. */
export function knownCodes(rules: readonly KnownCode[], own: readonly { readonly code: string }[]): readonly KnownCode[] {
  return [...rules.map(({ code, formerly, options = {} }) => ({ code, formerly, options })), ...own.map(({ code }) => ({ code, formerly: [] }))];
}

export type CodeSetResult = { readonly ok: true; readonly codes: readonly string[] } | { readonly ok: false; readonly isOfRuntime?: true; readonly message: string; readonly help: string };

/** The codes that one word means. */
export function expandCode(word: string, known: readonly KnownCode[]): CodeSetResult {
  const wanted = word.trim().toUpperCase();
  const family = /^(FA\d)XX$/.exec(wanted)?.[1];
  const codes = known.map((entry) => entry.code).filter((code) => (family === undefined ? code === wanted : code.startsWith(family)));
  if (codes.length > 0) return { ok: true, codes };
  if (RUNTIME_ONLY_CODES.includes(wanted)) return { ok: false, isOfRuntime: true, message: `\`${word}\` is reported by the runtime alone`, help: `\`fa explain ${wanted}\` says when` };
  const renamed = known.find((entry) => entry.formerly.some((old) => old.toUpperCase() === wanted));
  if (renamed !== undefined) return { ok: false, message: `unknown code \`${word}\``, help: `it is called \`${renamed.code}\` here` };
  const families = new Set(known.map((entry) => `${entry.code.slice(0, 3)}xx`));
  const nearest = nearestWord(wanted, family === undefined ? known.map((entry) => entry.code) : families);
  return { ok: false, message: `unknown code \`${word}\``, help: nearest === null ? "`fa list` shows all codes" : `did you mean \`${nearest}\`?` };
}

/** Words with commas or blanks between them. */
export function splitCodes(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}
