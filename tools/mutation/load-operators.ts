/** The operators: all that the files in `operators/` export. A new one is a new file there: `FA401-stale-handle.ts` with
 * `export const operators: readonly Pattern[]`. */
import { readdirSync } from "node:fs";
import type { Operator, Pattern } from "./mutant.ts";

/** In the order of codes and names. Throws for a file without operators and for a name that two have. */
export async function loadOperators(): Promise<readonly Operator[]> {
  const folder = new URL("operators/", import.meta.url);
  const operators: Operator[] = [];
  for (const file of readdirSync(folder).sort()) {
    const loaded = (await import(new URL(file, folder).href)) as { operators?: readonly Pattern[] };
    const [code] = /^FA\d{3}(?=-)/.exec(file) ?? [];
    if (code === undefined) throw new Error(`${file} does not begin with a code`);
    if (loaded.operators === undefined || loaded.operators.length === 0) throw new Error(`${file} exports no \`operators\``);
    operators.push(...loaded.operators.map((pattern) => ({ ...pattern, code })));
  }
  const names = operators.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two operators are called "${twice}"`);
  return operators.sort((a, b) => (a.code === b.code ? (a.name < b.name ? -1 : 1) : a.code < b.code ? -1 : 1));
}
