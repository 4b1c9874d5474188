/** Text from a program made safe to print: no control character reaches a terminal, no direction mark reorders what is read. */

/** C0 and C1 controls, line and paragraph separators, direction marks, byte-order mark, lone surrogates and noncharacters. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\p{Surrogate}/gu;

/** One line: what cannot be printed is written as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`);
}

/** A piece of a source line, one cell a mark, so that columns stay true: controls by their pictures, direction marks by a replacement mark. */
export function printableSource(text: string): string {
  return text.replace(UNPRINTABLE, (mark) => {
    const code = mark.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? "\u2421" : "\ufffd";
  });
}
