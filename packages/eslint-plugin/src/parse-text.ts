/**
 * Parses the files of a program that ESLint is not at: by oxc-parser, as `fa` does, which takes a tenth of the time of TypeScript's parser. Where it
 * has no binary for the machine, and for texts that nest so deeply that native code would overflow its stack, the parser that ESLint was
 * configured with does it.
 */
import { createRequire } from "node:module";
import { nestsDeeply, type ParsedModule } from "@framealloc/analysis";
import type { TSESLint } from "@typescript-eslint/utils";
import type { ParserOptions } from "oxc-parser";
import { languageOf, parsedModule } from "./parsed-file.ts";

/** What a configuration says of parsing. */
export interface ParserChoice {
  readonly parser?: TSESLint.Parser.LooseParserModule | undefined;
  readonly parserOptions?: object | undefined;
}

/** `text` has no byte-order mark. Null when nothing can be made of it: ESLint says so when it comes to that file. Cost: linear. */
export function parseText(choice: ParserChoice, path: string, name: string, role: ParsedModule["role"], text: string): ParsedModule | null {
  const native = nativeParser();
  if (native !== null && !nestsDeeply(text)) return parseNatively(native, name, role, text);
  const tree = parseAsConfigured(choice, path, text);
  return tree === null ? null : parsedModule(name, role, text, tree);
}

type Native = Pick<typeof import("oxc-parser"), "parseSync">;

let loaded: Native | null | undefined;

/** Loaded when a program is first analysed: who lints without types need not wait for it. */
function nativeParser(): Native | null {
  if (loaded === undefined) {
    try {
      loaded = createRequire(import.meta.url)("oxc-parser") as Native;
    } catch {
      // No binary for this machine: the other parser does the same, in more time.
      loaded = null;
    }
  }
  return loaded;
}

function parseNatively({ parseSync }: Native, name: string, role: ParsedModule["role"], text: string): ParsedModule | null {
  const language = languageOf(name);
  const options: ParserOptions = { lang: language, preserveParens: false, astType: "ts" };
  let result = parseSync(name, text, options);
  if (hasFault(result) && /\.c?[jt]s$/.test(name)) {
    // CommonJS allows what a module does not: a `return` at the top, `await` as a name.
    const asCommonJs = parseSync(name, text, { ...options, sourceType: "commonjs" });
    if (!hasFault(asCommonJs)) result = asCommonJs;
  }
  // What it could not recover from is an empty program.
  if (hasFault(result) && result.program.body.length === 0) return null;
  return { file: name, role, language, text, program: result.program, comments: result.comments };
}

function hasFault({ errors }: ReturnType<Native["parseSync"]>): boolean {
  return errors.some(({ severity }) => severity === "Error");
}

/** Makes the parser look types up, which the tree does not need. */
const TYPE_OPTIONS = { project: undefined, projectService: undefined, programs: undefined, program: undefined, EXPERIMENTAL_useProjectService: undefined };

/** By the parser that ESLint was configured with, without types. */
export function parseAsConfigured({ parser, parserOptions }: ParserChoice, path: string, text: string, tokens = false): object | null {
  if (parser === undefined) return null;
  const options = { ...parserOptions, ...TYPE_OPTIONS, filePath: path, range: true, loc: true, comment: true, tokens, sourceType: "module" };
  try {
    const parsed: unknown = "parseForESLint" in parser ? parser.parseForESLint(text, options).ast : parser.parse(text, options);
    return typeof parsed === "object" ? parsed : null;
  } catch {
    // Parsers say that a text is no program by throwing whatever they like.
    return null;
  }
}
