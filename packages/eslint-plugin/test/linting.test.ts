/** How the plugin behaves inside ESLint: comments that disable, broken files, what is shared and what an edit changes, texts of every kind. */
import { cpSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exampleFiles } from "../../../tools/rule-page.ts";
import { analyzeTexts } from "../../fa-cli/src/open-texts.ts";
import { CATALOGUE } from "@framealloc/rules";
import type { Linter } from "eslint";
import * as parser from "@typescript-eslint/parser";
import { clearCaches } from "@typescript-eslint/parser";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf, eslint, type Finding, fromFa, lint, lintText, placeAndCode, plain, project, readResults, TSCONFIG, typed, untyped } from "./lint-project.ts";

const MINUTE = 60_000;

/** A frame begun twice, at a line of its own. */
const NESTED = ["import { SmartAlloc } from '@framealloc/runtime';", "const alloc = new SmartAlloc();", "export function tick() {", "  alloc.beginFrame();", "  alloc.beginFrame();", "  alloc.endFrame();", "}", ""];
const nested = NESTED.join("\n");

/** A helper that ends the frame of its caller, and one that does not. */
const ENDING = "import type { SmartAlloc } from '@framealloc/runtime';\nexport function settle(alloc: SmartAlloc): void { alloc.endFrame(); }\n";
const IDLE = ENDING.replace("alloc.endFrame();", "");
const CALLER = `import { SmartAlloc } from "@framealloc/runtime";
import { settle } from "./settle.ts";
const alloc = new SmartAlloc();
export function tick(): void {
  alloc.beginFrame();
  settle(alloc);
  alloc.beginFrame();
  alloc.endFrame();
}
`;

describe("comments of ESLint", () => {
  const folder = project({});

  it("disable a rule on the next line", async () => {
    const disabled = nested.replace("  alloc.beginFrame();\n  alloc.beginFrame();", "  alloc.beginFrame();\n  // eslint-disable-next-line framealloc/nested-begin -- on purpose\n  alloc.beginFrame();");
    expect((await lintText(folder, "a.js", nested)).findings.map(placeAndCode)).toEqual(["a.js:5 FA006"]);
    expect(await lintText(folder, "a.js", disabled)).toEqual({ findings: [], others: [] });
  });

  it("are reported when they disable nothing", async () => {
    const { others } = await lintText(folder, "a.js", "// eslint-disable-next-line framealloc/nested-begin\nexport const a = 1;\n", { linterOptions: { reportUnusedDisableDirectives: "error" } });
    expect(others).toEqual(["a.js:1: Unused eslint-disable directive (no problems were reported from 'framealloc/nested-begin')."]);
  });

  it("and severities of the configuration win", async () => {
    expect(await lintText(folder, "a.js", nested, { rules: { "framealloc/nested-begin": "off" } })).toEqual({ findings: [], others: [] });
  });
});

describe("comments of fa", () => {
  const folder = project({ "tsconfig.json": TSCONFIG });
  const twice = NESTED[4] ?? "";
  const at = (comment: string, line: string): string => nested.replace(`${twice}\n${twice}`, `${twice}\n${comment}${line}`);

  it.each([
    ["fa-ignore-next-line with its code", at("  // fa-ignore-next-line FA006 -- on purpose\n", twice), []],
    ["fa-ignore-next-line with its family", at("  // fa-ignore-next-line FA0xx\n", twice), []],
    ["fa-ignore-next-line without codes, over other comments", at("  // fa-ignore-next-line\n  // as the engine does\n", twice), []],
    ["fa-ignore-next-line with another code", at("  // fa-ignore-next-line FA002\n", twice), ["FA006"]],
    ["fa-ignore-next-line with a code that is none", at("  // fa-ignore-next-line FA0O6\n", twice), ["FA006"]],
    ["fa-ignore-line", at("", `${twice} // fa-ignore-line FA006`), []],
    ["fa-disable up to fa-enable", `/* fa-disable FA006 */\n${nested}/* fa-enable */\n${nested.replaceAll("alloc", "other").replace(/^.*\n/, "").replace("tick", "tock")}`, ["FA006"]],
    ["fa-ignore-file at the end", `${nested}// fa-ignore-file`, []],
    ["fa-expect", at("  // fa-expect FA006\n", twice), []],
  ])("%s", async (_, text, codes) => {
    for (const config of [untyped, ...plain]) expect((await lintText(folder, "a.js", text, config)).findings.map(codeOf)).toEqual(codes);
  });
});

