/** Reads one `.fa.toml` and checks everything in it before anything is used; what is wrong is reported with file, line, column and the nearest valid key. */
import { canonicalPackage, ENGINES } from "@framealloc/analysis/settings";
import { parse, TomlDate, TomlError } from "smol-toml";
import * as v from "valibot";
import { type CodeOption, expandCode, type KnownCode } from "./code-set.ts";
import { checkModel } from "./config-model.ts";
import { CONFIG_SCHEMA, type ConfigFile, misplacedTable, validKeys } from "./config-schema.ts";
import { nearestWord } from "./nearest-word.ts";
import { globFault } from "./path-matcher.ts";
import { UsageError } from "./usage-error.ts";

/** What a rule's table sets, by the name of the setting. */
export type OptionValues = Readonly<Record<string, number>>;

export interface CheckedConfig {
  readonly content: ConfigFile;
  /** As it stands in the file, options of rules included. */
  readonly raw: unknown;
  readonly options: OptionValues;
}

/** Never returns normally on a fault: `fail` throws. `shown` names the file in faults of the syntax. */
export function checkConfig(text: string, shown: string, known: readonly KnownCode[], fail: Fail): CheckedConfig {
  const raw = parseToml(text, shown);
  const { plain, tables } = withoutOptions(raw);
  const options: Record<string, number> = {};
  for (const [name, table] of Object.entries(tables)) Object.assign(options, checkOptions(name, table, known, fail));
  checkModel((plain as { readonly model?: unknown }).model, fail);
  const content = checkShape(plain, fail);
  checkEngines(content, fail);
  checkGlobs(content, fail);
  return { content, raw, options };
}

/** The tables of rules' options stand among the keys of `lints`. */
function withoutOptions(content: unknown): { readonly plain: unknown; readonly tables: Readonly<Record<string, unknown>> } {
  const { lints } = content as { readonly lints?: unknown };
  if (typeof lints !== "object" || lints === null || Array.isArray(lints)) return { plain: content, tables: {} };
  const own = Object.entries(lints).filter(([key, value]) => !validKeys(["lints"]).includes(key) && (/^fa\w*$/i.test(key) || (typeof value === "object" && /\d/.test(key))));
  const names = new Set(own.map(([key]) => key));
  return { plain: { ...(content as object), lints: Object.fromEntries(Object.entries(lints).filter(([key]) => !names.has(key))) }, tables: Object.fromEntries(own) };
}

function checkOptions(name: string, table: unknown, known: readonly KnownCode[], fail: Fail): OptionValues {
  const at = ["lints", name];
  const found = expandCode(name, known);
  if (!found.ok) return fail(found.message, at, "key", found.help);
  const [code = name] = found.codes;
  if (found.codes.length > 1) return fail(`\`${name}\` is a family: options are those of one rule`, at, "key");
  if (typeof table !== "object" || table === null || Array.isArray(table)) return fail(`\`lints.${name}\` must be a table, not ${wordsForValue(table)}`, at, "value", "a level is set in `[lints.levels]`");
  const options: Readonly<Record<string, CodeOption>> = known.find((entry) => entry.code === code)?.options ?? {};
  const names = Object.keys(options);
  return Object.fromEntries(Object.entries(table).map(([key, value]) => {
    const option = options[key];
    if (option === undefined) {
      const nearest = nearestWord(key, names);
      return fail(`\`${code}\` has no option \`${key}\``, [...at, key], "key", nearest === null ? (names.length === 0 ? "it has none" : `its options: ${names.map((each) => `\`${each}\``).join(", ")}`) : `did you mean \`${nearest}\`?`);
    }
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0) return fail(`\`lints.${name}.${key}\` must be a whole number, 0 or more, not ${wordsForValue(value)}`, [...at, key], "value");
    return [option.setting, value] as const;
  }));
}

export type Step = string | number;
export type Fail = (message: string, at: readonly Step[], of: "key" | "value", help?: string) => never;

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
  const misplaced = misplacedTable(content);
  if (misplaced !== undefined) return fail(`\`${misplaced.path.join(".")}\` must be a table, not ${wordsForValue(misplaced.value)}`, misplaced.path, "value");
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

export function wordsForValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (value instanceof TomlDate) return "a date";
  if (typeof value === "object" && value !== null) return "a table";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function checkEngines({ hot }: ConfigFile, fail: Fail): void {
  hot?.engines?.forEach((engine, index) => {
    if (ENGINES.includes(canonicalPackage(engine))) return;
    const nearest = nearestWord(engine, ENGINES);
    fail(`unknown engine \`${engine}\``, ["hot", "engines", index], "value", nearest === null ? `known: ${ENGINES.map((each) => `\`${each}\``).join(", ")}` : `did you mean \`${nearest}\`?`);
  });
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
  for (const glob of Object.keys(config.tags?.module_tags ?? {})) {
    const fault = globFault(glob);
    if (fault !== null) fail(`bad glob \`${glob}\`: ${fault}`, ["tags", "module_tags", glob], "key");
  }
  config.overrides?.forEach((override, index) => { check(override.files, ["overrides", index, "files"]); });
}

