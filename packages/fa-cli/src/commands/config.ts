/** `fa config [file]`: every setting as it is resolved, with the place that it comes from. With a file: what holds for it. */
import { posix } from "node:path";
import { knownCodes } from "@framealloc/rules/codes";
import { type Config, type ConfigSource, loadConfig, locateToml, NO_CONFIG, validKeys, withFolders } from "@framealloc/rules/configuration";
import { OWN_CODES } from "../fault-diagnostic.ts";
import type { Host } from "../host.ts";
import type { ProjectOptions } from "../parse-args.ts";
import { painter } from "../report/painter.ts";
import { printable } from "../report/printable.ts";
import type { CodeText } from "../report/report.ts";
import { rootOf } from "../run-analysis.ts";
import { UsageError } from "../usage-error.ts";
import { useColor } from "../use-color.ts";

/** A setting with its value: `from` is null for a default. */
export interface Setting {
  readonly key: string;
  readonly value: unknown;
  readonly from: string | null;
  /** Another file or a later line decides instead. */
  readonly overridden: boolean;
}

/** Lists add up over the files; of anything else the weightiest holds. */
const ADD_UP = new Set(["global.extends", "global.exclude", "lints.disabled", "hot.entries", "hot.cold", "tags.known_tags"]);

const DEFAULTS: Readonly<Record<string, unknown>> = {
  "global.extends": [], "global.min_severity": "hint", "global.exclude": [], "global.deny_warnings": false, "global.runtime_packages": ["@framealloc/runtime"],
  "lints.disabled": [], "lints.levels": {}, "tags.known_tags": [], "tags.warn_unknown_tags": true, "tags.module_tags": {},
  "thresholds.loop_allocation_limit": 100, "thresholds.hot_path_bytes": 16, "hot.entries": [], "hot.cold": [], "hot.engines": "those imported", model: {}, overrides: [],
};

/** Returns the exit code. Throws a `UsageError` for what is wrong in the configuration. */
export async function configCommand(host: Host, file: string | null, options: ProjectOptions, codes: readonly CodeText[]): Promise<number> {
  const root = rootOf(host, options.path);
  const known = knownCodes(codes, OWN_CODES);
  const asked = options.config === null || options.config === false ? null : posix.resolve(host.cwd, options.config);
  if (asked !== null && host.kindOf(asked) !== "file") throw new UsageError(`no such configuration: \`${options.config}\``);
  const base = options.config === false ? NO_CONFIG : loadConfig(host, root, asked, known);
  const path = file === null ? null : host.realPath(posix.resolve(host.cwd, file));
  if (path !== null && host.kindOf(path) === "none") throw new UsageError(`no such file: \`${file}\``);
  const config = path === null || options.config !== null ? base : withFolders(host, base, root, [path], known);
  const settings = settingsOf(host, config);
  const about = path === null ? null : { file: posix.relative(root, path), excluded: config.isExcluded(path), cold: config.isCold(path), levels: levelsFor(config, path) };
  await host.out.write(options.format === "json" ? `${JSON.stringify({ files: config.sources.map((source) => shown(host, source.path)), settings, ...(about === null ? {} : { about }) }, null, 2)}\n` : terminal(host, config, settings, about, useColor(host, options.color)));
  return 0;
}

function shown(host: Host, path: string): string {
  return posix.relative(host.cwd, path) || path;
}

function levelsFor(config: Config, path: string): Readonly<Record<string, string>> {
  return Object.fromEntries(config.levels.filter(({ fits }) => fits === null || fits(path)).flatMap(({ levels }) => [...levels]).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** All settings by key; what is weightier comes later. */
export function settingsOf(host: Host, config: Config): readonly Setting[] {
  const given = config.sources.flatMap((source) => leavesOf(source).map((leaf) => ({ ...leaf, from: placeOf(host, source, leaf.path) })));
  const isDefault = (key: string): boolean => !given.some((each) => each.key === key || each.key.startsWith(`${key}.`));
  const settings = given.map(({ key, value, from }, index): Setting => ({ key, value, from, overridden: !isAdding(key) && given.some((later, at) => at > index && later.key === key) }));
  const defaults = Object.entries(DEFAULTS).filter(([key]) => isDefault(key)).map(([key, value]): Setting => ({ key, value, from: null, overridden: false }));
  const order = (key: string): number => {
    const [table = ""] = key.split(".");
    return validKeys([]).indexOf(table);
  };
  return [...settings, ...defaults].sort((a, b) => order(a.key) - order(b.key) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function isAdding(key: string): boolean {
  return ADD_UP.has(key) || key.startsWith("overrides.");
}

type Step = string | number;

function leavesOf({ content }: ConfigSource): readonly { readonly key: string; readonly path: readonly Step[]; readonly value: unknown }[] {
  const visit = (value: unknown, path: readonly Step[]): { key: string; path: readonly Step[]; value: unknown }[] => {
    const isTables = Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "object" && each !== null && !Array.isArray(each));
    if (isTables) return value.flatMap((each, index) => visit(each, [...path, index]));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [{ key: path.join("."), path, value }];
    return Object.entries(value).flatMap(([key, inner]) => visit(inner, [...path, key]));
  };
  return visit(content, []);
}

function placeOf(host: Host, { path, text }: ConfigSource, at: readonly Step[]): string {
  const { line, column } = locateToml(text, at, "key");
  return `${shown(host, path)}:${line}:${column}`;
}

function terminal(host: Host, config: Config, settings: readonly Setting[], about: { readonly file: string; readonly excluded: boolean; readonly cold: boolean; readonly levels: Readonly<Record<string, string>> } | null, color: boolean): string {
  const { paint } = painter(color);
  const keyWidth = Math.max(...settings.map(({ key }) => key.length));
  const texts = settings.map(({ value }) => printable(JSON.stringify(value)));
  const valueWidth = Math.min(40, Math.max(...texts.map((text) => text.length)));
  const lines = settings.map(({ key, from, overridden }, index) => {
    const line = `${printable(key).padEnd(keyWidth)}  ${(texts[index] ?? "").padEnd(valueWidth)}  ${from === null ? "default" : printable(from)}${overridden ? "  (overridden)" : ""}`.trimEnd();
    return from === null || overridden ? paint(line, "faint", "hint") : line;
  });
  const folders = config.sources.filter(({ folder }) => folder !== null).map(({ path, folder }) => `${shown(host, path)} holds for files in ${shown(host, folder ?? "")} alone`);
  const head = config.sources.length === 0 ? "no configuration: everything is at its default" : `read, the weightiest last: ${config.sources.map(({ path }) => printable(shown(host, path))).join(", ")}`;
  const tail = about === null ? [] : ["", `${printable(about.file)} is ${about.excluded ? "excluded" : "analyzed"}${about.cold ? ", never hot" : ""}`, ...Object.entries(about.levels).map(([code, level]) => `  ${code} ${level}`)];
  return `${[paint(head, "strong", "hint"), ...folders, "", ...lines, ...tail].join("\n")}\n`;
}