describe("a file that does not parse", () => {
  it("is ESLint's to report, and the rest of the program is linted", async () => {
    const folder = project({ "tsconfig.json": TSCONFIG, "broken.ts": "export function (", "tick.ts": nested, "settle.ts": IDLE, "caller.ts": CALLER });
    const { findings, others } = await lint(folder, ["."], typed(folder));
    expect(findings.map(placeAndCode)).toEqual(["caller.ts:7 FA006", "tick.ts:5 FA006"]);
    expect(others).toEqual([expect.stringMatching(/^broken\.ts:1: Parsing error/)]);
  }, MINUTE);
});

/** TypeScript's parser, which also counts the files it parses and how often anybody asks the program for its files. */
function countingParser() {
  const counts = { parsed: 0, listed: 0, checked: 0 };
  const programs = new WeakMap<object, object>();
  const counted = (program: object): object => {
    const known = programs.get(program) ?? new Proxy(program, { get: (target, key) => (counts.listed += key === "getSourceFiles" ? 1 : 0, counts.checked += key === "getTypeChecker" ? 1 : 0, Reflect.get(target, key) as unknown) });
    programs.set(program, known);
    return known;
  };
  const parseForESLint = (...args: Parameters<typeof parser.parseForESLint>) => {
    counts.parsed++;
    const result = parser.parseForESLint(...args);
    return result.services.program === null ? result : { ...result, services: { ...result.services, program: counted(result.services.program) } };
  };
  return { counts, parser: { ...parser, parseForESLint } as unknown as Linter.Parser };
}

describe("what is shared", () => {
  const folder = project({ "tsconfig.json": TSCONFIG, "one.ts": nested, "two.ts": nested, "settle.ts": ENDING, "caller.ts": CALLER });

  it("is one analysis for all rules and all files of a program", async () => {
    const { counts, parser: counting } = countingParser();
    const base = typed(folder);
    const { findings } = await lint(folder, ["."], { ...base, languageOptions: { ...base.languageOptions, parser: counting } });
    expect(findings.map(placeAndCode)).toEqual(["one.ts:5 FA006", "two.ts:5 FA006"]);
    expect(CATALOGUE.length).toBeGreaterThan(1);
    // ESLint parses the four files; for the first of them the other three are read by a parser that is quicker.
    expect(counts).toMatchObject({ parsed: 4, listed: 1 });
  }, MINUTE);

  it("is what did not change after an edit", async () => {
    const { counts, parser: counting } = countingParser();
    const base = typed(folder);
    const linter = eslint(folder, { ...base, languageOptions: { ...base.languageOptions, parser: counting } });
    const found = async (file: string, text: string) => readResults(folder, await linter.lintText(text, { filePath: join(folder, file) })).findings.map(placeAndCode);
    expect(await found("caller.ts", CALLER)).toEqual([]);
    counts.parsed = 0;
    expect(await found("settle.ts", IDLE)).toEqual([]);
    expect(await found("caller.ts", CALLER)).toEqual(["caller.ts:7 FA006"]);
    expect(await found("settle.ts", ENDING)).toEqual([]);
    expect(await found("caller.ts", CALLER)).toEqual([]);
    // Four lints; of the file that was edited, the text before the first edit is read once more, to see whether code changed.
    expect(counts.parsed).toBe(5);
  }, MINUTE);
});

