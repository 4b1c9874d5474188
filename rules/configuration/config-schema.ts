/**
 * What `.fa.toml` may hold, as one valibot schema: the source of the checks, of the list of valid keys for "did you mean", and of the JSON
 * Schema that is shipped for editors. Only what the command acts on is in it. Options of rules (`[lints.CODE]`) come from the rules themselves.
 */
import { MODEL_MEMORY } from "@framealloc/analysis/settings";
import { TomlDate } from "smol-toml";
import * as v from "valibot";
import { MODEL_EFFECTS, MODEL_TIMES } from "./config-model.ts";
import { LEVELS, SEVERITIES } from "./levels.ts";

const describe = <T extends v.GenericSchema>(schema: T, description: string) => v.optional(v.pipe(schema, v.description(description)));
const texts = v.array(v.string());
const levels = v.record(v.string(), v.picklist(LEVELS));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const CONFIG_SCHEMA = v.strictObject({
  global: describe(
    v.strictObject({
      extends: describe(texts, "Configurations this one builds on, relative to it; the nearer one wins."),
      min_severity: describe(v.picklist(SEVERITIES), "Findings below this severity are dropped."),
      exclude: describe(texts, "Globs of files to leave out, relative to this file."),
      deny_warnings: describe(v.boolean(), "Warnings fail the run, as with `-W`."),
      runtime_packages: describe(texts, "Packages that are the framealloc runtime, under whatever name."),
    }),
    "What holds for the whole run.",
  ),
  lints: describe(
    v.strictObject({
      disabled: describe(texts, "Codes, or families as `FA6xx`, that are not run."),
      levels: describe(levels, "A level for a code or a family: allow, hint, warn or deny."),
    }),
    "Which rules run, how grave their findings are, and their options.",
  ),
  tags: describe(
    v.strictObject({
      known_tags: describe(texts, "The tags that memory may carry."),
      warn_unknown_tags: describe(v.boolean(), "Report tags that are not among them."),
      module_tags: describe(v.record(v.string(), texts), "The tags that the files of a glob may use."),
    }),
    "Tags of memory, and who may use them.",
  ),
  thresholds: describe(
    v.strictObject({
      loop_allocation_limit: describe(count, "Allocations in loops of more rounds than this are reported."),
      hot_path_bytes: describe(count, "Garbage on a hot path is reported from this many bytes a call."),
    }),
    "Figures that rules compare with.",
  ),
  hot: describe(
    v.strictObject({
      entries: describe(texts, "Functions called every frame: `src/game.ts#Game.update`."),
      cold: describe(texts, "Globs of files that are never hot."),
      engines: describe(texts, "The engines whose hooks run every frame, by package: `three`; those that are imported when nobody says."),
    }),
    "What runs every frame.",
  ),
  model: describe(
    v.record(v.string(), v.union([v.picklist(MODEL_EFFECTS), v.strictObject({
      effect: v.pipe(v.picklist(MODEL_EFFECTS), v.description("What the function does.")),
      on: describe(count, "Which argument is the allocator; without it what the function is called on, or its file or package."),
      memory: describe(v.picklist(MODEL_MEMORY), "Which memory it gives or takes back."),
      argument: describe(v.union([count, v.literal("this")]), "Which argument is freed or transferred; `this` for what the function is called on."),
      callback: describe(count, "Which argument is called."),
      when: describe(v.picklist(MODEL_TIMES), "Whether it is called before the function returns, or in a later turn."),
    })])),
    "What functions of the project's own or of a package do: `path#name`, `path#Class.method`, `package#name` or `global#name`.",
  ),
  overrides: describe(
    v.array(v.strictObject({ files: v.pipe(texts, v.minLength(1)), levels })),
    "Levels for some files; a later override wins.",
  ),
});

export type ConfigFile = v.InferOutput<typeof CONFIG_SCHEMA>;

/** The keys that are valid in the table at a path (`["lints"]`); empty where any key is. */
export function validKeys(path: readonly (string | number)[]): readonly string[] {
  let schema: unknown = CONFIG_SCHEMA;
  for (const step of path) {
    schema = unwrap(schema);
    if (isObject(schema, "entries")) schema = (schema.entries as Record<string, unknown>)[String(step)];
    else if (isObject(schema, "item")) schema = schema.item;
    else return [];
  }
  schema = unwrap(schema);
  return isObject(schema, "entries") ? Object.keys(schema.entries as object) : [];
}

/** Where the first value stands that is no table and has to be one; undefined when there is none. The library takes arrays and dates for tables. */
export function misplacedTable(value: unknown, schema: unknown = CONFIG_SCHEMA, path: readonly (string | number)[] = []): { readonly path: readonly (string | number)[]; readonly value: unknown } | undefined {
  const inner = unwrap(schema);
  const isTable = isObject(inner, "entries") || isObject(inner, "value");
  if (typeof value !== "object" || value === null) return undefined;
  if (isTable && (Array.isArray(value) || value instanceof TomlDate)) return { path, value };
  for (const [key, each] of Object.entries(value)) {
    const part = isObject(inner, "entries") ? (inner.entries as Record<string, unknown>)[key] : isObject(inner, "value") ? inner.value : isObject(inner, "item") ? inner.item : undefined;
    const found = part === undefined ? undefined : misplacedTable(each, part, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `optional` wraps a schema, `pipe` keeps it as its own first step. */
function unwrap(schema: unknown): unknown {
  return isObject(schema, "wrapped") ? unwrap(schema.wrapped) : schema;
}

function isObject<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === "object" && value !== null && key in value;
}
