/** The configuration: what it means, and that everything wrong in it is said with its place and what was meant. */
import { describe, expect, test } from "vitest";
import { configText } from "../src/config-text.ts";
import { type Config, loadConfig, settingFor, withFolders } from "../../../rules/configuration/load-config.ts";
import { memoryHost } from "../src/memory-host.ts";
import { UsageError } from "../src/usage-error.ts";
import { codeText } from "./hostile-report.ts";

const KNOWN = [{ code: "FA002", formerly: ["FA701"] }, { code: "FA602", formerly: [] }, { code: "FA603", formerly: [] }];

function load(files: Readonly<Record<string, string>>, root = "/game"): Config {
  return loadConfig(memoryHost(new Map(Object.entries(files)), { cwd: root }), root, null, KNOWN);
}

/** The fault of a configuration, as `place: message; help`. */
function faultOf(text: string): string {
  try {
    load({ "/game/.fa.toml": text });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return `${error.detail.place ?? ""}: ${error.message}; ${error.detail.help ?? ""}`;
  }
  return "";
}

const levelsOf = (config: Config, path: string): Record<string, string> => Object.fromEntries(config.levels.filter(({ fits }) => fits === null || fits(path)).flatMap(({ levels }) => [...levels]));

test("without a file nothing is set", () => {
  expect(load({ "/game/a.ts": "" })).toMatchObject({ file: null, minSeverity: null, denyWarnings: null, levels: [] });
});

test("the nearest file up the tree counts, and its globs are relative to it", () => {
  const config = load({ "/game/.fa.toml": '[global]\nexclude = ["src/old/**", "*.gen.ts", "vendor"]', "/.fa.toml": "nonsense" }, "/game/src/deep");
  expect(config.file).toBe("/game/.fa.toml");
  expect(["/game/src/old/a.ts", "/game/src/a.gen.ts", "/game/src/vendor", "/game/src/vendor/b.ts"].map(config.isExcluded)).toEqual([true, true, true, true]);
  expect(["/game/src/a.ts", "/game/old/a.ts", "/game/src/vendors.ts"].map(config.isExcluded)).toEqual([false, false, false]);
});

test("every setting arrives", () => {
  const config = load({
    "/game/.fa.toml": `[global]\nmin_severity = "warning"\ndeny_warnings = true\nruntime_packages = ["@acme/mem"]\n[lints]\ndisabled = ["FA603"]\n[lints.levels]\nFA602 = "deny"\n[thresholds]\nhot_path_bytes = 64\nloop_allocation_limit = 20\n[hot]\nentries = ["src/game.ts#Game.update"]\ncold = ["**/editor/**"]`,
  });
  expect(config).toMatchObject({ minSeverity: "warning", denyWarnings: true, runtimePackages: ["@acme/mem"], disabled: ["FA603"], hotPathBytes: 64, loopAllocationLimit: 20, hotEntries: ["/game/src/game.ts#Game.update"] });
  expect(config.isCold("/game/src/editor/a.ts")).toBe(true);
  expect(levelsOf(config, "/game/a.ts")).toEqual({ FA602: "deny" });
});

test("a code by itself wins over its family, whatever the order", () => {
  expect(levelsOf(load({ "/game/.fa.toml": '[lints.levels]\nFA602 = "deny"\nFA6xx = "allow"' }), "/game/a.ts")).toEqual({ FA602: "deny", FA603: "allow" });
});

test("overrides hold for their files, the later one over the earlier", () => {
  const config = load({ "/game/.fa.toml": '[[overrides]]\nfiles = ["test/**"]\nlevels = { FA602 = "allow" }\n[[overrides]]\nfiles = ["test/slow/**"]\nlevels = { FA602 = "hint" }' });
  expect(levelsOf(config, "/game/src/a.ts")).toEqual({});
  expect(levelsOf(config, "/game/test/a.ts")).toEqual({ FA602: "allow" });
  expect(levelsOf(config, "/game/test/slow/a.ts")).toEqual({ FA602: "hint" });
});

test("one that extends another adds to it and wins over it", () => {
  const config = load({ "/game/.fa.toml": '[global]\nextends = ["../base.toml"]\nmin_severity = "error"\nexclude = ["b"]', "/base.toml": '[global]\nmin_severity = "hint"\ndeny_warnings = true\nexclude = ["a"]' });
  expect(config).toMatchObject({ minSeverity: "error", denyWarnings: true });
  expect([config.isExcluded("/a"), config.isExcluded("/game/b"), config.isExcluded("/b")]).toEqual([true, true, false]);
});

