/** The public names of `@framealloc/runtime/diagnostics`: what is said about a program, and who hears it. */
export { FrameAllocError, type FrameAllocCode } from "../errors.ts";
export { DiagnosticsHooks, type DiagnosticsEvent, type HooksOptions, type MemoryGraphData } from "../hooks/diagnostics-hooks.ts";
export { ProfilerHooks, ProfilerZone, type ProfilerCallback, type ProfilerEvent } from "../hooks/profiler-hooks.ts";
export { SnapshotHistory, type AllocSnapshot } from "../hooks/snapshot-history.ts";
export { textOf, type Diagnostic, type Severity } from "./diagnostic.ts";
export { DiagContext } from "./diag-context.ts";
export { diagnostic, emit, faAssert, type DiagnosticDetail, type GivenDiagnostic } from "./emit.ts";
export type { RuntimeCode } from "./runtime-codes.ts";
export { CollectingSink, installSink, type DiagnosticSink } from "./sinks.ts";
export { setStrictMode, StrictModeGuard, strictMode, type StrictMode } from "./strict-mode.ts";
export { chromeTrace, type ChromeTrace, type TraceEvent } from "../trace/chrome-trace.ts";
export { devtoolsTracks, type DevtoolsOptions } from "../trace/devtools-tracks.ts";
export { SnapshotEmitter, takeSnapshot, type Snapshot, type SnapshotOptions } from "../trace/snapshot-emitter.ts";
export { TraceRecorder, TraceZone, type RecorderOptions } from "../trace/trace-recorder.ts";
