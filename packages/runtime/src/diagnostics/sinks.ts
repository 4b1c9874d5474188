/** Where diagnostics go: to the sinks that are installed, or to the console when there are none; then, in strict mode, up the stack. */
import { badArgument, strictError, type FrameAllocError } from "../errors.ts";
import { textOf, type Diagnostic, type Severity } from "./diagnostic.ts";
import { throwsAt } from "./strict-mode.ts";

/** Takes diagnostics. */
export type DiagnosticSink = ((diagnostic: Diagnostic) => void) | { emit(diagnostic: Diagnostic): void };

// One entry for each installation, as one sink may be installed twice.
const installed: { readonly sink: DiagnosticSink }[] = [];

/** From here on diagnostics of this agent go to the sink instead of the console, and to the others that are installed. Gives the function that takes it out. */
export function installSink(sink: DiagnosticSink): () => void {
  if (typeof sink !== "function" && typeof (sink as { readonly emit?: unknown } | null)?.emit !== "function") throw badArgument("installSink", "sink", sink, "a function, or an object with a function `emit`");
  const entry = { sink };
  installed.push(entry);
  return () => {
    const at = installed.indexOf(entry);
    if (at >= 0) installed.splice(at, 1);
  };
}

/** Keeps what it is given, for tests: `const done = installSink(sink)`. */
export class CollectingSink {
  readonly diagnostics: Diagnostic[] = [];

  emit(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  clear(): void {
    this.diagnostics.length = 0;
  }

  /** Whether one of them is an error. */
  hasErrors(): boolean {
    return this.diagnostics.some(({ severity }) => severity === "error");
  }
}

/** @internal Delivers a diagnostic. In strict mode, depending on its severity, it then throws it as a `FrameAllocError`. */
export function deliver(diagnostic: Diagnostic): void {
  if (installed.length === 0) print(diagnostic);
  // A copy: a sink may take itself out.
  else for (const { sink } of [...installed]) {
    if (typeof sink === "function") sink(diagnostic);
    else sink.emit(diagnostic);
  }
  if (throwsAt(diagnostic.severity)) throw strictError(diagnostic);
}

/** @internal Delivers an error that is not thrown, unless strict mode has it so. */
export function deliverError({ code, reason, help }: FrameAllocError, severity: Severity): void {
  deliver({ severity, code, message: reason, help });
}

function print(diagnostic: Diagnostic): void {
  const text = textOf(diagnostic);
  if (diagnostic.severity === "error") console.error(text);
  else if (diagnostic.severity === "warning") console.warn(text);
  else console.info(text);
}
