/** Text in words, two UTF-16 units in each: encoders refuse to write to shared memory in browsers. */

export function textWords(length: number): number {
  return (length + 1) >> 1;
}

export function writeText(words: Int32Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i += 2) words[at + (i >> 1)] = text.charCodeAt(i) | (i + 1 < text.length ? text.charCodeAt(i + 1) << 16 : 0);
}

export function readText(words: Int32Array, at: number, length: number): string {
  let text = "";
  for (let i = 0; i < length; i += 1) text += String.fromCharCode(((words[at + (i >> 1)] ?? 0) >>> ((i & 1) << 4)) & 0xffff);
  return text;
}
