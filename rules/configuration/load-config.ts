/**
 * Finds `.fa.toml` and makes one configuration of all that hold: the nearest one up the tree, what it extends, those further up in the same workspace
 * or repository, and for the files of a folder that has one of its own, that one. The nearer one wins where only one can hold; lists and levels add up.
 */
import { posix } from "node:path";
import type { Severity } from "@framealloc/analysis";
import { canonicalPackage, DEFAULT_SETTINGS } from "@framealloc/analysis/settings";
import { checkConfig, type Fail, type OptionValues } from "./check-config.ts";
import { expandCode, type KnownCode } from "./code-set.ts";
import type { ConfigFile } from "./config-schema.ts";
import type { ConfigurationDisk } from "./configuration-disk.ts";
import type { Level } from "./levels.ts";
import { locateToml } from "./locate-toml.ts";
import { type ModelRow, modelRows } from "./config-model.ts";
import { type ConfigTags, configTags, mergeTags, NO_TAGS, tagsOfFolder } from "./config-tags.ts";
import { type PathMatcher, pathMatcher } from "./path-matcher.ts";
import { projectBoundary } from "./project-boundary.ts";
import { UsageError } from "./usage-error.ts";

export const CONFIG_NAME = ".fa.toml";

export interface LevelOverride {
  /** Asked with absolute paths; null is every file. */
  readonly fits: PathMatcher | null;
  readonly levels: ReadonlyMap<string, Level>;
}

/** A file that the configuration was made of. */
export interface ConfigSource {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly content: unknown;
  /** Absolute: it holds for files in here alone; null for all. */
  readonly folder: string | null;
}

export interface Config {
  /** Absolute; null when there is no configuration. */
  readonly file: string | null;
  /** What it was made of, the weightiest last. */
  readonly sources: readonly ConfigSource[];
  readonly minSeverity: Severity | null;
  /** What those of folders say of their files, the innermost last. */
  readonly folders: readonly ({ readonly folder: string } & FolderSettings)[];
  /** Null where nobody says. */
  readonly denyWarnings: boolean | null;
  /** Asked with absolute paths. */
  readonly isExcluded: PathMatcher;
  readonly runtimePackages: readonly string[] | null;
  readonly disabled: readonly string[];
  /** The last that fits a file and names a code decides. */
  readonly levels: readonly LevelOverride[];
  readonly hotPathBytes: number | null;
  readonly loopAllocationLimit: number | null;
  /** What rules' own tables say, by setting: weightier than the thresholds. */
  readonly options: OptionValues;
  /** With absolute paths: `/home/me/game/src/game.ts#Game.update`. */
  readonly hotEntries: readonly string[];
  /** Asked with absolute paths. */
  readonly isCold: PathMatcher;
  readonly tags: ConfigTags;
  /** By package, for an absolute path; null for those that are imported. */
  readonly hotEngines: (path: string) => readonly string[] | null;
  /** The last of one name holds. */
  readonly model: readonly ModelRow[];
  /** Where a function of `hotEntries` or `model` is named, as `.fa.toml:3:1`; null for any other. Cost: reads the text again. */
  readonly placeOf: (name: string) => string | null;
}

/** Settings of which the nearest configuration of a file decides. */
export type FolderSettings = Pick<Config, "minSeverity" | "denyWarnings" | "hotPathBytes" | "loopAllocationLimit" | "options">;

export const NO_CONFIG: Config = {
  file: null,
  sources: [],
  minSeverity: null,
  folders: [],
  denyWarnings: null,
  isExcluded: () => false,
  runtimePackages: null,
  disabled: [],
  levels: [],
  hotPathBytes: null,
  loopAllocationLimit: null,
  options: {},
  hotEntries: [],
  isCold: () => false,
  tags: NO_TAGS,
  hotEngines: () => null,
  model: [],
  placeOf: () => null,
};

/** `file` is absolute; null looks for the nearest one from `root` upwards. Throws a `UsageError` for what is wrong in it. */
export function loadConfig(host: ConfigurationDisk, root: string, file: string | null, known: readonly KnownCode[]): Config {
  if (file !== null) return readConfig(host, file, known, []);
  const nearest = nearestConfig(host, root);
  if (nearest === null) return NO_CONFIG;
  const chain = [nearest];
  const boundary = projectBoundary(host, root);
  for (let folder = posix.dirname(nearest); isInside(folder, boundary) && folder !== boundary; ) {
    folder = posix.dirname(folder);
    const path = posix.join(folder, CONFIG_NAME);
    if (host.kindOf(path) === "file") chain.unshift(path);
  }
  return mergeConfigs(chain.map((path) => readConfig(host, path, known, [])));
}

