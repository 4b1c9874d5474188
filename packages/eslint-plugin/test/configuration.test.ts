/** `.fa.toml` in ESLint: what `fa` makes of it, told by the same findings; a fault in it is said and stops nothing; a change is heard. */
import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CATALOGUE } from "@framealloc/rules";
import { DRIVER_CODES } from "@framealloc/rules/configuration";
import { clearCaches } from "@typescript-eslint/parser";
import { beforeEach, describe, expect, it } from "vitest";
import { catalogueOf } from "../../fa-cli/src/catalogue.ts";
import { OWN_CODES } from "../../fa-cli/src/fault-diagnostic.ts";
import { nodeHost } from "../../fa-cli/src/host.ts";
import { parseArgs } from "../../fa-cli/src/parse-args.ts";
import { runAnalysis } from "../../fa-cli/src/run-analysis.ts";
import { codeOf, type Finding, fromFa, lint, lintText, placeAndCode, plain, project, TSCONFIG, typed, untyped } from "./lint-project.ts";

// TypeScript's service is one for the process, with the options that it was first given.
beforeEach(clearCaches);

/** What `fa` says in a folder. */
async function fa(folder: string): Promise<Finding[]> {
  const parsed = parseArgs(["--no-cache"], "0.0.0");
  if (parsed.command !== "analyze") throw new Error("not an analysis");
  const { diagnostics, sources } = await runAnalysis({ ...nodeHost(), cwd: folder }, { options: parsed.options, catalogue: catalogueOf(CATALOGUE) });
  return fromFa(diagnostics, (file) => sources(file)?.text ?? "");
}

const GAME = {
  "tsconfig.json": TSCONFIG,
  "src/native.ts": "export declare function begin(): void;\nexport declare function end(): void;\nexport declare function scratch(count: number): Float32Array;\n",
  "src/step.ts": 'import { begin, end, scratch } from "./native.js";\nlet kept: Float32Array | null = null;\nexport function step(): void {\n  begin();\n  kept = scratch(4);\n  end();\n}\nexport const last = (): Float32Array | null => kept;\n',
  "src/loop.ts": 'import { f32, SmartAlloc } from "@framealloc/runtime";\nconst alloc = SmartAlloc.withDefaults();\nexport function spread(): void {\n  alloc.beginFrame();\n  for (let at = 0; at < 500; at++) alloc.frameSlice(f32, 4).fill(at);\n  alloc.endFrame();\n}\n',
  "src/tags.ts": 'import { f32, type SmartAlloc } from "@framealloc/runtime";\nexport const use = (alloc: SmartAlloc): number => alloc.withTag("phisics", () => alloc.frameSlice(f32, 4).length);\n',
  "src/rows.ts": "const all: number[][] = [];\nexport function tick(rows: number[][]): void {\n  all.push(rows.map((row) => row.length));\n}\n",
  "ui/menu.ts": 'import { f32, SmartAlloc } from "@framealloc/runtime";\nconst alloc = SmartAlloc.withDefaults();\nlet kept: Float32Array | null = null;\nexport function open(): void {\n  alloc.beginFrame();\n  kept = alloc.frameSlice(f32, 4);\n  alloc.endFrame();\n}\nexport const last = (): Float32Array | null => kept;\n',
};
const CONFIG = `[hot]
entries = ["src/rows.ts#tick"]
[tags]
known_tags = ["physics"]
[model]
"src/native.ts#begin" = "open"
"src/native.ts#end" = "close"
"src/native.ts#scratch" = "allocate"
`;

