/** A parsed file, whichever host parsed it: oxc-parser in the CLI, ESLint's or oxlint's own parser in the plugin. */
import type { Program } from "@oxc-project/types";

export interface ParsedComment {
  readonly type: "Line" | "Block";
  /** Without its delimiters. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface ParsedModule {
  readonly file: string;
  readonly role: "project" | "library";
  readonly language: "js" | "jsx" | "ts" | "tsx" | "dts";
  readonly text: string;
  /**
   * TS-ESTree as oxc-parser (`preserveParens: false`) and typescript-eslint give it. typescript-eslint's nodes carry `range` and not `start`
   * and `end`; `nodeSpan` in `estree.ts` reads either.
   */
  readonly program: Program;
  readonly comments: readonly ParsedComment[];
}
