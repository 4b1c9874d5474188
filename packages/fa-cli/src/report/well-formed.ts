/** Text that every encoding of Unicode can carry. */

/** Half a surrogate pair has no encoding: a replacement mark stands for it. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