describe("a workspace", () => {
  const tree = {
    "/repo/.git/HEAD": "",
    "/repo/.fa.toml": '[global]\nmin_severity = "warning"\ndeny_warnings = true\nexclude = ["gen"]\n[lints.levels]\nFA602 = "allow"\nFA603 = "warn"\n',
    "/repo/packages/a/.fa.toml": '[global]\nmin_severity = "hint"\ndeny_warnings = false\nexclude = ["old"]\n[lints]\ndisabled = ["FA002"]\n[lints.levels]\nFA602 = "deny"\n[hot]\ncold = ["tools/**"]\n',
  };

  test("a package's own configuration adds to that of the repository around it, and wins", () => {
    const config = load(tree, "/repo/packages/a");
    expect(config).toMatchObject({ file: "/repo/packages/a/.fa.toml", minSeverity: "hint", denyWarnings: false });
    expect(levelsOf(config, "/repo/packages/a/x.ts")).toEqual({ FA602: "deny", FA603: "warn" });
    expect(["/repo/packages/a/old/x.ts", "/repo/packages/a/gen/x.ts"].map(config.isExcluded)).toEqual([true, true]);
  });

  test("what lies above the repository is none of its business", () => {
    expect(load({ ...tree, "/.fa.toml": "nonsense" }, "/repo/packages/a").sources.map(({ path }) => path)).toEqual(["/repo/.fa.toml", "/repo/packages/a/.fa.toml"]);
  });

  test("from the repository's folder, a package's configuration holds for its files alone", () => {
    const host = memoryHost(new Map(Object.entries(tree)), { cwd: "/repo" });
    const files = ["/repo/packages/a/src/x.ts", "/repo/packages/b/x.ts"];
    const config = withFolders(host, loadConfig(host, "/repo", null, KNOWN), "/repo", files, KNOWN);
    expect(files.map((file) => levelsOf(config, file))).toEqual([{ FA002: "allow", FA602: "deny", FA603: "warn" }, { FA602: "allow", FA603: "warn" }]);
    expect(files.map((file) => settingFor(config, file, "minSeverity"))).toEqual(["hint", "warning"]);
    expect(["/repo/packages/a/old/x.ts", "/repo/packages/b/old/x.ts"].map(config.isExcluded)).toEqual([true, false]);
    expect(["/repo/packages/a/tools/x.ts", "/repo/tools/x.ts"].map(config.isCold)).toEqual([true, false]);
    expect(files.map((file) => settingFor(config, file, "denyWarnings"))).toEqual([false, true]);
  });

  test("a configuration that is named is the only one", () => {
    const host = memoryHost(new Map(Object.entries(tree)), { cwd: "/repo/packages/a" });
    expect(loadConfig(host, "/repo/packages/a", "/repo/packages/a/.fa.toml", KNOWN).sources).toHaveLength(1);
  });
});

describe("options of rules", () => {
  const known = [{ code: "FA602", formerly: [], options: { max_iterations: { setting: "loopAllocationLimit", description: "rounds" } } }];
  const options = (files: Readonly<Record<string, string>>): unknown => loadConfig(memoryHost(new Map(Object.entries(files)), { cwd: "/game" }), "/game", null, known).options;

  test("arrive under the analysis' name, the nearer one wins", () => {
    expect(options({ "/game/.fa.toml": "[lints.FA602]\nmax_iterations = 7" })).toEqual({ loopAllocationLimit: 7 });
    expect(options({ "/game/.fa.toml": '[global]\nextends = ["b.toml"]\n[lints.fa602]\nmax_iterations = 7', "/game/b.toml": "[lints.FA602]\nmax_iterations = 9" })).toEqual({ loopAllocationLimit: 7 });
    expect(options({ "/game/.fa.toml": '[global]\nextends = ["b.toml"]', "/game/b.toml": "[lints.FA602]\nmax_iterations = 9" })).toEqual({ loopAllocationLimit: 9 });
  });
});