describe("with types", () => {
  it.each([
    ["none", "", ["src/loop.ts:5 FA602", "ui/menu.ts:6 FA002"]],
    ["tags, hot entries and a model", CONFIG, ["src/loop.ts:5 FA602", "src/rows.ts:3 FA530", "src/step.ts:5 FA002", "src/tags.ts:2 FA802", "ui/menu.ts:6 FA002"]],
    ["thresholds", "[thresholds]\nloop_allocation_limit = 1000\n", ["ui/menu.ts:6 FA002"]],
    ["options of a rule", "[lints.FA602]\nmax_iterations = 1000\n", ["ui/menu.ts:6 FA002"]],
    ["levels", '[lints]\ndisabled = ["FA602"]\n[lints.levels]\nFA900 = "allow"\n[[overrides]]\nfiles = ["ui/**"]\nlevels = { FA002 = "allow" }\n', []],
  ])("%s: the findings are those of `fa`", async (_what, config, places) => {
    const folder = project({ ...GAME, ".fa.toml": config });
    const { findings, others } = await lint(folder, ["src", "ui"], typed(folder));
    expect(others).toEqual([]);
    expect([...new Set(findings.map(placeAndCode))].sort()).toEqual(places);
    expect(findings).toEqual(await fa(folder));
  });

  it("a folder's own configuration, and one that it extends, hold in it", async () => {
    const folder = project({ ...GAME, "quiet.toml": '[lints]\ndisabled = ["FA002"]\n', "ui/.fa.toml": '[global]\nextends = ["../quiet.toml"]\n' });
    expect((await lint(folder, ["src", "ui"], typed(folder))).findings.map(placeAndCode)).toEqual(["src/loop.ts:5 FA602"]);
  });

  it("ESLint's own severity stays what it is", async () => {
    const folder = project({ ...GAME, ".fa.toml": '[lints.levels]\nFA602 = "hint"\nFA002 = "deny"\n' });
    expect((await lint(folder, ["src/loop.ts"], typed(folder), { rules: { "framealloc/loop-allocation": "off" } })).findings).toEqual([]);
  });

  it("a change is heard, also in what is extended, and that it is gone", async () => {
    const folder = project({ ...GAME, "base.toml": "" });
    const codes = async (): Promise<string[]> => (await lint(folder, ["ui"], typed(folder))).findings.map(placeAndCode);
    expect(await codes()).toEqual(["ui/menu.ts:6 FA002"]);
    writeFileSync(join(folder, ".fa.toml"), '[global]\nextends = ["base.toml"]\n');
    expect(await codes()).toEqual(["ui/menu.ts:6 FA002"]);
    writeFileSync(join(folder, "base.toml"), '[lints]\ndisabled = ["FA002"]\n');
    utimesSync(join(folder, "base.toml"), new Date(), new Date());
    expect(await codes()).toEqual([]);
    rmSync(join(folder, ".fa.toml"));
    expect(await codes()).toEqual(["ui/menu.ts:6 FA002"]);
  });
});

describe("without types", () => {
  it("tags, hot entries and levels are heard in a file alone", async () => {
    const folder = project({ ...GAME, ".fa.toml": CONFIG });
    const places = [...new Set((await lint(folder, ["src", "ui"], untyped)).findings.map(placeAndCode))].sort();
    expect(places).toEqual(["src/loop.ts:5 FA602", "src/rows.ts:3 FA530", "src/tags.ts:2 FA802", "ui/menu.ts:6 FA002"]);
    writeFileSync(join(folder, ".fa.toml"), '[lints]\ndisabled = ["FA002", "FA602"]\n');
    expect((await lint(folder, ["src", "ui"], untyped)).findings).toEqual([]);
  });
});

it("a block of a document, whose folder is a file, and a name that is too long are looked at as any other", async () => {
  const folder = project({ ...GAME, "README.md": "# Game\n", ".fa.toml": '[lints]\ndisabled = ["FA602"]\n' });
  const text = 'import { SmartAlloc } from "@framealloc/runtime";\nconst alloc = SmartAlloc.withDefaults();\nexport function tick() {\n  alloc.beginFrame();\n  alloc.beginFrame();\n}\n';
  for (const file of ["README.md/0_0.js", `${"x".repeat(300)}/a.js`]) {
    const { findings, others } = await lintText(folder, file, text, ...plain);
    expect([findings.map(codeOf), others]).toEqual([["FA006"], []]);
  }
});

it("what is wrong in it is said once a file with its place, and nothing is thrown", async () => {
  const folder = project({ ...GAME, ".fa.toml": '[lints.levels]\nFA6O2 = "deny"\n' });
  const { findings, others } = await lint(folder, ["src/loop.ts", "ui"], untyped);
  expect(findings).toEqual([]);
  expect(others).toHaveLength(2);
  expect(others[0]).toContain(".fa.toml:2:1: unknown code `FA6O2`; did you mean `FA602`?");
});

it("a configuration may name every code of `fa`", () => {
  expect(DRIVER_CODES.map(({ code }) => code)).toEqual(OWN_CODES.map(({ code }) => code));
});
