/** Each key of `.fa.toml` changes a result: the same project with and without it. Beside that, `[model]` and `[hot]` from the file to the findings, and their faults. */
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, test } from "vitest";
import { CONFIG_SCHEMA } from "../../../rules/configuration/config-schema.ts";
import { memoryHost } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";

type Files = Readonly<Record<string, string>>;

async function run(files: Files, ...args: string[]): Promise<{ readonly out: string; readonly err: string; readonly code: number }> {
  const host = memoryHost(new Map(Object.entries(files)), { cwd: "/game", args: ["-f", "compact", ...args] });
  await runCommand(host, CATALOGUE);
  return { ...host.written, code: host.ended.exitCode };
}

/** `file code` of each finding, and the exit code. */
async function found(files: Files): Promise<string[]> {
  const { out, err, code } = await run(files);
  expect(err.replace(/^finished in .*\n/m, "")).toBe("");
  return [...out.split("\n").flatMap((line) => /^(.*?): line .* \((FA\d+)\)$/.exec(line)?.slice(1, 3).join(" ") ?? []), `exit ${code}`];
}

const ESCAPE = `import { f32, SmartAlloc } from "@framealloc/runtime";
const alloc = SmartAlloc.withDefaults();
let kept: Float32Array | null = null;
export function step(): void {
  alloc.beginFrame();
  kept = alloc.frameSlice(f32, 4);
  alloc.endFrame();
}
export const last = (): Float32Array | null => kept;
`;
const GARBAGE = `const all: number[][] = [];
export function tick(rows: number[][]): void {
  all.push(rows.map((row) => row.length));
}
`;
const LOOP = (rounds: number): string => `import { f32, SmartAlloc } from "@framealloc/runtime";
const alloc = SmartAlloc.withDefaults();
export function step(): void {
  alloc.beginFrame();
  for (let at = 0; at < ${rounds}; at++) alloc.frameSlice(f32, 4).fill(at);
  alloc.endFrame();
}
`;
const TAG = 'import { f32, type SmartAlloc } from "@framealloc/runtime";\nexport const use = (alloc: SmartAlloc): number => alloc.withTag("physics", () => alloc.frameSlice(f32, 4).length);\n';
const THREE = `import { Mesh } from "three";
const all: number[][] = [];
export const mesh = new Mesh();
mesh.onBeforeRender = () => { all.push([1, 2].map((each) => each + all.length)); };
`;
const NATIVE: Files = {
  "src/native.ts": "export declare function begin(): void;\nexport declare function end(): void;\nexport declare function scratch(count: number): Float32Array;\n",
  "src/a.ts": 'import { begin, end, scratch } from "./native.js";\nlet kept: Float32Array | null = null;\nexport function step(): void {\n  begin();\n  kept = scratch(4);\n  end();\n}\nexport const last = (): Float32Array | null => kept;\n',
};
const MODEL = '[model]\n"src/native.ts#begin" = "open"\n"src/native.ts#end" = "close"\n"src/native.ts#scratch" = "allocate"\n';
const HOT = '[hot]\nentries = ["a.ts#tick"]\n';

/** By key: the project, the configuration without the key, and with it. */
const KEYS: Readonly<Record<string, readonly [files: Files, without: string, with_: string]>> = {
  "global.extends": [{ "a.ts": ESCAPE, "base.toml": '[lints]\ndisabled = ["FA002"]\n' }, "", '[global]\nextends = ["base.toml"]\n'],
  "global.min_severity": [{ "a.ts": LOOP(500) }, "", '[global]\nmin_severity = "error"\n'],
  "global.exclude": [{ "a.ts": ESCAPE, "b.ts": "export {};\n" }, "", '[global]\nexclude = ["a.ts"]\n'],
  "global.deny_warnings": [{ "a.ts": LOOP(500) }, "", "[global]\ndeny_warnings = true\n"],
  "global.runtime_packages": [{ "a.ts": ESCAPE.replace("@framealloc/runtime", "@acme/memory") }, "", '[global]\nruntime_packages = ["@acme/memory"]\n'],
  "lints.disabled": [{ "a.ts": ESCAPE }, "", '[lints]\ndisabled = ["FA002"]\n'],
  "lints.levels": [{ "a.ts": ESCAPE }, "", '[lints.levels]\nFA002 = "hint"\n'],
  "lints.CODE": [{ "a.ts": LOOP(500) }, "", "[lints.FA602]\nmax_iterations = 1000\n"],
  "tags.known_tags": [{ "a.ts": TAG }, "", '[tags]\nknown_tags = ["render"]\n'],
  "tags.warn_unknown_tags": [{ "a.ts": TAG }, '[tags]\nknown_tags = ["render"]\n', '[tags]\nknown_tags = ["render"]\nwarn_unknown_tags = false\n'],
  "tags.module_tags": [{ "a.ts": TAG }, "", '[tags.module_tags]\n"a.ts" = ["render"]\n'],
  "thresholds.loop_allocation_limit": [{ "a.ts": LOOP(500) }, "", "[thresholds]\nloop_allocation_limit = 1000\n"],
  "thresholds.hot_path_bytes": [{ "a.ts": GARBAGE }, HOT, `${HOT}[thresholds]\nhot_path_bytes = 100000\n`],
  "hot.entries": [{ "a.ts": GARBAGE }, "", HOT],
  "hot.cold": [{ "a.ts": GARBAGE }, HOT, `${HOT}cold = ["a.ts"]\n`],
  "hot.engines": [{ "a.ts": THREE }, "", '[hot]\nengines = ["pixi.js"]\n'],
  model: [NATIVE, "", MODEL],
  overrides: [{ "a.ts": ESCAPE }, "", '[[overrides]]\nfiles = ["*.ts"]\nlevels = { FA002 = "allow" }\n'],
};