/** The configuration with those of the folders below the root that files are in: what they say holds for the files in them. */
export function withFolders(host: ConfigurationDisk, config: Config, root: string, files: readonly string[], known: readonly KnownCode[]): Config {
  const folders = new Set<string>();
  for (const file of files) {
    for (let folder = posix.dirname(file); folder !== root && isInside(folder, root) && !folders.has(folder); folder = posix.dirname(folder)) folders.add(folder);
  }
  const own = [...folders].sort().filter((folder) => host.kindOf(posix.join(folder, CONFIG_NAME)) === "file");
  return own.reduce((merged, folder) => mergeFolder(merged, readConfig(host, posix.join(folder, CONFIG_NAME), known, []), folder), config);
}

function mergeFolder(base: Config, own: Config, folder: string): Config {
  const isInFolder: PathMatcher = (path) => isInside(path, folder);
  const inFolder = (fits: PathMatcher | null): PathMatcher => (path) => isInFolder(path) && (fits === null || fits(path));
  const { minSeverity, denyWarnings, hotPathBytes, loopAllocationLimit, options } = own;
  const disabled: LevelOverride = { fits: inFolder(null), levels: new Map(own.disabled.map((code) => [code, "allow"])) };
  return {
    ...base,
    sources: [...base.sources, ...own.sources.map((source) => ({ ...source, folder }))],
    folders: [...base.folders, { folder, minSeverity, denyWarnings, hotPathBytes, loopAllocationLimit, options }],
    // A package is the runtime or it is not, whoever imports it.
    runtimePackages: own.runtimePackages === null ? base.runtimePackages : [...new Set([...(base.runtimePackages ?? DEFAULT_SETTINGS.runtimePackages), ...own.runtimePackages])],
    isExcluded: (path) => base.isExcluded(path) || (isInFolder(path) && own.isExcluded(path)),
    levels: [...base.levels, ...own.levels.map(({ fits, levels }) => ({ fits: inFolder(fits), levels })), disabled],
    hotEntries: [...base.hotEntries, ...own.hotEntries],
    isCold: (path) => base.isCold(path) || (isInFolder(path) && own.isCold(path)),
    hotEngines: (path) => (isInFolder(path) ? own.hotEngines(path) : null) ?? base.hotEngines(path),
    model: [...base.model, ...own.model],
    placeOf: (name) => own.placeOf(name) ?? base.placeOf(name),
    tags: mergeTags(base.tags, tagsOfFolder(own.tags, isInFolder)),
  };
}

/** What the nearest configuration that says anything of a setting says of it, for a file by its absolute path. */
export function settingFor<K extends Exclude<keyof FolderSettings, "options">>(config: Config, path: string, key: K): FolderSettings[K] {
  const nearest: FolderSettings = config.folders.findLast((each) => each[key] !== null && isInside(path, each.folder)) ?? config;
  return nearest[key];
}

