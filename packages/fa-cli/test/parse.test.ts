/** Plain files are parsed without what only TypeScript writes: nothing that is known of a program may hang on that. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lowerModule } from "@framealloc/analysis";
import { type ParserOptions, parseSync } from "oxc-parser";
import { expect, test } from "vitest";
import { parseModule } from "../src/parse.ts";

const FIXTURES = fileURLToPath(new URL("../../../fixtures", import.meta.url));

const CONSTRUCTS = `
import data, * as all from "./data.json" with { type: "json" };
import { a as b, default as c } from "./b.js";
export * as names from "./c.js";
export { b as d }, c;
export default @dec() class Scene extends mixin(Base) {
  static #count = 0; @field() position = [0, , 1]; static { Scene.#count ||= 1; }
  accessor size = 2; get x() { return super.x; } set x(value) { super.x = value; }
  @method() *[Symbol.iterator]() { yield* this.#all?.(...arguments); }
  async *#all({ deep: [first = 1, ...others], ...rest }, [second] = [], ...last) { for await (const each of others) yield await each; }
  constructor(options) { super(options); if (!new.target || !(#count in this)) throw new Error(\`no \${options?.name ?? "name"}\`); }
}
/** @param {import("three").Vector3} at @returns {number} @hot */
function tick(at) {
  outer: for (let i = 0, n = at.length; i < n; i += 1) { for (const key in at) { if (key === "x") continue outer; else break; } }
  do { at.x **= 2; } while (at.x < 10n);
  switch (at.kind) { case 1: { return at?.["y"]?.z(); } default: debugger; }
  try { using file = open(); delete at.x, void 0; } catch { at = null; } finally { (0, at.dispose)(); }
  return /a+(?<n>b)/giu.test(tag\`x\${at}y\`) ? import.meta.url : typeof at;
}
const view = <Group key="a" {...props}>{items.map((item) => <mesh.Box on:click={() => item()} />)}<></></Group>;
const later = async () => ({ ...(await import("./d.js")), get now() { return performance.now(); }, ["a" + 1]: 1, __proto__: null, tick });
`.replace("export { b as d }, c;", "export { b as d };");

function lowered(file: string, text: string, options: ParserOptions): string {
  const { program, comments, errors } = parseSync(file, text, { lang: "jsx", preserveParens: false, ...options });
  expect(errors).toEqual([]);
  return plain(lowerModule({ file, role: "project", language: "jsx", text, program, comments }));
}

const plain = (value: unknown): string => JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Map || inner instanceof Set ? [...inner] : typeof inner === "bigint" ? String(inner) : inner));

test("each construct is lowered the same from the smaller tree", () => {
  const parsed = parseModule("a.js", CONSTRUCTS, "project");
  expect(parsed.faults).toEqual([]);
  if (parsed.module === null) throw new Error("no tree");
  expect(plain(parsed.module.program)).not.toContain("typeAnnotation");
  expect(plain(lowerModule(parsed.module))).toBe(lowered("a.js", CONSTRUCTS, { astType: "ts" }));
});

test("so is each plain file of the fixtures", () => {
  const files = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" }).filter((name) => /\.[cm]?jsx?$/.test(name));
  expect(files.length).toBeGreaterThan(200);
  const sameTwice = files.filter((name) => {
    const text = readFileSync(join(FIXTURES, name), "utf8");
    const { module, faults } = parseModule(name, text, "project");
    if (module === null || faults.length > 0) return false;
    const sourceType = module.program.sourceType === "module" ? {} : { sourceType: "commonjs" as const };
    const { errors } = parseSync(name, text, { lang: "jsx", preserveParens: false, astType: "ts" });
    return plain(lowerModule(module)) === lowered(name, text, { astType: "ts", ...(errors.length > 0 ? sourceType : {}) });
  });
  expect(sameTwice).toEqual(files);
});
