/** Saying something about a program by hand, in the runtime's form: for adapters, engines and assertions of one's own. */
import { badArgument } from "../errors.ts";
import type { DiagContext } from "./diag-context.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";
import { textOfCode, type RuntimeCode } from "./runtime-codes.ts";
import { deliver } from "./sinks.ts";

/** What a diagnostic says besides what its code does; each replaces the code's own text. */
export interface DiagnosticDetail {
  readonly message?: string;
  readonly note?: string;
  readonly help?: string;
  readonly location?: string;
  readonly context?: DiagContext;
  readonly severity?: Severity;
}

/** `severity` is the code's own, or "error" for a code that is not the runtime's. */
export type GivenDiagnostic = Omit<Diagnostic, "severity"> & { readonly severity?: Severity };

/**
 * Emits the diagnostic of a code of the catalogue; a string `detail` is its note. Goes to the sinks, or the console, and gives the diagnostic. Throws it as a
 * `FrameAllocError` where strict mode says so; `argument` for a code that the runtime does not report.
 *
 * @example emit("FA102", "the scene is paused");
 */
export function emit(code: RuntimeCode, detail: string | DiagnosticDetail = {}): Diagnostic {
  const text = textOfCode(code);
  if (text === undefined) throw badArgument("emit", "code", code, "a code that the runtime reports; `diagnostic` takes any");
  const [severity, message, help] = text;
  return sent({ severity, code, message, help, ...(typeof detail === "string" ? { note: detail } : detail) });
}

/** Emits a diagnostic of one's own words, as `emit` does. `argument` without a code or a message. */
export function diagnostic(given: GivenDiagnostic): Diagnostic {
  const { code, message } = given ?? {};
  if (typeof code !== "string" || code === "") throw badArgument("diagnostic", "code", code, "the name of what is wrong, a text");
  if (typeof message !== "string" || message === "") throw badArgument("diagnostic", "message", message, "a text");
  const severity = given.severity ?? textOfCode(code)?.[0] ?? "error";
  return sent({ ...given, severity });
}

/** Emits the diagnostic of `code` unless `condition` holds, and gives whether it does. Errors as `emit`. */
export function faAssert(condition: unknown, code: RuntimeCode, detail?: string | DiagnosticDetail): boolean {
  if (!condition) emit(code, detail);
  return Boolean(condition);
}

function sent(said: Diagnostic): Diagnostic {
  deliver(said);
  return said;
}
