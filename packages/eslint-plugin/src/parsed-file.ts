/**
 * A file as the engine reads it, from the tree that ESLint has already, or by the parser that ESLint was configured with. All parsers of
 * ESLint give ESTree, and TypeScript's gives TS-ESTree with the nodes of oxc-parser's, so one lowering reads them all.
 */
import type { ParsedComment, ParsedModule } from "@framealloc/analysis";
import type { TSESLint } from "@typescript-eslint/utils";
import { isDeclarationName } from "./file-names.ts";

/** `ast` is a Program of any parser. The text has no byte-order mark, and offsets count from its start. */
export function parsedModule(name: string, role: ParsedModule["role"], text: string, ast: object): ParsedModule {
  const { comments = [] } = ast as { readonly comments?: readonly LooseComment[] };
  return { file: name, role, language: languageOf(name), text, program: ast as ParsedModule["program"], comments: comments.flatMap(toComment) };
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
function languageOf(name: string): ParsedModule["language"] {
  if (isDeclarationName(name)) return "dts";
  if (name.endsWith(".tsx")) return "tsx";
  return /\.[cm]?ts$/.test(name) ? "ts" : "jsx";
}

/** What a configuration says of parsing. */
export interface ParserChoice {
  readonly parser?: TSESLint.Parser.LooseParserModule | undefined;
  readonly parserOptions?: object | undefined;
}

/** Makes the parser look types up, which the tree does not need. */
const TYPE_OPTIONS = { project: undefined, projectService: undefined, programs: undefined, program: undefined, EXPERIMENTAL_useProjectService: undefined };

/** Parses another file than the one that is linted. Null when it does not parse: ESLint says so when it comes to that file. */
export function parseFile({ parser, parserOptions }: ParserChoice, path: string, text: string): object | null {
  if (parser === undefined) return null;
  const options = { ...parserOptions, ...TYPE_OPTIONS, filePath: path, range: true, loc: true, comment: true, tokens: false, sourceType: "module" };
  try {
    const parsed: unknown = "parseForESLint" in parser ? parser.parseForESLint(text, options).ast : parser.parse(text, options);
    return typeof parsed === "object" ? parsed : null;
  } catch {
    // Parsers say that a text is no program by throwing whatever they like.
    return null;
  }
}
