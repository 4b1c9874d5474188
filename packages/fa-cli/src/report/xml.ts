/** The little of XML that two reports need: elements whose text and attributes may hold anything and the document is still well-formed. */

/** What XML 1.0 has no way to write at all, not even as a reference. */
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu;

const REFERENCES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;" };

/** For attributes and text alike. What cannot be written is spelt out as `\u{1b}`. */
export function escapeXml(text: string): string {
  return text.replace(IMPOSSIBLE, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`).replace(/[&<>"'\t\n\r]/g, (mark) => REFERENCES[mark] ?? mark);
}

/** ` a="1" b="2"` */
export function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`).join("");
}
