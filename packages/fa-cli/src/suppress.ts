/**
 * Applies suppression comments, and reports those that nothing answers to (FA900). A failure of ours (FA901) cannot be suppressed.
 *
 * A comment is judged unused only when every rule that it names ran; one without codes only when every rule did.
 */
import type { Diagnostic, ParsedComment } from "@framealloc/analysis";
import { expandCode, type KnownCode, nearestWord } from "@framealloc/rules/codes";
import { type Directive, DIRECTIVE_NAMES, readDirectives } from "@framealloc/rules/configuration";
import { INTERNAL_ERROR, ownDiagnostic, UNUSED_SUPPRESSION } from "./fault-diagnostic.ts";
import type { SourceReader, SourceText } from "./source-text.ts";

export interface SuppressedDiagnostic {
  readonly diagnostic: Diagnostic;
  readonly reason: string | null;
}

export interface Suppression {
  readonly kept: readonly Diagnostic[];
  readonly suppressed: readonly SuppressedDiagnostic[];
  /** In no order. */
  readonly unused: readonly Diagnostic[];
}

export interface SuppressOptions {
  /** Comments by file. */
  readonly comments: ReadonlyMap<string, readonly ParsedComment[]>;
  readonly sources: SourceReader;
  readonly known: readonly KnownCode[];
  /** Codes of the rules that ran, and those that the command itself always looks for. */
  readonly ran: ReadonlySet<string>;
  /** Whether a comment without a reason is a fault. */
  readonly requireReason?: boolean;
}

interface ActiveDirective {
  readonly directive: Directive;
  /** Null for every code. */
  readonly codes: ReadonlySet<string> | null;
  used: boolean;
}

export function suppress(diagnostics: readonly Diagnostic[], options: SuppressOptions): Suppression {
  const kept: Diagnostic[] = [];
  const suppressed: SuppressedDiagnostic[] = [];
  const unused: Diagnostic[] = [];
  const byFile = new Map<string, ActiveDirective[]>();
  for (const [file, comments] of options.comments) {
    const source = options.sources(file);
    if (source !== undefined) byFile.set(file, activate(file, comments, source, options.known, unused));
  }
  for (const diagnostic of diagnostics) {
    const { file, span } = diagnostic.at;
    const active = byFile.get(file);
    const line = active === undefined ? 0 : (options.sources(file)?.positionAt(span.start).line ?? 0);
    // A failure of ours is no finding in the program: nothing that the program says may hide it.
    const answers = diagnostic.code === INTERNAL_ERROR ? [] : (active ?? []).filter((entry) => applies(entry, diagnostic.code, line));
    for (const entry of answers) entry.used = true;
    const [first] = answers;
    if (first === undefined) kept.push(diagnostic);
    else suppressed.push({ diagnostic, reason: answers.find((entry) => entry.directive.reason !== null)?.directive.reason ?? null });
  }
  if (options.requireReason === true) for (const [file, active] of byFile) unused.push(...active.filter(({ directive }) => directive.reason === null).map(({ directive }) => unreasonedDiagnostic(file, directive)));
  for (const [file, active] of byFile) unused.push(...active.filter((entry) => !entry.used && isJudged(entry, options)).map((entry) => unusedDiagnostic(file, entry.directive)));
  return { kept, suppressed, unused };
}

function activate(file: string, comments: readonly ParsedComment[], source: SourceText, known: readonly KnownCode[], faults: Diagnostic[]): ActiveDirective[] {
  const { directives, unread } = readDirectives(comments, source);
  for (const { name, span } of unread) {
    const nearest = nearestWord(name, DIRECTIVE_NAMES);
    faults.push(ownDiagnostic(UNUSED_SUPPRESSION, { file, span }, `\`${name}\` is no suppression comment`, nearest === null ? `write one of ${DIRECTIVE_NAMES.join(", ")}` : `did you mean \`${nearest}\`?`));
  }
  return directives.flatMap((directive): ActiveDirective[] => {
    if (directive.words.length === 0) return [{ directive, codes: null, used: false }];
    const codes = new Set<string>();
    for (const word of directive.words) {
      const found = expandCode(word, known);
      if (found.ok) for (const code of found.codes) codes.add(code);
      else faults.push(ownDiagnostic(UNUSED_SUPPRESSION, { file, span: directive.span }, `\`${directive.name}\` names an ${found.message}`, found.help));
    }
    // One that names nothing known was reported as such already.
    return codes.size === 0 ? [] : [{ directive, codes, used: false }];
  });
}

function applies({ directive, codes }: ActiveDirective, code: string, line: number): boolean {
  return directive.firstLine <= line && line <= directive.lastLine && (codes === null || codes.has(code));
}

function isJudged({ codes }: ActiveDirective, { known, ran }: SuppressOptions): boolean {
  const named = codes ?? known.map((entry) => entry.code);
  return [...named].every((code) => ran.has(code));
}

function unusedDiagnostic(file: string, directive: Directive): Diagnostic {
  const codes = directive.words.length === 0 ? "" : ` ${directive.words.join(", ")}`;
  const message = directive.kind === "expect" ? `nothing was reported where \`${directive.name}${codes}\` expects it` : `\`${directive.name}${codes}\` suppresses nothing`;
  return ownDiagnostic(UNUSED_SUPPRESSION, { file, span: directive.span }, message, directive.kind === "expect" ? "correct the place or the code, or remove the comment" : "remove the comment");
}

function unreasonedDiagnostic(file: string, { name, span }: Directive): Diagnostic {
  return ownDiagnostic(UNUSED_SUPPRESSION, { file, span }, `\`${name}\` gives no reason`, "say why after ` -- `");
}