test.each(Object.entries(KEYS))("`%s` changes what is found", async (_key, [files, without, with_]) => {
  expect(await found({ ...files, ".fa.toml": with_ })).not.toEqual(await found({ ...files, ".fa.toml": without }));
});

test("no key of the configuration is left out here", () => {
  const keys = Object.entries(CONFIG_SCHEMA.entries).flatMap(([table, { wrapped }]) => {
    const inner = "pipe" in wrapped ? wrapped.pipe[0] : wrapped;
    return "entries" in inner ? Object.keys(inner.entries).map((key) => `${table}.${key}`) : [table];
  });
  expect([...Object.keys(KEYS)].sort()).toEqual([...keys, "lints.CODE"].sort());
});

describe("a folder's own configuration", () => {
  const under = (folder: string, { files, config }: { readonly files: Files; readonly config: string }): Files => Object.fromEntries(Object.entries({ ...files, ".fa.toml": config }).map(([file, text]) => [`${folder}/${file}`, text]));
  const findings = (all: readonly string[]): readonly string[] => all.filter((each) => !each.startsWith("exit"));

  // A package is the runtime or it is not, whoever imports it.
  test.each(Object.entries(KEYS).filter(([key]) => key !== "global.runtime_packages"))("says `%s` of the files in it, and of no others", async (_key, [files, without, with_]) => {
    const plain = { files, config: without };
    const changed = { files, config: with_ };
    const [alone, others] = [await found({ ...files, ".fa.toml": with_ }), await found({ ...files, ".fa.toml": without })];
    const both = await found({ ...under("a", plain), ...under("b", changed) });
    expect(findings(both)).toEqual([...findings(others).map((each) => `a/${each}`), ...findings(alone).map((each) => `b/${each}`)]);
    expect(both.at(-1)).toBe([alone.at(-1), others.at(-1)].includes("exit 1") ? "exit 1" : "exit 0");
  });

  test("adds its runtime packages to those of the run", async () => {
    const own = ESCAPE.replace("@framealloc/runtime", "@acme/memory");
    expect(await found({ "a.ts": ESCAPE, "b/a.ts": own, "b/.fa.toml": '[global]\nruntime_packages = ["@acme/memory"]\n' })).toEqual(["a.ts FA002", "b/a.ts FA002", "exit 1"]);
  });

  test("declares tags for its own files, and leaves those of others alone", async () => {
    expect(await found({ "a.ts": TAG, "b/a.ts": TAG, "b/.fa.toml": '[tags]\nknown_tags = ["render"]\n' })).toEqual(["b/a.ts FA802", "exit 0"]);
    expect(await found({ "a.ts": TAG, "b/a.ts": TAG, ".fa.toml": '[tags]\nknown_tags = ["render"]\n', "b/.fa.toml": '[tags]\nknown_tags = ["physics"]\n' })).toEqual(["a.ts FA802", "exit 0"]);
  });
});

