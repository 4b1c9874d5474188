/** A program of several files on the disk: path aliases, a barrel, declarations, CommonJS, a type that only a checker evaluates. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "@framealloc/rules";
import { clearCaches } from "@typescript-eslint/parser";
import type { Linter } from "eslint";
import tseslint from "typescript-eslint";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readExpectations } from "../../../tools/expectations.ts";
import { nodeHost } from "../../fa-cli/src/host.ts";
import { parseArgs } from "../../fa-cli/src/parse-args.ts";
import { runAnalysis } from "../../fa-cli/src/run-analysis.ts";
import { catalogueOf } from "../../fa-cli/src/catalogue.ts";
import { codeOf, eslint, type Finding, fromFa, lint, lintText, placeAndCode, project, readResults, TSCONFIG, typed, untyped } from "./lint-project.ts";

const MINUTE = 60_000;
const hangar = fileURLToPath(new URL("programs/hangar", import.meta.url));

// TypeScript's service is one for the process, with the options that it was first given.
beforeEach(clearCaches);
afterEach(() => { vi.unstubAllEnvs(); });

/** What `fa --all` says in a folder. */
async function fa(folder: string): Promise<Finding[]> {
  const parsed = parseArgs(["--all"], "0.0.0");
  if (parsed.command !== "analyze") throw new Error("not an analysis");
  const { diagnostics, sources } = await runAnalysis({ ...nodeHost(), cwd: folder }, { options: parsed.options, catalogue: catalogueOf(CATALOGUE) });
  return fromFa(diagnostics, (file) => sources(file)?.text ?? "");
}

describe("the hangar", () => {
  const wanted = (readdirSync(join(hangar, "src"), { recursive: true, encoding: "utf8" }))
    .filter((file) => /\.\w+$/.test(file))
    .flatMap((file) => readExpectations(`src/${file}`, readFileSync(join(hangar, "src", file), "utf8")).wants)
    .map(({ file, line, code }) => `${file}:${line} ${code}`)
    .sort();
  let expected: readonly Finding[] = [];
  beforeAll(async () => { expected = await fa(hangar); }, MINUTE);

  it("wants findings in five files", () => {
    expect(new Set(wanted.map((want) => want.split(":")[0])).size).toBe(5);
  });

  const byProject: Linter.Config = { files: ["**/*.{ts,tsx,cjs}"], languageOptions: { parser: tseslint.parser, parserOptions: { project: ["./tsconfig.json"], tsconfigRootDir: hangar } } };

  it.each([["projectService", typed(hangar)], ["project", byProject]])("is found to have these by %s, as by fa", async (_, config) => {
    const { findings, others } = await lint(hangar, ["src"], config);
    expect(others).toEqual([]);
    expect(findings.map(placeAndCode)).toEqual(wanted);
    expect(findings).toEqual(expected);
  }, MINUTE);

  it("is the same when a run parses a file once more, as it does after a fix", async () => {
    // typescript-eslint takes a run of CI for its only one, and a file that it parses again for one without others.
    vi.stubEnv("CI", "true");
    const first = await lint(hangar, ["src"], byProject);
    const again = await lint(hangar, ["src"], byProject);
    expect(first).toEqual({ findings: expected, others: [] });
    expect(again).toEqual(first);
  }, MINUTE);

  it("has an edited file's new text when a run parses it once more", async () => {
    vi.stubEnv("CI", "true");
    const file = "src/steering.ts";
    const { findings } = await lint(hangar, ["src"], byProject);
    const above = await lintText(hangar, file, `// A line above.\n${readFileSync(join(hangar, file), "utf8")}`, byProject);
    const before = findings.filter((finding) => finding.startsWith(`${file}:`));
    expect(before).not.toEqual([]);
    expect(above.findings.map(placeAndCode)).toEqual(before.map((finding) => placeAndCode(finding).replace(/:(\d+)/, (_, line: string) => `:${Number(line) + 1}`)));
  }, MINUTE);

  it("is said no more of without types", async () => {
    const { findings, others } = await lint(hangar, ["src"], untyped);
    expect(others).toEqual([]);
    expect(expected).toEqual(expect.arrayContaining([...findings]));
  }, MINUTE);

  it("is the same program when one file of it is linted", async () => {
    const { findings } = await lint(hangar, ["src/steering.ts"], typed(hangar));
    expect(findings.map(placeAndCode)).toEqual(["src/steering.ts:9 FA530"]);
  }, MINUTE);
});

/** `warm` is called by one function of its file, where no frame is open. */
const WARM = `import { f32, SmartAlloc } from "@framealloc/runtime";
const alloc = new SmartAlloc();
export function warm(): void { alloc.frameAlloc(f32).value = 1; }
alloc.beginFrame();
alloc.endFrame();
warm();
`;

describe("a file that no tsconfig names", () => {
  it("has callers that are not seen", async () => {
    const folder = project({ "tsconfig.json": TSCONFIG.replace(/}$/, ',"include":["src"]}'), "src/warm.ts": WARM, "loose.ts": WARM });
    const config: Linter.Config = { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser, parserOptions: { projectService: { allowDefaultProject: ["*.ts"] }, tsconfigRootDir: folder } } };
    expect((await lint(folder, ["src/warm.ts"], config)).findings.map(codeOf)).toEqual(["FA001"]);
    expect(await lint(folder, ["loose.ts"], config)).toEqual({ findings: [], others: [] });
  }, MINUTE);
});