/** The same of a figure that rules' own tables may say, or else a threshold. */
export function figureFor(config: Config, path: string, key: "hotPathBytes" | "loopAllocationLimit"): number | null {
  const own = config.folders.findLast(({ folder, options }) => options[key] !== undefined && isInside(path, folder));
  return own?.options[key] ?? config.options[key] ?? settingFor(config, path, key);
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

function nearestConfig(host: ConfigurationDisk, root: string): string | null {
  for (let folder = root; ; folder = posix.dirname(folder)) {
    const path = posix.join(folder, CONFIG_NAME);
    if (host.kindOf(path) === "file") return path;
    if (posix.dirname(folder) === folder) return null;
  }
}

function readConfig(host: ConfigurationDisk, path: string, known: readonly KnownCode[], extending: readonly string[]): Config {
  const shown = posix.relative(host.cwd, path) || path;
  const source = host.read(path);
  if (!source.ok) throw new UsageError(`configuration \`${shown}\` cannot be read: ${source.reason}`);
  const text = source.text.replace(/^\uFEFF/, "");
  const fail: Fail = (message, at, of, help) => {
    const { line, column } = locateToml(text, at, of);
    throw new UsageError(message, { place: `${shown}:${line}:${column}`, ...(help === undefined ? {} : { help }) });
  };
  const { content, raw, options } = checkConfig(text, shown, known, fail);
  const model = modelRows(content.model, {
    folder: posix.dirname(path),
    isFile: (file) => host.kindOf(file) === "file",
    namesBeside: (file) => host.list(posix.dirname(file)).map(({ name }) => name),
    fail,
  });
  const plain = toConfig(content, path, known, fail);
  const placeOf: Config["placeOf"] = (name) => {
    const row = model.findIndex((each) => each.name === name);
    const entry = plain.hotEntries.indexOf(name);
    if (row === -1 && entry === -1) return null;
    const { line, column } = row === -1 ? locateToml(text, ["hot", "entries", entry], "value") : locateToml(text, ["model", Object.keys(content.model ?? {})[row] ?? ""], "key");
    return `${shown}:${line}:${column}`;
  };
  const own: Config = { ...plain, model, placeOf, options, sources: [{ path, text, content: raw, folder: null }] };
  const bases = (content.global?.extends ?? []).map((base, index) => {
    const target = posix.resolve(posix.dirname(path), base);
    if (host.kindOf(target) !== "file") fail(`no such configuration: \`${base}\``, ["global", "extends", index], "value");
    if (target === path || extending.includes(target)) fail(`configuration \`${posix.relative(host.cwd, target) || target}\` extends itself`, ["global", "extends", index], "value");
    return readConfig(host, target, known, [...extending, path]);
  });
  return mergeConfigs([...bases, own]);
}

function toConfig(config: ConfigFile, path: string, known: readonly KnownCode[], fail: Fail): Omit<Config, "sources" | "options" | "model" | "placeOf"> {
  const folder = posix.dirname(path);
  const matcher = (patterns: readonly string[] | undefined): PathMatcher => {
    const fits = pathMatcher(patterns ?? []);
    return (file) => fits(posix.relative(folder, file));
  };
  const codes = (word: string, at: readonly (string | number)[], of: "key" | "value"): readonly string[] => {
    const found = expandCode(word, known);
    return found.ok ? found.codes : fail(found.message, at, of, found.help);
  };
  const levels = (table: Readonly<Record<string, Level>> | undefined, at: readonly (string | number)[]): ReadonlyMap<string, Level> => {
    // A family first, so that a code said by itself wins whatever the order in the file.
    const entries = Object.entries(table ?? {}).sort(([a], [b]) => Number(/xx$/i.test(b)) - Number(/xx$/i.test(a)));
    return new Map(entries.flatMap(([word, level]) => codes(word, [...at, word], "key").map((code) => [code, level] as const)));
  };
  const engines = config.hot?.engines?.map(canonicalPackage) ?? null;
  return {
    file: path,
    minSeverity: config.global?.min_severity ?? null,
    folders: [],
    denyWarnings: config.global?.deny_warnings ?? null,
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
    hotEngines: () => engines,
    tags: configTags(config.tags, folder),
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
    sources: [...base.sources, ...own.sources],
    minSeverity: own.minSeverity ?? base.minSeverity,
    folders: [...base.folders, ...own.folders],
    denyWarnings: own.denyWarnings ?? base.denyWarnings,
    isExcluded: (path) => base.isExcluded(path) || own.isExcluded(path),
    runtimePackages: own.runtimePackages ?? base.runtimePackages,
    disabled: [...base.disabled, ...own.disabled],
    levels: [...base.levels, ...own.levels],
    hotPathBytes: own.hotPathBytes ?? base.hotPathBytes,
    loopAllocationLimit: own.loopAllocationLimit ?? base.loopAllocationLimit,
    options: { ...base.options, ...own.options },
    hotEntries: [...base.hotEntries, ...own.hotEntries],
    isCold: (path) => base.isCold(path) || own.isCold(path),
    tags: mergeTags(base.tags, own.tags),
    hotEngines: (path) => own.hotEngines(path) ?? base.hotEngines(path),
    model: [...base.model, ...own.model],
    placeOf: (name) => own.placeOf(name) ?? base.placeOf(name),
  }));
}
