/**
 * Applies suppression comments, and reports those that nothing answers to (FA900). A failure of ours (FA901) cannot be suppressed.
 *
 * What a comment names, a code or a family, is judged unused only when every rule of it ran; a comment without codes only when every rule did.
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
  /** What it names, as it is written; null for every code. */
  readonly named: readonly NamedCodes[] | null;
  /** Codes of the findings that it answers to. */
  readonly used: Set<string>;
}

/** `FA602`, or `FA6xx` with all that it stands for. */
interface NamedCodes {
  readonly word: string;
  readonly codes: readonly string[];
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
    for (const entry of answers) entry.used.add(diagnostic.code);
    const [first] = answers;
    if (first === undefined) kept.push(diagnostic);
    else suppressed.push({ diagnostic, reason: answers.find((entry) => entry.directive.reason !== null)?.directive.reason ?? null });
  }
  if (options.requireReason === true) for (const [file, active] of byFile) unused.push(...active.filter(({ directive }) => directive.reason === null).map(({ directive }) => unreasonedDiagnostic(file, directive)));
  for (const [file, active] of byFile) unused.push(...active.flatMap((entry) => unusedIn(file, entry, options)));
  return { kept, suppressed, unused };
}

function activate(file: string, comments: readonly ParsedComment[], source: SourceText, known: readonly KnownCode[], faults: Diagnostic[]): ActiveDirective[] {
  const { directives, unread } = readDirectives(comments, source);
  for (const { name, span } of unread) {
    const nearest = nearestWord(name, DIRECTIVE_NAMES);
    faults.push(ownDiagnostic(UNUSED_SUPPRESSION, { file, span }, `\`${name}\` is no suppression comment`, nearest === null ? `write one of ${DIRECTIVE_NAMES.join(", ")}` : `did you mean \`${nearest}\`?`));
  }
  return directives.flatMap((directive): ActiveDirective[] => {
    if (directive.words.length === 0) return [{ directive, named: null, used: new Set() }];
    const named: NamedCodes[] = [];
    for (const word of directive.words) {
      const found = expandCode(word, known);
      if (found.ok) named.push({ word, codes: found.codes });
      else faults.push(ownDiagnostic(UNUSED_SUPPRESSION, { file, span: directive.span }, `\`${directive.name}\` names ${found.isOfRuntime === true ? `\`${word}\`, which the runtime alone reports` : `an ${found.message}`}`, found.help));
    }
    // One that names nothing known was reported as such already.
    return named.length === 0 ? [] : [{ directive, named, used: new Set() }];
  });
}

function applies({ directive, named }: ActiveDirective, code: string, line: number): boolean {
  return directive.firstLine <= line && line <= directive.lastLine && (named === null || named.some(({ codes }) => codes.includes(code)));
}

/** One diagnostic for all that it names in vain; none for one that is used, or of which nobody can tell. */
function unusedIn(file: string, { directive, named, used }: ActiveDirective, { known, ran }: SuppressOptions): Diagnostic[] {
  if (named === null) return used.size === 0 && known.every(({ code }) => ran.has(code)) ? [unusedDiagnostic(file, directive, [], true)] : [];
  const words = named.filter(({ codes }) => codes.every((code) => ran.has(code) && !used.has(code))).map(({ word }) => word);
  return words.length === 0 ? [] : [unusedDiagnostic(file, directive, words, words.length === directive.words.length)];
}

function unusedDiagnostic(file: string, directive: Directive, words: readonly string[], isWhole: boolean): Diagnostic {
  const codes = words.length === 0 ? "" : ` ${words.join(", ")}`;
  const removed = isWhole ? "remove the comment" : `take ${words.map((word) => `\`${word}\``).join(", ")} out of it`;
  const message = directive.kind === "expect" ? `nothing was reported where \`${directive.name}${codes}\` expects it` : `\`${directive.name}${codes}\` suppresses nothing`;
  return ownDiagnostic(UNUSED_SUPPRESSION, { file, span: directive.span }, message, directive.kind === "expect" ? `correct the place or the code, or ${removed}` : removed);
}

function unreasonedDiagnostic(file: string, { name, span }: Directive): Diagnostic {
  return ownDiagnostic(UNUSED_SUPPRESSION, { file, span }, `\`${name}\` gives no reason`, "say why after ` -- `");
}
