/** Which rules of the catalogue run: families, `--only`, `--skip`, and what the configuration disables. */
import { expandCode, type KnownCode } from "@framealloc/rules/codes";
import { UsageError } from "./usage-error.ts";

export interface RuleSelection {
  /** Keys of families; none is all. */
  readonly families: readonly string[];
  /** Codes or families as written; none is all. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** Codes, from the configuration. */
  readonly disabled: readonly string[];
}

/** In the order of the catalogue. Throws a `UsageError` for an unknown code. `--only` brings back a code that the configuration disables. */
export function selectRules<T extends { readonly code: string; readonly families: readonly string[] }>(catalogue: readonly T[], known: readonly KnownCode[], selection: RuleSelection): readonly T[] {
  const only = new Set(expandCodes(selection.only, known, "--only"));
  const skip = new Set(expandCodes(selection.skip, known, "--skip"));
  const disabled = new Set(selection.disabled);
  return catalogue.filter((rule) => {
    if (skip.has(rule.code)) return false;
    if (only.size > 0 && !only.has(rule.code)) return false;
    if (disabled.has(rule.code) && only.size === 0) return false;
    return selection.families.length === 0 || rule.families.some((family) => selection.families.includes(family));
  });
}

/** The codes that the words of a flag mean. Throws a `UsageError` for an unknown one. */
export function expandCodes(words: readonly string[], known: readonly KnownCode[], flag: string): readonly string[] {
  return words.flatMap((word) => {
    const found = expandCode(word, known);
    if (!found.ok) throw new UsageError(`${flag}: ${found.message}`, { help: found.help });
    return found.codes;
  });
}
