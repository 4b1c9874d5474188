/** "did you mean": the known word nearest to one that was misspelt. */
import { distance } from "fastest-levenshtein";

/**
 * The nearest by edit distance when it is near enough to be meant: a third of its length, at least 2 edits. Letters in another order, and the beginning
 * of a word (three letters or more), count as one edit. Null when none is near.
 */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  let nearest: string | null = null;
  let least = Infinity;
  for (const candidate of known) {
    const edits = editsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (edits < least) [nearest, least] = [candidate, edits];
  }
  return nearest !== null && least <= Math.max(2, Math.floor(nearest.length / 3)) ? nearest : null;
}

function editsBetween(word: string, candidate: string): number {
  const letters = (text: string): string => [...text].sort().join("");
  const isBeginning = word.length >= 3 && candidate.startsWith(word);
  return isBeginning || letters(word) === letters(candidate) ? Math.min(1, distance(word, candidate)) : distance(word, candidate);
}
