/** The public names of `@framealloc/runtime/diagnostics`: what is said about a program, and who hears it. */
export { FrameAllocError, type FrameAllocCode } from "../errors.ts";
export { textOf, type Diagnostic, type Severity } from "./diagnostic.ts";
export { DiagContext } from "./diag-context.ts";
export { diagnostic, emit, faAssert, type DiagnosticDetail, type GivenDiagnostic } from "./emit.ts";
export type { RuntimeCode } from "./runtime-codes.ts";
export { CollectingSink, installSink, type DiagnosticSink } from "./sinks.ts";
export { setStrictMode, StrictModeGuard, strictMode, type StrictMode } from "./strict-mode.ts";
