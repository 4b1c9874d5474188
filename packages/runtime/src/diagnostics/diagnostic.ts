/** What the runtime has to say about a program, and its form in text. An error that is thrown has the same form. */
import type { DiagContext } from "./diag-context.ts";

export type Severity = "error" | "warning" | "hint";

/** Of a code: how grave it is, what is the case, what to do. */
export type CodeText = readonly [severity: Severity, message: string, help: string];

export interface Diagnostic {
  readonly severity: Severity;
  /** `FA001` */
  readonly code: string;
  /** What is the case: lower case, no full stop. */
  readonly message: string;
  readonly note?: string | undefined;
  /** What to do about it. */
  readonly help?: string | undefined;
  /** Where in the program: "at update (game.ts:12:5)". */
  readonly location?: string | undefined;
  readonly context?: DiagContext | undefined;
}

/**
 * The form in text:
 *
 *   [framealloc][FA001] error: `frameAlloc` outside a frame
 *     note: in a callback of the physics engine
 *     help: call `beginFrame()` first
 */
export function textOf({ severity, code, message, note, help, location, context }: Diagnostic): string {
  const notes = [location, note, context === undefined ? undefined : String(context)].filter((text) => text !== undefined && text !== "");
  return [`[framealloc][${code}] ${severity}: ${message}`, ...notes.map((text) => `  note: ${text}`), ...(help === undefined || help === "" ? [] : [`  help: ${help}`])].join("\n");
}