describe("an edit that moves code and changes none", () => {
  const examples = new Map(CATALOGUE.flatMap(({ code, docs }) => (docs.config === undefined ? [...exampleFiles(docs.bad)].map(([file, text]) => [`${code}/${file}`, text] as [string, string]) : [])));
  const folder = project(new Map([["tsconfig.json", TSCONFIG], ["FA006/other.js", ""], ...examples]));
  const { counts, parser: counting } = countingParser();
  const base = typed(folder);
  const linter = eslint(folder, { ...base, languageOptions: { ...base.languageOptions, parser: counting } });
  const found = async (file: string, text: string) => readResults(folder, await linter.lintText(text, { filePath: join(folder, file) }));
  // An example imports nothing of another, so all may be edited at once.
  const byFa = (texts: ReadonlyMap<string, string>): readonly Finding[] => fromFa(analyzeTexts(texts, CATALOGUE).diagnostics, (file) => texts.get(file) ?? "");
  // What has a rewrite is worded anew: the rewrite takes text with it.
  const withRewrite = new Set(analyzeTexts(examples, CATALOGUE).diagnostics.filter(({ fixes }) => fixes.length > 0).map(({ at }) => at.file));

  beforeAll(clearCaches);

  it.each<[string, (text: string) => string]>([
    ["a comment above, another below", (text) => `// A line above.\n${text}/* The end. */\n`],
    ["blank lines between all lines", (text) => text.replaceAll("\n", "\n\n")],
    ["other indentation, and blanks at the ends of lines", (text) => text.replaceAll("\n  ", "\n\t  ").replaceAll("\n", " \n")],
  ])("%s: the findings move, and the program is not analysed again", async (_, edit) => {
    const expected = byFa(new Map([...examples].map(([file, text]) => [file, edit(text)])));
    expect(examples.size).toBeGreaterThan(withRewrite.size + 30);
    for (const [file, text] of examples) {
      await found(file, text);
      counts.checked = 0;
      expect(edit(text)).not.toBe(text);
      expect(await found(file, edit(text)), file).toEqual({ findings: expected.filter((finding) => finding.startsWith(`${file}:`)), others: [] });
      if (!withRewrite.has(file)) expect(counts.checked, file).toBe(0);
      await found(file, text);
    }
  }, 5 * MINUTE);

  it.each([
    ["a line break that ends a statement", "FA006/example.ts", "export const moved = (): number => { return 1; };\n", "export const moved = (): number => { return\n 1; };\n"],
    ["a comment that says something of types", "FA006/other.js", "/** @type {number} */\nexport let kept = 1;\n", "/** @type {string} */\nexport let kept = 1;\n"],
    ["a number", "FA006/example.ts", "export const a = 1;\n", "export const a = 2;\n"],
  ])("%s is no such edit", async (_, file, before, after) => {
    await found(file, before);
    counts.checked = 0;
    await found(file, after);
    expect(counts.checked).toBeGreaterThan(0);
  }, MINUTE);
});

describe("places", () => {
  const folder = project({ "tsconfig.json": TSCONFIG, "marked.ts": `\u{feff}${nested}`, "windows.ts": NESTED.join("\r\n"), "shebang.js": `#!/usr/bin/env node\n${nested}` });

  it.each([["with types", typed(folder)], ["without", untyped]])("are right after a byte-order mark and with Windows' line ends, %s", async (_, config) => {
    const { findings } = await lint(folder, ["*.ts", "*.js"], config);
    expect(findings.map((finding) => finding.replace(/ .*/, ""))).toEqual(["marked.ts:5:3-5:21", "shebang.js:6:3-6:21", "windows.ts:5:3-5:21"]);
  }, MINUTE);
});