describe("a tsconfig without allowJs", () => {
  it("leaves JavaScript to be linted alone", async () => {
    const folder = project({ "tsconfig.json": TSCONFIG.replace('"allowJs":true,', ""), "warm.ts": WARM });
    const text = "const { SmartAlloc } = require('@framealloc/runtime'); const a = new SmartAlloc(); function f() { a.beginFrame(); a.beginFrame(); a.endFrame(); } f();";
    expect((await lintText(folder, "old.js", text)).findings.map(codeOf)).toEqual(["FA006"]);
    expect((await lint(folder, ["warm.ts"], typed(folder))).findings.map(codeOf)).toEqual(["FA001"]);
  }, MINUTE);
});

describe("a file whose types are edited", () => {
  const POOL = (held: string): string => `import type { SmartAlloc } from "@framealloc/runtime";\ntype Held = { readonly one: ${held} };\nexport type Pool = Held extends { readonly one: infer One } ? One : never;\nexport const depth = (): number => { return 1; };\n`;
  const AUDIT = "import type { Pool } from './pool.ts';\nexport function audit(pool: Pool, late: boolean): void {\n  pool.beginFrame();\n  if (late) return;\n  pool.endFrame();\n}\n";

  it("is asked about again by those that rest on it, and only what rests on nothing new is kept", async () => {
    const folder = project({ "tsconfig.json": TSCONFIG, "pool.ts": POOL("SmartAlloc"), "audit.ts": AUDIT });
    const editor = eslint(folder, typed(folder));
    const after = async (file: string, text: string): Promise<readonly string[]> => readResults(folder, await editor.lintText(text, { filePath: join(folder, file) })).findings.map(placeAndCode);
    const told = ["audit.ts:4 FA005"];
    expect(await after("audit.ts", AUDIT)).toEqual(told);
    await after("pool.ts", POOL("SmartAlloc").replace("return 1", "return 2"));
    expect(await after("audit.ts", AUDIT)).toEqual(told);
    await after("pool.ts", POOL("Iterator<number>"));
    expect(await after("audit.ts", AUDIT)).toEqual([]);
    await after("pool.ts", POOL("SmartAlloc"));
    expect(await after("audit.ts", AUDIT)).toEqual(told);
  }, MINUTE);

  it("is alone looked at when it is edited again, and the others when they are linted", async () => {
    const folder = project({ "tsconfig.json": TSCONFIG, "pool.ts": POOL("SmartAlloc"), "audit.ts": AUDIT });
    const editor = eslint(folder, typed(folder));
    const after = async (file: string, text: string): Promise<readonly string[]> => readResults(folder, await editor.lintText(text, { filePath: join(folder, file) })).findings.map(placeAndCode);
    const told = ["audit.ts:4 FA005"];
    expect(await after("audit.ts", AUDIT)).toEqual(told);
    for (const depth of ["return 2", "return 3", "return 4"]) expect(await after("pool.ts", POOL("SmartAlloc").replace("return 1", depth))).toEqual([]);
    expect(await after("audit.ts", AUDIT)).toEqual(told);
    for (const late of ["late", "!late", "late"]) expect(await after("audit.ts", AUDIT.replace("if (late)", `if (${late})`))).toEqual(told);
    expect(await after("pool.ts", POOL("SmartAlloc"))).toEqual([]);
    for (const type of ["Iterator<number>", "Iterator<string>"]) await after("pool.ts", POOL(type));
    expect(await after("audit.ts", AUDIT)).toEqual([]);
  }, MINUTE);
});

describe("packages of a workspace", () => {
  const KEEP = 'import { f32, type SmartAlloc } from "@framealloc/runtime";\nexport const lines = (alloc: SmartAlloc): Float32Array => alloc.frameSlice(f32, 4);\n';
  const LOOP = 'import { SmartAlloc } from "@framealloc/runtime";\nimport { lines } from "@game/memory";\nconst alloc = SmartAlloc.withDefaults();\nlet kept: Float32Array | null = null;\nexport function step(): void {\n  alloc.beginFrame();\n  kept = lines(alloc);\n  alloc.endFrame();\n}\nexport const last = (): Float32Array | null => kept;\n';
  const tsconfig = (more: object): string => {
    const { compilerOptions } = JSON.parse(TSCONFIG) as { readonly compilerOptions: object };
    return JSON.stringify({ compilerOptions: { ...compilerOptions, allowJs: false, noEmit: false, allowImportingTsExtensions: false, outDir: "dist", ...more }, include: ["src"], references: "composite" in more ? [] : [{ path: "../memory" }] });
  };

  it("are linted across them, and what other packages call is not taken for uncalled", async () => {
    const folder = project({
      "package.json": '{ "name": "game", "private": true, "type": "module" }',
      "packages/memory/package.json": '{ "name": "@game/memory", "type": "module", "exports": { ".": { "types": "./dist/keep.d.ts", "default": "./dist/keep.js" } } }',
      "packages/memory/tsconfig.json": tsconfig({ composite: true, rootDir: "src" }),
      "packages/memory/src/keep.ts": KEEP,
      "packages/memory/src/warm.ts": WARM,
      "packages/loop/package.json": '{ "name": "@game/loop", "type": "module" }',
      "packages/loop/tsconfig.json": tsconfig({}),
      "packages/loop/src/loop.ts": LOOP,
    });
    mkdirSync(join(folder, "node_modules/@game"), { recursive: true });
    // Nothing is built: TypeScript goes from the declarations that are not there to their sources.
    for (const name of ["memory", "loop"]) symlinkSync(join(folder, "packages", name), join(folder, "node_modules/@game", name), "junction");
    const { findings, others } = await lint(folder, ["packages"], typed(folder));
    expect(others).toEqual([]);
    expect(findings.map(placeAndCode)).toEqual(["packages/loop/src/loop.ts:7 FA002"]);
  }, MINUTE);
});
