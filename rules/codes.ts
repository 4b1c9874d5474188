/** Words that users write, as commands need them that read no configuration: codes, levels, names of source files, and the fault of who wrote them. */
export { type CodeOption, expandCode, type KnownCode, knownCodes, splitCodes } from "./configuration/code-set.ts";
export { RUNTIME_ONLY_CODES } from "./configuration/driver-codes.ts";
export { type Level, LEVELS, SEVERITIES } from "./configuration/levels.ts";
export { nearestWord } from "./configuration/nearest-word.ts";
export { isSourceFile } from "./configuration/source-file.ts";
export { UsageError } from "./configuration/usage-error.ts";
