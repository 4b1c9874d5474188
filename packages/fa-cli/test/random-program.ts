/**
 * Programs by a grammar of TypeScript and JavaScript, for fast-check: few names, so that they meet; the runtime among them, so that frames, boxes and
 * sends are in most. Every second file is damaged, so that it hardly parses or not at all.
 *
 * Longer than 60 lines: a grammar is one expression, read as a whole.
 */
import fc from "fast-check";

export type RandomProgram = Readonly<Record<string, string>>;

const NAMES = ["a", "b", "c", "list", "alloc", "view", "f", "g", "K", "later", "port", "constructor", "__proto__"];
const MEMBERS = ["x", "y", "value", "kept", "push", "at", "beginFrame", "endFrame", "inFrame", "frameAlloc", "frameVec", "frameSlice", "poolAlloc", "poolFree", "postMessage", "release", "then", "forEach", "map", "length"];
const OPERATORS = ["+", "-", "*", "**", "%", "<", "===", "!=", "in", "instanceof", "&&", "||", "??", "|", ">>>"];
const ASSIGNMENTS = ["=", "+=", "&&=", "||=", "??=", "**="];
const TYPES = ["number", "string", "unknown", "any", "K", "K[]", "Promise<K>", "SmartAlloc", "Infer<typeof Vec>", "{ x: K }", "() => void", "K | null", "readonly [K, number]", "T", "this", "keyof K", "K[\"x\"]"];

const name = fc.constantFrom(...NAMES);
const member = fc.constantFrom(...MEMBERS);
const type = fc.constantFrom(...TYPES);

/** Joins what parts give, as a template does. */
function text(strings: TemplateStringsArray, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((values) => strings.map((piece, index) => piece + (values[index] ?? "")).join(""));
}

function list(part: fc.Arbitrary<string>, most: number, separator: string): fc.Arbitrary<string> {
  return fc.array(part, { maxLength: most }).map((parts) => parts.join(separator));
}

const frameCall = fc.constantFrom("alloc.beginFrame()", "alloc.endFrame()", "alloc.frameAlloc(Vec)", "alloc.frameVec(f32, 8)", "alloc.frameSlice(f32, 4)", "alloc.frameBox(1)", "alloc.inFrame()", "alloc.poolAlloc(Vec)", "alloc.poolBox(2)", "alloc.frameRetained(Vec, \"promoteToPool\")", "alloc.frameBoxForTransfer(Vec)", "SmartAlloc.attach(a)", "alloc.frame()", "new SmartAlloc()");

/** All are texts. */
type Grammar = Record<"pattern" | "call" | "expression" | "fn" | "klass" | "block" | "loopBlock" | "loop" | "statement", string>;

/** Counts all rules of the grammar together: beyond the depth each takes its first alternative. */
const depth = fc.createDepthIdentifier();
const MOST_DEEP = 5;

