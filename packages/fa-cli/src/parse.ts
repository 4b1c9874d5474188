/** Text to ESTree by oxc-parser; the tree is handed to the engine, which drops it. */
import { nestsDeeply, type ParsedComment, type ParsedModule } from "@framealloc/analysis";
import { type OxcError, parseSync, type ParserOptions } from "oxc-parser";
import { parseDeep } from "./deep-parser.ts";

export interface SyntaxFault {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

export interface ParseResult {
  /** Null when nothing could be made of the text. */
  readonly module: ParsedModule | null;
  readonly faults: readonly SyntaxFault[];
}

/**
 * Reads one file's text; a leading byte-order mark is dropped, so offsets count from after it. Never throws on bad source. Cost: linear; a text that
 * nests hundreds of levels deep takes another process (`parseDeep`).
 */
export function parseModule(file: string, source: string, role: "project" | "library"): ParseResult {
  const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  const language = languageOf(file);
  // Without what only TypeScript writes the tree of a plain file is a quarter smaller, and says the same.
  const options: ParserOptions = { lang: language, preserveParens: false, astType: language === "jsx" ? "js" : "ts" };
  const parse = nestsDeeply(text) ? parseDeep : parseSync;
  let result = parse(file, text, options);
  if (result !== null && faultsOf(result).length > 0 && /\.c?[jt]s$/.test(file)) {
    // CommonJS allows what a module does not: a `return` at the top, `await` as a name.
    const asCommonJs = parse(file, text, { ...options, sourceType: "commonjs" });
    if (asCommonJs !== null && faultsOf(asCommonJs).length === 0) result = asCommonJs;
  }
  if (result === null) return { module: null, faults: [{ message: "it nests too deeply", start: 0, end: 0 }] };
  const faults = faultsOf(result);
  // oxc gives an empty program for a text that it cannot recover from.
  if (faults.length > 0 && result.program.body.length === 0) return { module: null, faults };
  const comments: readonly ParsedComment[] = result.comments;
  return { module: { file, role, language, text, program: result.program, comments }, faults };
}

function faultsOf(result: { readonly errors: readonly OxcError[] }): SyntaxFault[] {
  return result.errors
    .filter((error) => error.severity === "Error")
    .map((error) => ({ message: error.message, start: error.labels[0]?.start ?? 0, end: error.labels[0]?.end ?? 0 }));
}

/** By the file's ending; a `.js` file may hold JSX, as every bundler accepts. */
export function languageOf(file: string): ParsedModule["language"] {
  if (/\.d\.[cm]?ts$/.test(file)) return "dts";
  if (file.endsWith(".tsx")) return "tsx";
  if (/\.[cm]?ts$/.test(file)) return "ts";
  return "jsx";
}
