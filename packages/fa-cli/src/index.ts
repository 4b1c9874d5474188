/** The public names of the command for use as a library: the typed result without the process. */
export { analyze, type AnalysisInput, type AnalysisResult, type Diagnostic } from "@framealloc/analysis";
export type { Host } from "./host.ts";
export { type MemoryHost, memoryHost, type MemoryHostOptions } from "./memory-host.ts";
export { type FileFault, openProgram, type OpenedProgram, type OpenOptions } from "./open-program.ts";
export { analyzeTexts, type OpenedTexts, openTexts } from "./open-texts.ts";
export { parseModule, type ParseResult, type SyntaxFault } from "./parse.ts";
