/**
 * How a message of a diagnostic is worded: lower case, no full stop, names of the program in backticks. What a test can tell of that
 * is told here; the rest is for the reader of the change.
 */
import type { Diagnostic } from "@framealloc/analysis";

/** What is wrong with the wording of a diagnostic and of what it carries, each with its text; empty when nothing is. */
export function wordingFaults(diagnostic: Diagnostic): string[] {
  const texts = [
    ["message", diagnostic.message],
    ...[...diagnostic.related, ...diagnostic.chain].map(({ message }) => ["related span", message]),
    ...(diagnostic.help === null ? [] : [["help", diagnostic.help]]),
    ...diagnostic.fixes.map(({ title }) => ["title of a fix", title]),
  ] as const;
  return texts.flatMap(([what = "", text = ""]) => faultsOfText(text).map((fault) => `${diagnostic.code}: ${what} ${JSON.stringify(text)} ${fault}`));
}

/** The faults of one text, as verbs: `begins with an upper case letter`. */
export function faultsOfText(text: string): string[] {
  const faults: string[] = [];
  // What stands in backticks is the program's and follows no rule of ours.
  const prose = text.replace(/`[^`]*`/g, "`_`");
  if (text.trim() === "") faults.push("is empty");
  if (text !== text.trim() || /\s{2}|\n/.test(prose)) faults.push("has stray white space");
  if (/^[A-Z][a-z]/.test(prose)) faults.push("begins with an upper case letter");
  if (/\.$/.test(prose)) faults.push("ends with a full stop");
  if ((text.match(/`/g) ?? []).length % 2 === 1) faults.push("has an open backtick");
  const bare = /\b[a-z]+[A-Z]\w*\b|\b\w+\(\)|\b[a-z]\w*\.(?!js\b)[a-z]\w+\b/.exec(prose);
  if (bare !== null) faults.push(`names ${bare[0]} without backticks`);
  if (/(^|\s)['"][\w.]+['"]/.test(prose)) faults.push("quotes a name with quotation marks instead of backticks");
  return faults;
}
