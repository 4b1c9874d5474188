/**
 * `npm run bench -- analyzer`: `fa` beside its peers on real sources, each as its users run it, in a process of its own:
 *
 *   cold            `fa --all --no-cache` beside oxlint, oxlint with types, typed ESLint, and TypeScript 7 and 6: time, and the most memory at once
 *   little to find  the same on a project in which one file of many has to do with the runtime, beside oxlint
 *   unchanged       the first again, answered by the cache, beside TypeScript 7 told to build on its last run
 *   one file edited the same after a change in one file, and in `--watch` (see watch-rounds.ts)
 *   small commands  `fa --help`, `fa list`, `fa explain`, beside Node alone
 *   growth          programs of one shape, and the same four times as long
 *
 * The contestants take turns, another one first each round; ratios are of the same round, and their medians count. Absolute times are of the machine and judge nothing.
 * The sources are three.js' own (`src` and `examples/jsm`), copied into a project; `--project DIR` takes a copy of another one. `--node FILE` runs `fa` by another
 * Node as well.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expectBuilt } from "../tools/build-packages.mjs";
import { GROWING } from "./growth-programs.ts";
import { ROOT } from "./installed-copy.ts";
import { median } from "./median.ts";
import { type RowResult, verdictOf } from "./report.ts";
import { watchRounds } from "./watch-rounds.ts";

const FA = join(ROOT, "packages/fa-cli/bin/fa.js");
const MEGABYTE = 1024;
const OLD_ENOUGH_MS = 3000;

interface Measured {
  readonly ms: number;
  /** Null where the system does not tell it. */
  readonly peakKb: number | null;
}

interface Contender {
  readonly name: string;
  readonly args: readonly string[];
  /** Exit codes that mean that it did its work. */
  readonly codes: readonly number[];
  /** Another Node than this one. */
  readonly node?: string;
}

export interface AnalyzerEffort {
  /** One round, and typed ESLint left out. */
  readonly quick: boolean;
  /** Another project than three.js. */
  readonly project: string | undefined;
  /** Another Node that `fa` is run by too. */
  readonly node: string | undefined;
}

/** Throws when a contender fails: a figure of something that did not work is none. */
export async function analyzerRows(effort: AnalyzerEffort): Promise<readonly RowResult[]> {
  const { project } = effort;
  const rounds = effort.quick ? 1 : 5;
  expectBuilt(ROOT, "@framealloc/fa-cli");
  const top = realpathSync(mkdtempSync(join(tmpdir(), "framealloc-bench-")));
  const [folder, aside, sparse] = ["corpus", "aside", "sparse"].map((name) => join(top, name)) as [string, string, string];
  for (const each of [folder, aside, sparse]) mkdirSync(each);
  try {
    const three = join(ROOT, "node_modules/three");
    const size = copyCorpus(folder, project === undefined ? { src: join(three, "src"), jsm: join(three, "examples/jsm") } : { src: project });
    const label = `${project === undefined ? "three.js" : project} (${size.files} files, ${(size.bytes / 1e6).toFixed(1)} MB)`;
    const cold = takeTurns(rounds, folder, coldContenders(folder, aside, effort));
    const rows = [...coldRows(label, cold), ...againRows(rounds, folder, aside, label), await watchRow(rounds, folder, label)];
    return [...rows, ...sparseRows(rounds, sparse), ...smallRows(rounds, folder), ...growthRows(rounds, folder)];
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

/** The sources, and what each contender needs to find in a project. */
function copyCorpus(folder: string, from: Readonly<Record<string, string>>): { readonly files: number; readonly bytes: number } {
  for (const [name, path] of Object.entries(from)) cpSync(path, join(folder, name), { recursive: true, filter: (each) => !/[/\\](?:node_modules|\.git)$/.test(each) });
  writeFileSync(join(folder, "package.json"), '{ "name": "corpus", "private": true, "type": "module" }\n');
  const compilerOptions = { allowJs: true, checkJs: false, noEmit: true, skipLibCheck: true, target: "esnext", module: "esnext", moduleResolution: "bundler", lib: ["esnext", "dom", "webworker"], types: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: Object.keys(from) }));
  const copiedMs = performance.now();
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.[cm]?[jt]sx?$/.test(name)).map((name) => statSync(join(folder, name)).size);
  // Files that were written this moment are compared by their texts, which nobody's project is.
  while (performance.now() - copiedMs < OLD_ENOUGH_MS) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, OLD_ENOUGH_MS);
  return { files: files.length, bytes: files.reduce((sum, each) => sum + each, 0) };
}