describe("texts of every kind", () => {
  const folder = project({});
  const texts = ["", "\n", "#!/usr/bin/env node\n", "// eslint\n/** @type {", "with (a) b;", "return 1;", "a?.b?.[c]?.(d);", "class A { static { this.#b; } #b = 1; }", "export * as default from './a.js';", "import a from './a.json' with { type: 'json' };", "x".repeat(100_000), `${"(".repeat(200)}a${")".repeat(200)}`, "label: for (;;) { continue label; }", "const { [a]: { b = c } = d, ...e } = f;", "async function* f() { yield* await g; }"];

  it.each([["ESLint's parser", plain], ["TypeScript's", [untyped]]] as const)("never make a rule fail, by %s", async (_, config) => {
    for (const text of texts) {
      const { others } = await lintText(folder, "a.js", text, ...config, { rules: {} });
      expect(others.filter((message) => !message.includes("Parsing error"))).toEqual([]);
    }
  }, MINUTE);

  it("may have no name", async () => {
    const results = await eslint(folder).lintText(nested);
    expect(readResults(folder, results).findings.map(codeOf)).toEqual(["FA006"]);
  });

  it("may be parsed with a program that is none of TypeScript's: one rule says so", async () => {
    const foreign = { parseForESLint: (...args: Parameters<typeof parser.parseForESLint>) => ({ ...parser.parseForESLint(...args), services: { program: {} } }) };
    const { findings, others } = await lintText(folder, "a.ts", nested, { files: ["**/*.ts"], languageOptions: { parser: foreign } });
    expect(findings).toEqual([]);
    expect(others).toEqual([expect.stringMatching(/^a\.ts:1: this rule failed: .*is not a function.* \(FA901\)$/)]);
  });
});

describe("what changes on the disk between two lints of one process", () => {
  beforeEach(clearCaches);

  it("a file that was deleted does nothing any more", async () => {
    const files = { "tsconfig.json": TSCONFIG, "part.ts": "export const part = (rows: number[][]): number[] => rows.map((row) => row.length);\n", "loop.ts": 'import { part } from "./part.ts";\nconst frame = (): void => {\n  part([]);\n  requestAnimationFrame(frame);\n};\nrequestAnimationFrame(frame);\n' };
    const folder = project(files);
    const linter = eslint(folder, typed(folder));
    const found = async () => readResults(folder, await linter.lintFiles(["part.ts"])).findings.map(placeAndCode);
    expect(await found()).toEqual(["part.ts:1 FA530"]);
    rmSync(join(folder, "loop.ts"));
    expect(await found()).toEqual([]);
    writeFileSync(join(folder, "loop.ts"), files["loop.ts"]);
    expect(await found()).toEqual(["part.ts:1 FA530"]);
  }, MINUTE);

  it("a package that is installed, then linked", async () => {
    const manifest = { "packages/settle/package.json": '{"name":"settle"}' };
    const folder = project(manifest);
    const found = async () => (await lintText(folder, "caller.js", CALLER.replace("./settle.ts", "settle").replaceAll(": void", ""), ...plain)).findings.map(placeAndCode);
    expect(await found()).toEqual([]);
    cpSync(join(folder, "packages/settle"), join(folder, "node_modules/settle"), { recursive: true });
    expect(await found()).toEqual(["caller.js:7 FA006"]);
    rmSync(join(folder, "node_modules/settle"), { recursive: true });
    symlinkSync("../packages/settle", join(folder, "node_modules/settle"));
    expect(await found()).toEqual([]);
  });
});

it("the configurations stand beside files of other languages", async () => {
  const folder = project({ "a.note": "alloc.beginFrame();\n", "a.js": nested });
  // As little of a language as ESLint asks for.
  const note = {
    fileType: "text",
    lineStart: 1,
    columnStart: 1,
    nodeTypeKey: "type",
    validateLanguageOptions: () => undefined,
    parse: () => ({ ok: true, ast: { type: "Document" } }),
    createSourceCode: ({ body }: { body: string }, { ast }: { ast: object }) => ({ ast, text: body, lines: body.split("\n"), traverse: () => [], getLoc: () => ({ start: { line: 1, column: 1 }, end: { line: 1, column: 1 } }), getRange: () => [0, 0] }),
  };
  const languages = { files: ["**/*.note"], plugins: { notes: { languages: { note } } }, language: "notes/note" } as unknown as Linter.Config;
  expect(await lint(folder, ["."], languages)).toMatchObject({ findings: [expect.stringContaining("a.js:5")], others: [] });
});
