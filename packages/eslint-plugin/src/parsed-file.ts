/**
 * A file as the engine reads it, from a tree of ESLint's. All parsers of ESLint give ESTree, and TypeScript's gives TS-ESTree with the nodes of
 * oxc-parser's, so one lowering reads them all.
 */
import type { ParsedComment, ParsedModule } from "@framealloc/analysis";
import { isDeclarationName } from "./file-names.ts";

/** `ast` is a Program of any parser. The text has no byte-order mark, and offsets count from its start. */
export function parsedModule(name: string, role: ParsedModule["role"], text: string, ast: object): ParsedModule {
  return { file: name, role, language: languageOf(name), text, program: ast as ParsedModule["program"], comments: commentsOf(ast) };
}

export function commentsOf(ast: object): readonly ParsedComment[] {
  const { comments = [] } = ast as { readonly comments?: readonly LooseComment[] };
  return comments.flatMap(toComment);
}

interface LooseComment {
  readonly type: string;
  readonly value: string;
  readonly range?: readonly [number, number];
}

/** A `#!` line, which some parsers list as well, is none of the language's. */
function toComment({ type, value, range }: LooseComment): ParsedComment[] {
  return (type === "Line" || type === "Block") && range !== undefined ? [{ type, value, start: range[0], end: range[1] }] : [];
}

/** By the file's ending; a `.js` file may hold JSX. A name without one (`<input>`) is taken for JavaScript. */
export function languageOf(name: string): ParsedModule["language"] {
  if (isDeclarationName(name)) return "dts";
  if (name.endsWith(".tsx")) return "tsx";
  return /\.[cm]?ts$/.test(name) ? "ts" : "jsx";
}
