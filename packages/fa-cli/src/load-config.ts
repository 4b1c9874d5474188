/**
 * Finds and reads `.fa.toml`: the nearest one up the tree, and those it extends. Everything in it is checked before anything is used;
 * what is wrong is reported with file, line, column and the nearest valid key.
 */
import { posix } from "node:path";
import { parse, TomlError } from "smol-toml";
import * as v from "valibot";
import type { Severity } from "@framealloc/analysis";
import { CONFIG_SCHEMA, type ConfigFile, type Level, validKeys } from "./config-schema.ts";
import { expandCode, type KnownCode } from "./code-set.ts";
import type { Host } from "./host.ts";
import { locateToml } from "./locate-toml.ts";
import { nearestWord } from "./nearest-word.ts";
import { globFault, type PathMatcher, pathMatcher } from "./path-matcher.ts";
import { UsageError } from "./usage-error.ts";

export const CONFIG_NAME = ".fa.toml";

export interface LevelOverride {
  /** Asked with absolute paths; null is every file. */
  readonly fits: PathMatcher | null;
  readonly levels: ReadonlyMap<string, Level>;
}

export interface Config {
  /** Absolute; null when there is no configuration. */
  readonly file: string | null;
  readonly minSeverity: Severity | null;
  readonly denyWarnings: boolean;
  /** Asked with absolute paths. */
  readonly isExcluded: PathMatcher;
  readonly runtimePackages: readonly string[] | null;
  readonly disabled: readonly string[];
  /** The last that fits a file and names a code decides. */
  readonly levels: readonly LevelOverride[];
  readonly hotPathBytes: number | null;
  readonly loopAllocationLimit: number | null;
  /** With absolute paths: `/home/me/game/src/game.ts#Game.update`. */
  readonly hotEntries: readonly string[];
  /** Asked with absolute paths. */
  readonly isCold: PathMatcher;
}

export const NO_CONFIG: Config = {
  file: null,
  minSeverity: null,
  denyWarnings: false,
  isExcluded: () => false,
  runtimePackages: null,
  disabled: [],
  levels: [],
  hotPathBytes: null,
  loopAllocationLimit: null,
  hotEntries: [],
  isCold: () => false,
};

/** `file` is absolute; null looks for the nearest one from `root` upwards. Throws a `UsageError` for what is wrong in it. */
export function loadConfig(host: Host, root: string, file: string | null, known: readonly KnownCode[]): Config {
  const path = file ?? nearestConfig(host, root);
  return path === null ? NO_CONFIG : readConfig(host, path, known, []);
}

function nearestConfig(host: Host, root: string): string | null {
  for (let folder = root; ; folder = posix.dirname(folder)) {
    const path = posix.join(folder, CONFIG_NAME);
    if (host.kindOf(path) === "file") return path;
    if (posix.dirname(folder) === folder) return null;
  }
}

function readConfig(host: Host, path: string, known: readonly KnownCode[], extending: readonly string[]): Config {
  const shown = posix.relative(host.cwd, path) || path;
  if (extending.includes(path)) throw new UsageError(`configuration \`${shown}\` extends itself`);
  const source = host.read(path);
  if (!source.ok) throw new UsageError(`configuration \`${shown}\` cannot be read: ${source.reason}`);
  const text = source.text.replace(/^\uFEFF/, "");
  const fail: Fail = (message, at, of, help) => {
    const { line, column } = locateToml(text, at, of);
    throw new UsageError(message, { place: `${shown}:${line}:${column}`, ...(help === undefined ? {} : { help }) });
  };
  const config = checkShape(parseToml(text, shown), fail);
  checkGlobs(config, fail);
  const own = toConfig(config, path, known, fail);
  const bases = (config.global?.extends ?? []).map((base, index) => {
    const target = posix.resolve(posix.dirname(path), base);
    if (host.kindOf(target) !== "file") fail(`no such configuration: \`${base}\``, ["global", "extends", index], "value");
    return readConfig(host, target, known, [...extending, path]);
  });
  return bases.length === 0 ? own : mergeConfigs([...bases, own]);
}

type Step = string | number;
type Fail = (message: string, at: readonly Step[], of: "key" | "value", help?: string) => never;

function parseToml(text: string, shown: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The first line says what is wrong; the others draw the place, which is given as figures here.
    const message = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document:\s*/i, "");
    throw new UsageError(`invalid TOML: ${message}`, { place: `${shown}:${error.line}:${error.column}` });
  }
}

function checkShape(content: unknown, fail: Fail): ConfigFile {
  const result = v.safeParse(CONFIG_SCHEMA, content);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = (issue.path ?? []).map((item): Step => (typeof item.key === "number" ? item.key : String(item.key)));
  const key = String(path.at(-1));
  if (issue.type === "strict_object" && issue.expected === "never") {
    const nearest = nearestWord(key, validKeys(path.slice(0, -1)));
    const keys = validKeys(path.slice(0, -1)).map((name) => `\`${name}\``).join(", ");
    return fail(`unknown key \`${path.join(".")}\``, path, "key", nearest === null ? `valid keys here: ${keys}` : `did you mean \`${nearest}\`?`);
  }
  if (issue.received === "undefined") return fail(`\`${path.join(".")}\` is missing`, path, "key");
  const nearest = issue.type === "picklist" && typeof issue.input === "string" ? nearestWord(issue.input, issue.expected?.match(/\w+/g) ?? []) : null;
  return fail(`\`${path.join(".")}\` must be ${wordsFor(issue.type, issue.expected)}, not ${wordsForValue(issue.input)}`, path, "value", nearest === null ? undefined : `did you mean \`"${nearest}"\`?`);
}

