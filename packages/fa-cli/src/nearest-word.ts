/** "did you mean": the known word nearest to one that was misspelt. */
import { distance } from "fastest-levenshtein";

/**
 * The nearest by edit distance when it is near enough to be meant: a third of its length, at least 2 edits, or the word is its beginning (of three
 * letters or more). Null otherwise.
 */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  let nearest: string | null = null;
  let least = Infinity;
  for (const candidate of known) {
    const isBeginning = word.length >= 3 && candidate.toLowerCase().startsWith(word.toLowerCase());
    const edits = isBeginning ? 1 : distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < least) [nearest, least] = [candidate, edits];
  }
  return nearest !== null && least <= Math.max(2, Math.floor(nearest.length / 3)) ? nearest : null;
}