/** Alternatives with how often each is to be taken, in comparison. The first leads to an end. */
function among(alternatives: readonly (readonly [number, fc.Arbitrary<string>])[]): fc.Arbitrary<string> {
  return fc.oneof({ maxDepth: MOST_DEEP, depthIdentifier: depth, withCrossShrink: true }, ...alternatives.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

const { expression, fn, klass, block } = fc.letrec<Grammar>((tie) => ({
  pattern: among([[6, name], [1, text`{ ${member}: ${tie("pattern")}, ...${name} }`], [1, text`[${tie("pattern")}, ${name} = ${tie("expression")}]`]]),
  call: among([
    [6, frameCall],
    [3, text`${name}(${list(tie("expression"), 2, ", ")})`],
    [4, text`${name}.${member}(${list(tie("expression"), 2, ", ")})`],
    [1, text`${name}?.${member}?.(...${name})`],
    [1, text`new ${name}(${tie("expression")})`],
    [1, text`${tie("fn")}(${name})`],
    [2, text`${fc.constantFrom("alloc.withFrame(", "setTimeout(", "requestAnimationFrame(", "list.forEach(", "alloc.withTag(\"t\", ", "Promise.resolve(a).then(", "new Promise(")}${tie("fn")})`],
  ]),
  expression: among([
    [8, name],
    [4, fc.constantFrom("1", "\"s\"", "null", "this", "undefined", "/r/g", "1n", "new.target", "import.meta", "`t`")],
    [6, text`${name}.${member}`],
    [10, tie("call")],
    [2, text`(${tie("expression")} ${fc.constantFrom(...OPERATORS)} ${tie("expression")})`],
    [1, text`(${tie("expression")} ? ${tie("expression")} : ${tie("expression")})`],
    [2, text`[${list(tie("expression"), 3, ", ")}]`],
    [2, text`({ ${member}: ${tie("expression")}, ...${name}, ${name}() ${tie("block")} })`],
    [2, text`(${name} ${fc.constantFrom(...ASSIGNMENTS)} ${tie("expression")})`],
    [3, text`(${name}.${member} = ${tie("expression")})`],
    [1, text`([${tie("pattern")}, a.x] = ${tie("expression")})`],
    [1, tie("expression").map((inside) => `\`t\${${inside}}\``)],
    [1, text`(await ${tie("expression")})`],
    [1, text`(${tie("expression")} as ${type})`],
    [2, tie("fn")],
    [1, text`(${tie("klass")})`],
    [1, fc.constantFrom("import(a)", "delete a?.x", "(a, b)", "(yield a)", "super.x", "arguments", "<b x={a}>{b}</b>", "a!")],
  ]),
  fn: among([
    [2, text`(() => ${tie("expression")})`],
    [3, text`(async (${tie("pattern")}) => ${tie("block")})`],
    [2, text`((${name}, ...list) => ${tie("block")})`],
    [1, text`(async function* (${name}, alloc) ${tie("block")})`],
  ]),
  klass: text`class ${fc.constantFrom("", "K")} ${fc.constantFrom("", "extends K", "extends (a, b)", "extends f()", "extends (a ? K : g)")} { #secret = ${name}; ${fc.constantFrom("", "static ")}${fc.constantFrom("x", "kept", "y", "length")} = ${fc.oneof(frameCall, name)}; ${fc.constantFrom("async ", "get ", "static async ", "async *", "")}${fc.constantFrom("x", "y", "#hidden", "[a]")}() ${tie("block")} constructor(alloc) { this.#secret = ${name}; } static { ${frameCall}; } }`,
  block: fc.array(tie("statement"), { maxLength: 3 }).map((parts) => `{ ${parts.join("\n")} }`),
  loopBlock: fc.tuple(tie("block"), fc.constantFrom("", "", "break;", "continue;", "if (a) break;", "if (b) continue;")).map(([inside, jump]) => `{ ${inside} ${jump} }`),
  loop: among([
    [2, text`for (const ${tie("pattern")} of ${tie("expression")}) ${tie("loopBlock")}`],
    [2, text`for (let i = 0; ${tie("expression")}; ${tie("expression")}) ${tie("loopBlock")}`],
    [1, text`while (${tie("expression")}) ${tie("loopBlock")}`],
    [1, text`do ${tie("loopBlock")} while (${tie("expression")})`],
    [1, text`for (${name} in ${tie("expression")}) ${tie("statement")}`],
    [1, text`for await (const ${name} of ${tie("expression")}) ${tie("loopBlock")}`],
    [1, text`outer: for (;;) { ${tie("loop")} if (a) continue outer; break outer; }`],
  ]),
  statement: among([
    [8, text`${frameCall};`],
    [5, text`const ${tie("pattern")} = ${tie("call")};`],
    [5, text`${tie("expression")};`],
    [2, text`let ${name}: ${type} = ${tie("expression")};`],
    [1, text`using view = ${tie("expression")};`],
    [3, text`if (${tie("expression")}) ${tie("block")} else ${tie("statement")}`],
    [2, fc.constantFrom("return;", "return a;", "return view;", "throw b;", ";", "debugger;")],
    [3, tie("loop")],
    [2, text`try ${tie("block")} catch (${tie("pattern")}) ${tie("block")} finally ${tie("block")}`],
    [1, text`switch (${tie("expression")}) { case ${tie("expression")}: ${tie("statement")} default: ${tie("statement")} }`],
    [1, text`async function* ${name}(${tie("pattern")}, later: ${type} = ${tie("expression")}): ${type} ${tie("block")}`],
    [1, text`class L { ${name} = ${name}; run() ${tie("block")} }`],
  ]),
}));

const HEAD = "import { SmartAlloc, f32, struct, type Infer } from \"@framealloc/runtime\";\nconst Vec = struct({ x: f32, y: f32 });\nexport const alloc = new SmartAlloc();\n";
const LINKS = ["import { alloc, f, K } from \"./a\";\n", "import b, * as list from \"./b\";\n", "export * from \"./c\";\nimport { g } from \"./c\";\n", "const { alloc, g } = require(\"./a\");\n", "import \"./missing\";\n", "import { f } from \"./b\";\nexport { f };\n", ""];

const declaration = fc.oneof(
  { weight: 5, arbitrary: text`export async function* ${name}(alloc: SmartAlloc, ${name}) ${block}` },
  { weight: 3, arbitrary: text`export function ${name}(alloc: SmartAlloc, view: Infer<typeof Vec>) ${block}` },
  { weight: 2, arbitrary: text`export const ${name} = ${fn};` },
  { weight: 2, arbitrary: text`export ${klass.map((each) => each.replace(/^class /, "class M"))}` },
  { weight: 2, arbitrary: text`${expression};` },
  { weight: 1, arbitrary: text`interface ${name} { x: ${type}; (y: ${type}): ${type} } type ${name}<T> = ${type}; enum E { x = 1 } namespace N ${block}` },
);
const body = list(declaration, 3, "\n");

/** A cut, a repetition or a stranger at a place of the text. */
const damage = fc.tuple(fc.nat(), fc.nat({ max: 40 }), fc.constantFrom("", "", "}", "{", "(", ")", "`", "/*", "\"", "?.", "=>", "await", "@", "\u0000", "\uFEFF", "\uD800", "<", "</b>", "enum", "0x", "\\u{110000}", "#!", "//"));

function damaged(source: string, [at, length, stranger]: readonly [number, number, string]): string {
  const from = source.length === 0 ? 0 : at % source.length;
  return source.slice(0, from) + stranger + source.slice(from + (stranger === "" ? length : 0));
}

const source = fc.tuple(fc.constantFrom(HEAD, HEAD, ""), fc.constantFrom(...LINKS), body, fc.option(damage, { freq: 1 })).map(([head, link, rest, harm]) => (harm === null ? head + link + rest : damaged(head + link + rest, harm)));

/** One to three files that import each other. */
export const randomProgram: fc.Arbitrary<RandomProgram> = fc.tuple(source, fc.option(source), fc.option(source), fc.constantFrom("b.ts", "b.ts", "b.js")).map(([a, b, c, second]) => ({ "a.ts": a, ...(b === null ? {} : { [second]: b }), ...(c === null ? {} : { "c.tsx": c }) }));