describe("[model]", () => {
  test("paths are relative to the configuration, wherever the command stands, and the nearer row wins", async () => {
    const inner = Object.fromEntries(Object.entries(NATIVE).map(([file, text]) => [file, text]));
    expect(await found({ ...inner, "/.fa.toml": MODEL.replaceAll("src/", "game/src/") })).toEqual(["src/a.ts FA002", "exit 1"]);
    const base = `[global]\nextends = ["base.toml"]\n[model]\n"src/native.ts#scratch" = { effect = "allocate", memory = "heap" }\n`;
    expect(await found({ ...NATIVE, "base.toml": MODEL, ".fa.toml": base })).toEqual(["exit 0"]);
  });

  test("a folder's own configuration speaks of functions, too", async () => {
    expect(await found({ ...NATIVE, "src/.fa.toml": MODEL.replaceAll("src/", "") })).toEqual(["src/a.ts FA002", "exit 1"]);
  });

  test("the cache knows what the rows name", async () => {
    const host = memoryHost(new Map([...Object.entries(NATIVE), [".fa.toml", MODEL], ["package.json", "{}"]]), { cwd: "/game", args: ["-f", "compact"] });
    await runCommand(host, CATALOGUE);
    await runCommand(host, CATALOGUE);
    host.write("/game/.fa.toml", MODEL.replace('"allocate"', '{ effect = "allocate", memory = "heap" }'));
    await runCommand(host, CATALOGUE);
    expect(host.written.out.match(/FA002/g)).toHaveLength(2);
  });

  test.each([
    ['"src/native.ts#begin" = "opens"', "2:25", '`model.src/native.ts#begin` must be one of `open`, `close`, `scope`, `allocate`, `free`, `transfer`, `call`, not "opens"', 'did you mean `"open"`?'],
    ['"src/native.ts#begin" = 3', "2:25", "must be an effect or a table, not 3", "effects: `open`"],
    ['"src/native.ts#begin" = {}', "2:25", "`model.src/native.ts#begin.effect` is missing", "effects:"],
    ['"src/native.ts#begin" = { effect = "open", onn = 1 }', "2:44", "`open` has no option `onn`", "did you mean `on`?"],
    ['"src/native.ts#begin" = { effect = "open", memory = "pool" }', "2:44", "`open` has no option `memory`", "its options: `on`"],
    ['"src/native.ts#begin" = { effect = "open", on = -1 }', "2:49", "must be the number of an argument, from 0, not -1", ""],
    ['"src/native.ts#begin" = { effect = "free", argument = "that" }', "2:55", 'must be the number of an argument, from 0, or "this", not "that"', ""],
    ['"src/native.ts#begin" = { effect = "free", memory = "frame" }', "2:53", "must be one of `pool`, `heap`", ""],
    ['"src/native.ts#begin" = { effect = "allocate", memory = "poll" }', "2:57", "must be one of `frame`, `pool`, `heap`", 'did you mean `"pool"`?'],
    ['"src/native.ts#begin" = "call"', "2:25", "`call` has to say when", 'when = "now"'],
    ['"src/native.ts#begin" = { effect = "call" }', "2:25", "`call` has to say when", 'when = "now"'],
    ['"src/native.ts" = "open"', "2:1", "`src/native.ts` names no function", ""],
    ['"src/natve.ts#begin" = "open"', "2:1", "no such file: `src/natve.ts`", "did you mean `src/native.ts`?"],
    ['"src/native.ts#begn" = "open"', "2:1", "`src/native.ts` has no function `begn`", "did you mean `begin`?"],
  ])("%s is a fault with its place", async (row, place, message, help) => {
    const { err, code } = await run({ ...NATIVE, ".fa.toml": `[model]\n${row}\n` });
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain(`.fa.toml:${place}`);
    expect(err).toContain(help);
  });

  test("a table that is none is a fault", async () => {
    expect((await run({ ...NATIVE, ".fa.toml": "model = 3\n" })).err).toContain("`model` must be a table, not 3");
  });
});

describe("[hot]", () => {
  test("an engine that is not known is a fault with the nearest", async () => {
    const { err, code } = await run({ "a.ts": THREE, ".fa.toml": '[hot]\nengines = ["tree"]\n' });
    expect(code).toBe(2);
    expect(err).toContain("unknown engine `tree`");
    expect(err).toContain("did you mean `three`?");
    expect(err).toContain(".fa.toml:2:12");
  });

  test("engines of a folder's own configuration hold in that folder", async () => {
    const files = { "a.ts": THREE, "menu/b.ts": THREE, "menu/.fa.toml": "[hot]\nengines = []\n" };
    expect(new Set(await found(files))).toEqual(new Set(["a.ts FA530", "exit 0"]));
  });

  test.each([
    ['entries = ["a.ts#tok"]', ".fa.toml:2:12: `a.ts` has no function `tok`; did you mean `tick`?"],
    ['entries = ["a.ts#tick", "b.ts#tick"]', ".fa.toml:2:25: no such file: `b.ts`"],
  ])("%s is said, and the run goes on", async (entries, note) => {
    const { err, code } = await run({ "a.ts": GARBAGE, ".fa.toml": `[hot]\n${entries}\n` });
    expect(err).toContain(`note: ${note}`);
    expect(code).toBe(0);
  });
});