const COLD = [FA, "--all", "--no-cache", "--quiet", "-f", "compact"] as const;
const OXLINT: Contender = { name: "oxlint", args: [join(ROOT, "node_modules/oxlint/bin/oxlint"), "--quiet"], codes: [0, 1] };
const TSC_7 = join(ROOT, "node_modules/typescript-native/bin/tsc");

/** `aside` is a folder for what none of them is to find among the sources. Peers that are not installed are left out. */
function coldContenders(folder: string, aside: string, { node, quick }: AnalyzerEffort): readonly Contender[] {
  const isThere = (name: string): boolean => existsSync(join(ROOT, "node_modules", name));
  const contenders: Contender[] = [{ name: "fa", args: COLD, codes: [0, 1] }, OXLINT];
  if (node !== undefined) contenders.push({ name: OTHER_NODE, node, args: COLD, codes: [0, 1] });
  if (isThere("oxlint-tsgolint")) {
    const config = join(aside, "types.oxlintrc.json");
    writeFileSync(config, JSON.stringify({ rules: { "typescript/no-floating-promises": "warn", "typescript/await-thenable": "warn" } }));
    contenders.push({ name: "oxlint with types", args: [...OXLINT.args, "--type-aware", "-c", config], codes: [0, 1] });
  }
  // It takes longer than all the others.
  if (isThere("typescript-eslint") && !quick) {
    const config = join(aside, "eslint.config.mjs");
    const plugin = pathToFileURL(join(ROOT, "node_modules/typescript-eslint/dist/index.js")).href;
    writeFileSync(config, `import tseslint from ${JSON.stringify(plugin)};\nexport default tseslint.config(...tseslint.configs.recommendedTypeChecked, { languageOptions: { parserOptions: { project: ${JSON.stringify(join(folder, "tsconfig.json"))}, tsconfigRootDir: ${JSON.stringify(folder)} } } });\n`);
    contenders.push({ name: "typed ESLint", args: ["--max-old-space-size=8000", join(ROOT, "node_modules/eslint/bin/eslint.js"), "-c", config, "--quiet", "-o", join(aside, "eslint.txt"), "."], codes: [0, 1] });
  }
  // What they say of these sources is not asked; they check them all the same.
  contenders.push({ name: "tsc 7", args: [TSC_7, "-p", join(folder, "tsconfig.json")], codes: [0, 1, 2] });
  contenders.push({ name: "tsc 6", args: [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", join(folder, "tsconfig.json")], codes: [0, 1, 2] });
  return contenders;
}

const OTHER_NODE = "fa by the other Node";

function takeTurns(rounds: number, folder: string, contenders: readonly Contender[]): ReadonlyMap<string, readonly Measured[]> {
  const measured = new Map(contenders.map(({ name }) => [name, [] as Measured[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const contender = contenders[(round + turn) % contenders.length];
      if (contender !== undefined) measured.get(contender.name)?.push(measure(folder, contender));
    }
  }
  return measured;
}

const HAS_TIME = spawnSync("/usr/bin/time", ["-f", "%M", "true"]).status === 0;

function measure(folder: string, { name, args, codes, node = process.execPath }: Contender): Measured {
  const [command, prefix] = HAS_TIME ? ["/usr/bin/time", ["-f", "%M", node]] : [node, []];
  const startedMs = performance.now();
  // oxlint looks for its other half in the packages around it.
  const { status, stderr } = spawnSync(command, [...prefix, ...args], { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, NODE_PATH: join(ROOT, "node_modules"), OXLINT_TSGOLINT_PATH: join(ROOT, "node_modules/oxlint-tsgolint/bin/tsgolint.js"), NO_COLOR: "1", FORCE_COLOR: "" } });
  const ms = performance.now() - startedMs;
  if (status === null || !codes.includes(status)) throw new Error(`${name} ended with ${status}: ${stderr.slice(-500)}`);
  const peakKb = Number(stderr.trimEnd().split("\n").at(-1));
  return { ms, peakKb: HAS_TIME && peakKb > 0 ? peakKb : null };
}

function row(name: string, ours: readonly number[], unit: string, baseline: { readonly name: string; readonly values: readonly number[] } | null, atMost: number | null): RowResult {
  const show = (values: readonly number[]): string => `${median(values).toFixed(0)} ${unit}`;
  if (baseline === null) return { name, ours: show(ours), baseline: "", result: "", goal: atMost === null ? "" : `<= ${atMost} ${unit} where that was measured`, verdict: "shown", value: median(ours), rounds: { ours } };
  const ratio = median(ours.map((each, index) => each / (baseline.values[index] ?? NaN)));
  return {
    name, value: ratio, rounds: { ours, [baseline.name]: baseline.values },
    ours: show(ours), baseline: `${baseline.name} ${show(baseline.values)}`, result: `${ratio.toFixed(2)}x`,
    goal: atMost === null ? "" : `<= ${atMost}x`, verdict: atMost === null ? "shown" : verdictOf(ratio <= atMost),
  };
}

const COLD_GOALS: Readonly<Record<string, number>> = { "oxlint with types": 1.2, "typed ESLint": 0.1, "tsc 7": 0.6 };
const OTHER_NODE_GOAL = 0.8;

function coldRows(label: string, measured: ReadonlyMap<string, readonly Measured[]>): readonly RowResult[] {
  const ours = measured.get("fa") ?? [];
  const millis = (list: readonly Measured[]): readonly number[] => list.map(({ ms }) => ms);
  const times = [...measured].filter(([name]) => !name.startsWith("fa")).map(([name, theirs]) => row(`${label}, cold: time`, millis(ours), "ms", { name, values: millis(theirs) }, COLD_GOALS[name] ?? null));
  const peaks = (list: readonly Measured[]): readonly number[] => list.flatMap(({ peakKb }) => (peakKb === null ? [] : [peakKb / MEGABYTE]));
  const typed = measured.get("oxlint with types") ?? [];
  const memory = peaks(ours).length === 0 ? [] : [row(`${label}, cold: peak memory`, peaks(ours), "MB", typed.length === 0 ? null : { name: "oxlint with types", values: peaks(typed) }, typed.length === 0 ? null : 0.5)];
  const other = measured.get(OTHER_NODE);
  const elsewhere = other === undefined ? [] : [row(`${label}, cold, by the other Node: time`, millis(other), "ms", { name: "oxlint with types", values: millis(typed) }, OTHER_NODE_GOAL)];
  return [...times, ...elsewhere, ...memory];
}

/** The runs after the first: nothing changed, and one file. */
function againRows(rounds: number, folder: string, aside: string, label: string): readonly RowResult[] {
  const run: Contender = { name: "fa", args: [FA, "--all", "--quiet", "-f", "compact"], codes: [0, 1] };
  const compiler: Contender = { name: "tsc 7, incremental", args: [TSC_7, "-p", join(folder, "tsconfig.json"), "--incremental", "--tsBuildInfoFile", join(aside, "tsc.tsbuildinfo")], codes: [0, 1, 2] };
  for (const each of [run, compiler]) measure(folder, each);
  const first = anyFile(folder);
  const unchanged: number[] = [];
  const compiled: number[] = [];
  const edited: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    compiled.push(measure(folder, compiler).ms);
    unchanged.push(measure(folder, run).ms);
    appendFileSync(first, "\n// edited\n");
    edited.push(measure(folder, run).ms);
    for (const each of [run, compiler]) measure(folder, each);
  }
  const warm = { ...row(`${label}, nothing changed: time`, unchanged, "ms", { name: compiler.name, values: compiled }, null), goal: "<= 130 ms at 3,000 files where that was measured" };
  return [warm, row(`${label}, one file edited: time`, edited, "ms", { name: "nothing changed", values: unchanged }, 1.3)];
}

/** A source among the others, the same in each run. */
function anyFile(folder: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort().find((name) => /\.[jt]s$/.test(name) && !name.endsWith(".d.ts"));
  if (found === undefined) throw new Error(`no source in ${folder}`);
  return join(folder, found);
}

const EDITS_A_ROUND = 5;

async function watchRow(rounds: number, folder: string, label: string): Promise<RowResult> {
  const edits = await watchRounds(FA, folder, anyFile(folder), rounds * EDITS_A_ROUND);
  const slowest = [...edits].sort((a, b) => a - b)[Math.ceil(edits.length * 0.99) - 1] ?? NaN;
  return { ...row(`${label}, one file edited in \`--watch\`: time`, edits, "ms", null, null), result: `slowest of 99%: ${slowest.toFixed(0)} ms`, goal: "<= 50 ms, 150 ms of 99%, where that was measured" };
}

const SPARSE_GOAL = 2;

/** planck's sources, in which nothing is called every frame, and one file that uses the runtime. */
function sparseRows(rounds: number, folder: string): readonly RowResult[] {
  const { files } = copyCorpus(folder, { src: join(ROOT, "node_modules/planck/src") });
  writeFileSync(join(folder, "main.ts"), 'import { f32, SmartAlloc } from "@framealloc/runtime";\nconst alloc = SmartAlloc.withDefaults();\nexport const step = (): void => alloc.withFrame(() => void alloc.frameSlice(f32, 4).fill(1));\n');
  const measured = takeTurns(rounds, folder, [{ name: "fa", args: COLD, codes: [0, 1] }, OXLINT]);
  const millis = (name: string): readonly number[] => (measured.get(name) ?? []).map(({ ms }) => ms);
  return [row(`planck (${files} files), one file that uses the runtime: time`, millis("fa"), "ms", { name: "oxlint", values: millis("oxlint") }, SPARSE_GOAL)];
}

function smallRows(rounds: number, folder: string): readonly RowResult[] {
  mkdirSync(join(folder, "empty"), { recursive: true });
  const contenders: readonly Contender[] = [
    { name: "node", args: ["-e", "0"], codes: [0] },
    ...[["--help"], ["list"], ["explain", "frame-escape"]].map((args) => ({ name: `fa ${args[0] ?? ""}`, args: [FA, ...args], codes: [0] })),
  ];
  const measured = takeTurns(rounds * 2, join(folder, "empty"), contenders);
  const node = (measured.get("node") ?? []).map(({ ms }) => ms);
  return contenders.slice(1).map(({ name }) => {
    const ours = (measured.get(name) ?? []).map(({ ms }) => ms);
    return { ...row(`\`${name}\`: time`, ours, "ms", { name: "node alone", values: node }, null), goal: "<= 110 ms where node alone takes 70" };
  });
}

const SHORT = 400;
const TIMES = 4;

/** What the time above that of a project without anything grows by; at most as much as the program. */
function growthRows(rounds: number, folder: string): readonly RowResult[] {
  const run = (name: string, files: ReadonlyMap<string, string>): Contender & { readonly at: string } => {
    const at = join(folder, "growth", name);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, "package.json"), '{ "type": "module" }\n');
    for (const [file, text] of files) writeFileSync(join(at, file), text);
    return { name, at, args: [FA, "--all", "--no-cache", "--quiet", "-f", "compact"], codes: [0, 1] };
  };
  const empty = run("empty", new Map([["main.ts", 'import "@framealloc/runtime";\n']]));
  return Object.entries(GROWING).map(([name, programs]) => {
    const [short, long] = [run("short", programs(SHORT)), run("long", programs(SHORT * TIMES))];
    const turns = Array.from({ length: rounds }, () => [empty, short, long].map((each) => measure(each.at, each).ms));
    rmSync(join(folder, "growth", "short"), { recursive: true });
    rmSync(join(folder, "growth", "long"), { recursive: true });
    const above = (which: number): readonly number[] => turns.map((turn) => Math.max(1, (turn[which] ?? 0) - (turn[0] ?? 0)));
    return row(`${name}, ${SHORT} and ${SHORT * TIMES}: time`, above(2), "ms", { name: `${SHORT}:`, values: above(1) }, TIMES);
  });
}
