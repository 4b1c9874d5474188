/** The diagnostics that no rule makes: FA901 for a failure of ours, FA902 for a file that is no program, FA900 for a suppression in vain. */
import type { Diagnostic, Location, RuleDocs, RuleFailure, Severity } from "@framealloc/analysis";
import type { FileFault } from "./open-program.ts";

export const UNUSED_SUPPRESSION = "FA900";
export const INTERNAL_ERROR = "FA901";
export const UNPARSED_FILE = "FA902";

export interface OwnCode {
  readonly code: typeof UNUSED_SUPPRESSION | typeof INTERNAL_ERROR | typeof UNPARSED_FILE;
  readonly name: string;
  readonly severity: Severity;
  readonly summary: string;
  /** A failure of ours has no example. */
  readonly docs: RuleDocs;
}

/** What the command itself reports, beside the catalogue of rules. */
export const OWN_CODES: readonly OwnCode[] = [
  {
    code: UNUSED_SUPPRESSION,
    name: "unused-suppression",
    severity: "warning",
    summary: "a suppression comment that nothing answers to",
    docs: {
      why: "A comment that suppresses nothing hides the next real finding on its line. Remove it, or correct the code it names.",
      bad: "let steps = 0;\n// fa-ignore-next-line -- the path is kept on purpose\nexport const step = (): number => (steps += 1);\n",
      good: "let steps = 0;\nexport const step = (): number => (steps += 1);\n",
      misses: "comments whose rules did not all run, as with `--only`.",
    },
  },
  {
    code: INTERNAL_ERROR,
    name: "internal-error",
    severity: "error",
    summary: "a rule failed; the other rules still ran",
    docs: {
      why: "This is a fault of the analyzer and not of the program. The findings of the other rules are complete; those of the rule named are missing.",
      bad: "",
      good: "",
      misses: "failures that look like a result.",
    },
  },
  {
    code: UNPARSED_FILE,
    name: "unparsed-file",
    severity: "error",
    summary: "a file or folder that could not be read or parsed",
    docs: {
      why: "Nothing is known about this file, so findings in it and findings that lead through it are missing. The other files were analyzed.",
      bad: "export function tick(: void {}\n",
      good: "export function tick(): void {}\n",
      misses: "faults of types: a file that parses is analyzed as far as it makes sense.",
    },
  },
];

/** FA902, or FA901 when it was us who failed on the file. */
export function faultDiagnostic(fault: FileFault): Diagnostic {
  const at: Location = { file: fault.file, span: fault.span };
  if (fault.kind === "internal") return ownDiagnostic(INTERNAL_ERROR, at, `the analysis of this file failed: ${oneLine(fault.message)}`, "report this with the file that causes it");
  if (fault.kind === "unlisted") return ownDiagnostic(UNPARSED_FILE, at, `this folder cannot be listed: ${oneLine(fault.message)}`, "exclude the folder, or make it readable; what is in it was not analyzed");
  const message = fault.kind === "unreadable" ? `this file ${oneLine(fault.message)}` : `this file does not parse: ${lowerFirst(oneLine(fault.message))}`;
  return ownDiagnostic(UNPARSED_FILE, at, message, fault.kind === "syntax" ? "correct the syntax; the other files were analyzed" : "exclude the file, or make it readable");
}

/** FA901 for a rule that threw. `file` is any file of the program: the failure has no place of its own. */
export function failureDiagnostic(failure: RuleFailure, file: string): Diagnostic {
  const message = failure.error instanceof Error ? failure.error.message : String(failure.error);
  return ownDiagnostic(INTERNAL_ERROR, { file, span: { start: 0, end: 0 } }, `rule \`${failure.code}\` failed: ${oneLine(message)}`, "report this with the program that causes it; the other rules ran");
}

/** A diagnostic of one of `OWN_CODES`. */
export function ownDiagnostic(code: OwnCode["code"], at: Location, message: string, help: string): Diagnostic {
  const own = OWN_CODES.find((entry) => entry.code === code);
  if (own === undefined) throw new Error(`${code} is not among the command's own codes`);
  return { code, name: own.name, severity: own.severity, message, at, related: [], chain: [], help, fixes: [], confidence: "traced" };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").replace(/\.$/, "");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