function wordsFor(type: string, expected: string | null): string {
  if (type === "picklist") return `one of ${(expected ?? "").replace(/[()]/g, "").replaceAll(" | ", ", ")}`;
  if (type === "strict_object" || type === "record") return "a table";
  if (type === "array") return "an array";
  if (type === "integer") return "a whole number";
  if (type === "min_value") return "0 or more";
  if (type === "min_length") return "at least one";
  return `a ${type}`;
}

function wordsForValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  return typeof value === "object" && value !== null ? "a table" : JSON.stringify(value) ?? String(value);
}

function checkGlobs(config: ConfigFile, fail: Fail): void {
  const check = (patterns: readonly string[] | undefined, at: readonly Step[]): void => {
    patterns?.forEach((pattern, index) => {
      const fault = globFault(pattern);
      if (fault !== null) fail(`bad glob \`${pattern}\`: ${fault}`, [...at, index], "value");
    });
  };
  check(config.global?.exclude, ["global", "exclude"]);
  check(config.hot?.cold, ["hot", "cold"]);
  config.overrides?.forEach((override, index) => { check(override.files, ["overrides", index, "files"]); });
}

function toConfig(config: ConfigFile, path: string, known: readonly KnownCode[], fail: Fail): Config {
  const folder = posix.dirname(path);
  const matcher = (patterns: readonly string[] | undefined): PathMatcher => {
    const fits = pathMatcher(patterns ?? []);
    return (file) => fits(posix.relative(folder, file));
  };
  const codes = (word: string, at: readonly Step[], of: "key" | "value"): readonly string[] => {
    const found = expandCode(word, known);
    return found.ok ? found.codes : fail(found.message, at, of, found.help);
  };
  const levels = (table: Readonly<Record<string, Level>> | undefined, at: readonly Step[]): ReadonlyMap<string, Level> => {
    // A family first, so that a code said by itself wins whatever the order in the file.
    const entries = Object.entries(table ?? {}).sort(([a], [b]) => Number(/xx$/i.test(b)) - Number(/xx$/i.test(a)));
    return new Map(entries.flatMap(([word, level]) => codes(word, [...at, word], "key").map((code) => [code, level] as const)));
  };
  return {
    file: path,
    minSeverity: config.global?.min_severity ?? null,
    denyWarnings: config.global?.deny_warnings ?? false,
    isExcluded: matcher(config.global?.exclude),
    runtimePackages: config.global?.runtime_packages ?? null,
    disabled: (config.lints?.disabled ?? []).flatMap((word, index) => codes(word, ["lints", "disabled", index], "value")),
    levels: [
      { fits: null, levels: levels(config.lints?.levels, ["lints", "levels"]) },
      ...(config.overrides ?? []).map((override, index) => ({ fits: matcher(override.files), levels: levels(override.levels, ["overrides", index, "levels"]) })),
    ],
    hotPathBytes: config.thresholds?.hot_path_bytes ?? null,
    loopAllocationLimit: config.thresholds?.loop_allocation_limit ?? null,
    hotEntries: (config.hot?.entries ?? []).map((entry, index) => absoluteEntry(entry, folder, (message) => fail(message, ["hot", "entries", index], "value"))),
    isCold: matcher(config.hot?.cold),
  };
}

function absoluteEntry(entry: string, folder: string, fail: (message: string) => never): string {
  const hash = entry.lastIndexOf("#");
  if (hash <= 0 || hash === entry.length - 1) return fail(`\`${entry}\` names no function: write \`path#name\` or \`path#Class.method\``);
  return `${posix.resolve(folder, entry.slice(0, hash))}${entry.slice(hash)}`;
}

/** The later one wins where only one can hold; lists and levels add up. */
function mergeConfigs(configs: readonly Config[]): Config {
  return configs.reduce((base, own) => ({
    file: own.file,
    minSeverity: own.minSeverity ?? base.minSeverity,
    denyWarnings: own.denyWarnings || base.denyWarnings,
    isExcluded: (path) => base.isExcluded(path) || own.isExcluded(path),
    runtimePackages: own.runtimePackages ?? base.runtimePackages,
    disabled: [...base.disabled, ...own.disabled],
    levels: [...base.levels, ...own.levels],
    hotPathBytes: own.hotPathBytes ?? base.hotPathBytes,
    loopAllocationLimit: own.loopAllocationLimit ?? base.loopAllocationLimit,
    hotEntries: [...base.hotEntries, ...own.hotEntries],
    isCold: (path) => base.isCold(path) || own.isCold(path),
  }));
}
