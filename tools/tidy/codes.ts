/**
 * Where a diagnostic code may be written. A code belongs to its rule's file; tests, fixtures and documentation may name it, and so may the
 * runtime's errors, the command's own diagnostics and the comments of what throws them. A code that nobody reports is a fault anywhere.
 */
import { EXAMPLE_CODE, isFormerCode, KNOWN_CODES } from "../known-codes.ts";
import { areaOf } from "./areas.ts";
import { isGenerated } from "./headers.ts";
import type { SourceText, TidyFault } from "./source-text.ts";

const CODE = /(?<![A-Za-z0-9])FA\d{3}(?!\d)/g;

/** Where the command and the plugin word the diagnostics that no rule makes. */
const DRIVER_CODES_FILES = new Set(["packages/fa-cli/src/fault-diagnostic.ts", "packages/eslint-plugin/src/adapter.ts", "rules/configuration/driver-codes.ts"]);

/** Where the command explains the codes that only a running program reports. */
const RUNTIME_TEXTS_FILE = "packages/fa-cli/src/runtime-codes.ts";

/** The runtime's errors, and the two texts that a compiler and the structured clone algorithm show in place of an error of ours. */
const RUNTIME_CODES_FILES = new Set(["packages/runtime/src/errors.ts", "packages/runtime/src/diagnostics/runtime-codes.ts", "packages/runtime/src/diagnostics/behavior-codes.ts", "packages/runtime/src/behavior/issues.ts", "packages/runtime/src/shared/sendable.ts", "packages/runtime/src/view.ts"]);

/** The codes that may be written at all: those taken, and those of the rules that have a file among `paths`. */
export function knownCodes(paths: Iterable<string>): ReadonlySet<string> {
  const rules = [...paths].flatMap((path) => /^rules\/(FA\d{3})-[a-z-]+\.ts$/.exec(path)?.[1] ?? []);
  return new Set([...KNOWN_CODES.keys(), ...rules, EXAMPLE_CODE]);
}

/** Codes in a text of any kind that stand for nothing. */
export function checkCodesExist(path: string, text: string, known: ReadonlySet<string>): TidyFault[] {
  return text.split("\n").flatMap((line, index) =>
    [...line.matchAll(CODE)].map(([code]) => code).filter((code) => !known.has(code) && !isFormerCode(code)).map((code) => ({ path, line: index + 1, message: `${code} is no code that anything reports` })),
  );
}

/** Codes in a source file that is not the place for them. */
export function checkCodesBelong(file: SourceText): TidyFault[] {
  if (isGenerated(file)) return [];
  return [...file.text.matchAll(CODE)].flatMap(({ 0: code, index }) => {
    const comment = file.comments.find(({ start, end }) => start <= index && index < end);
    // A docstring that begins with a code shows the form of one.
    if (comment !== undefined && /^\*? `FA\d{3}`/.test(comment.value)) return [];
    const inComment = comment !== undefined;
    if (areaOf(file.path) === "rules" && isFormerName(file.text, index)) return [];
    return mayName(file.path, code, inComment) ? [] : [{ path: file.path, line: file.lineOf(index), message: `${code} does not belong here: only its rule knows a code` }];
  });
}

/** A rule lists the codes under which others knew it, as `formerly: ["FA702"]`. */
function isFormerName(text: string, index: number): boolean {
  return /\bformerly: \[[^\]]*$/.test(text.slice(Math.max(0, index - 200), index));
}

function mayName(path: string, code: string, inComment: boolean): boolean {
  switch (areaOf(path)) {
    case "test":
    case "fixture":
    case "examples":
      return true;
    case "rules":
      return DRIVER_CODES_FILES.has(path) || path.startsWith(`rules/${code}-`) || (inComment && path.startsWith("rules/FA"));
    case "runtime":
      return inComment || RUNTIME_CODES_FILES.has(path);
    case "fa-cli":
    case "eslint-plugin":
      return path === RUNTIME_TEXTS_FILE || (code.startsWith("FA9") && (inComment || DRIVER_CODES_FILES.has(path)));
    case "analysis":
      return code.startsWith("FA9") && inComment;
    case "tools":
    case "bench":
    case "root":
      return inComment || path === "tools/known-codes.ts";
  }
}