describe("faults", () => {
  test.each([
    ["[global]\nmin_sevrity = 1", ".fa.toml:2:1: unknown key `global.min_sevrity`; did you mean `min_severity`?"],
    ["[global]\ndeny_warnings = true\n[lint]\n", ".fa.toml:3:2: unknown key `lint`; did you mean `lints`?"],
    ["[global]\ncolour = 1", ".fa.toml:2:1: unknown key `global.colour`; valid keys here: `extends`, `min_severity`, `exclude`, `deny_warnings`, `runtime_packages`"],
    ["global.exlude = []", ".fa.toml:1:8: unknown key `global.exlude`; did you mean `exclude`?"],
    ["global = { exlude = [] }", ".fa.toml:1:12: unknown key `global.exlude`; did you mean `exclude`?"],
    ['[global]\nmin_severity = "warn"', '.fa.toml:2:16: `global.min_severity` must be one of "hint", "warning", "error", not "warn"; did you mean `"warning"`?'],
    ["[global]\ndeny_warnings = 1", ".fa.toml:2:17: `global.deny_warnings` must be a boolean, not 1; "],
    ['[global]\nexclude = "dist"', '.fa.toml:2:11: `global.exclude` must be an array, not "dist"; '],
    ["[global]\nexclude = ['a', 3]", ".fa.toml:2:17: `global.exclude.1` must be a string, not 3; "],
    ["[thresholds]\nhot_path_bytes = 1.5", ".fa.toml:2:18: `thresholds.hot_path_bytes` must be a whole number, not 1.5; "],
    ["lints = 1", ".fa.toml:1:9: `lints` must be a table, not 1; "],
    ["hot = ['src/game.ts#Game.update']", ".fa.toml:1:7: `hot` must be a table, not an array; "],
    ["[[lints]]\ndisabled = []", ".fa.toml:1:3: `lints` must be a table, not an array; "],
    ["[lints]\nlevels = []", ".fa.toml:2:10: `lints.levels` must be a table, not an empty array; "],
    ["[tags]\nmodule_tags = ['physics']", ".fa.toml:2:15: `tags.module_tags` must be a table, not an array; "],
    ["[tags]\nmodule_tags = 2026-01-02", ".fa.toml:2:15: `tags.module_tags` must be a table, not a date; "],
    ["[[overrides]]\nfiles = ['a']\nlevels = [['FA602']]", ".fa.toml:3:10: `overrides.0.levels` must be a table, not an array; "],
    ["overrides = [[]]", ".fa.toml:1:14: `overrides.0` must be a table, not an empty array; "],
    ["[thresholds]\nhot_path_bytes = inf", ".fa.toml:2:18: `thresholds.hot_path_bytes` must be a whole number, not Infinity; "],
    ["[lints]\ndisabled = 1979-05-27", ".fa.toml:2:12: `lints.disabled` must be an array, not a date; "],
    ["[[overrides]]\nlevels = {}", ".fa.toml:1:3: `overrides.0.files` is missing; "],
    ['[[overrides]]\nfiles = ["a"]\nlevels = { FA602 = "off" }', '.fa.toml:3:20: `overrides.0.levels.FA602` must be one of "allow", "hint", "warn", "deny", not "off"; '],
    ['[lints.levels]\nfa620 = "allow"', ".fa.toml:2:1: unknown code `fa620`; did you mean `FA602`?"],
    ['[lints]\ndisabled = ["FA602", "FA9xx"]', ".fa.toml:2:22: unknown code `FA9xx`; did you mean `FA0xx`?"],
    ['[lints]\ndisabled = ["FA102"]', ".fa.toml:2:13: `FA102` is reported by the runtime alone; `fa explain FA102` says when"],
    ['[lints.levels]\nfa501 = "deny"', ".fa.toml:2:1: `fa501` is reported by the runtime alone; `fa explain FA501` says when"],
    ['[lints]\ndisabled = ["FA701"]', ".fa.toml:2:13: unknown code `FA701`; it is called `FA002` here"],
    ['[hot]\nentries = ["src/game.ts"]', ".fa.toml:2:12: `src/game.ts` names no function: write `path#name` or `path#Class.method`; "],
    ['[global]\nexclude = ["ok", "src/[a"]', ".fa.toml:2:18: bad glob `src/[a`: Missing closing: \"]\" - use \"\\\\]\" to match literal characters; "],
    ['[hot]\ncold = ["!a"]', ".fa.toml:2:9: bad glob `!a`: a pattern cannot be negated; "],
    ['[global]\nextends = ["nowhere.toml"]', ".fa.toml:2:12: no such configuration: `nowhere.toml`; "],
  ])("%j", (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  test("TOML that is none", () => {
    expect(faultOf("[global]\nexclude = [")).toMatch(/^\.fa\.toml:2:1\d: invalid TOML: \w/);
    expect(faultOf("[global]\na = 1\na = 2")).toMatch(/^\.fa\.toml:3:\d: invalid TOML: \w/);
  });

  test("one that extends itself", () => {
    expect(faultOf('[global]\nextends = [".fa.toml"]')).toMatch(/^\.fa\.toml:2:12: .*extends itself/);
  });
});

test("what `fa init` writes is valid and changes nothing", () => {
  const config = load({ "/game/.fa.toml": configText([codeText("FA002", "error"), codeText("FA602", "warning")]) });
  expect(config).toMatchObject({ minSeverity: null, denyWarnings: false, disabled: [], hotPathBytes: null, loopAllocationLimit: null, hotEntries: [] });
  expect(levelsOf(config, "/game/a.ts")).toEqual({});
});

test("so is what it writes with every example taken in", () => {
  const text = configText([codeText("FA002", "error"), codeText("FA602", "warning")]).replace(/^# (?=\w+ = |\[\[)/gm, "").replace(/^extends = .*$/m, "");
  expect(levelsOf(load({ "/game/.fa.toml": text }), "/game/a.ts")).toEqual({ FA002: "deny", FA602: "warn" });
});
