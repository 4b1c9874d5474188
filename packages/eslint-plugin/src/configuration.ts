/**
 * `.fa.toml` as it holds for what ESLint lints: the settings of the analysis, and which findings the project does not want. ESLint's own severities decide how
 * grave the others are. Read from the disk when something of it changed, told by stamps.
 */
import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { posix } from "node:path";
import type { AnalysisSettings, Diagnostic, Rule } from "@framealloc/analysis";
import { knownCodes, UsageError } from "@framealloc/rules/codes";
import { type Config, CONFIG_NAME, configuredSettings, DRIVER_CODES, type ConfigurationDisk, loadConfig, withFolders } from "@framealloc/rules/configuration";
import type { FileNames } from "./file-names.ts";
import { packageOfFolder } from "./package-names.ts";

export interface Configuration {
  readonly settings: Partial<AnalysisSettings>;
  /** The rules that the project runs. */
  readonly rules: readonly Rule[];
  /** Whether no level takes the finding away. */
  isWanted(diagnostic: Diagnostic): boolean;
  /** Whether what holds for a file, by its name, is as it was read. Cost: a look at each folder above it. */
  isCurrentFor(file: string): boolean;
}

/**
 * The configuration of ESLint's folder with those of the folders that the files are in, by their names. The same object while it is the same. Throws an `Error`
 * in one line for what is wrong in it.
 */
export function configurationOf(folder: string, names: FileNames, files: Iterable<string>, rules: readonly Rule[]): Configuration {
  const root = names.pathOf("");
  const paths = [...files].map((file) => names.pathOf(file));
  const stamp = stampOf(configPaths(root, paths));
  const key = `${folder}\n${stamp}`;
  const before = known.get(key);
  if (before !== undefined && before.extended === stampOf(before.bases)) return before.configuration;
  try {
    const disk = diskAt(root);
    const codes = knownCodes(rules, DRIVER_CODES);
    const config = withFolders(disk, loadConfig(disk, root, null, codes), root, paths, codes);
    const bases = config.sources.map(({ path }) => path);
    const stamps = new Map([...configPaths(root, paths), ...bases].map((path) => [path, stampOf([path])]));
    const isCurrentFor = (file: string): boolean => [...configPaths(root, [names.pathOf(file)]), ...bases].every((path) => stampOf([path]) === (stamps.get(path) ?? ""));
    const configuration = { ...toConfiguration(config, root, names, rules), isCurrentFor };
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, { bases, extended: stampOf(bases), configuration });
    return configuration;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { place, help } = error.detail;
    throw new Error(`${place === undefined ? "" : `${place}: `}${error.message}${help === undefined ? "" : `; ${help}`}`, { cause: error });
  }
}

interface Known {
  /** All files that it was made of, those that others extend included. */
  readonly bases: readonly string[];
  readonly extended: string;
  readonly configuration: Configuration;
}

/** By ESLint's folder and the stamps of the configurations that may hold there. */
const known = new Map<string, Known>();

/** An editor that is open for long meets many states of them. */
const MOST_KNOWN = 50;

function toConfiguration(config: Config, root: string, names: FileNames, rules: readonly Rule[]): Omit<Configuration, "isCurrentFor"> {
  const disabled = new Set(config.disabled);
  return {
    settings: { ...configuredSettings(config, root), packageOf: (file) => packageOfFolder(posix.dirname(names.pathOf(file))) },
    rules: rules.filter(({ code }) => !disabled.has(code)),
    isWanted: ({ code, at }) => {
      const path = posix.join(root, at.file);
      return config.levels.findLast(({ fits, levels }) => levels.has(code) && (fits === null || fits(path)))?.levels.get(code) !== "allow";
    },
  };
}

/** Where a configuration may be: from the root upwards, and in the folders of the files. */
function configPaths(root: string, paths: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const start of [root, ...paths.map((path) => posix.dirname(path))]) {
    for (let folder = start; !folders.has(folder); folder = posix.dirname(folder)) folders.add(folder);
  }
  return [...folders].sort().map((folder) => posix.join(folder, CONFIG_NAME));
}

function stampOf(paths: readonly string[]): string {
  return paths.flatMap((path) => {
    const found = statOf(path);
    return found === null ? [] : [`${path} ${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}`];
  }).join("\n");
}

/**
 * Null where nothing is, or can be: the folder of a file that ESLint made up may be a file itself (`README.md/0.js`, a block of a document), too long a name, or
 * one that may not be looked into.
 */
function statOf(path: string): Stats | null {
  return orWhenRefused(null, () => statSync(path, { throwIfNoEntry: false }) ?? null);
}

function orWhenRefused<T>(refused: T, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Error && "code" in error) return refused;
    throw error;
  }
}

function diskAt(cwd: string): ConfigurationDisk {
  return {
    cwd,
    read: (path) => {
      try {
        return { ok: true, text: readFileSync(path, "utf8") };
      } catch (error) {
        return { ok: false, reason: error instanceof Error ? error.message : String(error) };
      }
    },
    kindOf: (path) => {
      const found = statOf(path);
      return found?.isFile() === true ? "file" : found?.isDirectory() === true ? "folder" : "none";
    },
    list: (path) => orWhenRefused([], () => readdirSync(path)).map((name) => ({ name })),
  };
}
