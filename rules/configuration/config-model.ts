/** `[model]` of a configuration: what functions of the project's own, or of a package, do that no table knows. */
import { posix } from "node:path";
import type { ModelEffect } from "@framealloc/analysis";
import { MODEL_MEMORY } from "@framealloc/analysis/settings";
import { type Fail, wordsForValue } from "./check-config.ts";
import { nearestWord } from "./nearest-word.ts";
import { isSourceFile } from "./source-file.ts";

export const MODEL_EFFECTS = ["open", "close", "scope", "allocate", "free", "transfer", "call"] as const;
export const MODEL_TIMES = ["now", "later"] as const;

/** A row as it is written: the effect alone, or with what it is about. */
export type ModelValue = (typeof MODEL_EFFECTS)[number] | { readonly effect: (typeof MODEL_EFFECTS)[number]; readonly [option: string]: unknown };

export interface ModelRow {
  /** `/home/me/game/src/native.ts#begin`, `package#Class.method`, `global#name`. */
  readonly name: string;
  readonly effect: ModelEffect;
}

type Option = "on" | "callback" | "memory" | "argument" | "when";

/** What each effect may be told. */
const OPTIONS: Readonly<Record<(typeof MODEL_EFFECTS)[number], readonly Option[]>> = {
  open: ["on"], close: ["on"], scope: ["callback", "on"], allocate: ["memory", "on"], free: ["memory", "argument", "on"], transfer: ["argument"], call: ["callback", "when"],
};

/** Reports the first fault of a table `[model]`. */
export function checkModel(model: unknown, fail: Fail): void {
  if (model === undefined) return;
  if (typeof model !== "object" || model === null || Array.isArray(model)) return fail(`\`model\` must be a table, not ${wordsForValue(model)}`, ["model"], "value");
  for (const [name, value] of Object.entries(model)) {
    const hash = name.lastIndexOf("#");
    if (hash <= 0 || hash === name.length - 1) fail(`\`${name}\` names no function: write \`path#name\`, \`path#Class.method\`, \`package#name\` or \`global#name\``, ["model", name], "key");
    checkRow(name, value, fail);
  }
}

function checkRow(name: string, value: unknown, fail: Fail): void {
  const at = ["model", name];
  if (typeof value === "string") return checkEffect(value, at, at, fail);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(`\`model.${name}\` must be an effect or a table, not ${wordsForValue(value)}`, at, "value", `effects: ${quoted(MODEL_EFFECTS)}`);
  const { effect, ...options } = value as { readonly effect?: unknown };
  if (effect === undefined) return fail(`\`model.${name}.effect\` is missing`, at, "value", `effects: ${quoted(MODEL_EFFECTS)}`);
  checkEffect(effect, [...at, "effect"], at, fail);
  const does = effect as keyof typeof OPTIONS;
  const allowed = OPTIONS[does];
  for (const [key, given] of Object.entries(options)) {
    if (!allowed.some((each) => each === key)) {
      const nearest = nearestWord(key, allowed);
      return fail(`\`${does}\` has no option \`${key}\``, [...at, key], "key", nearest === null ? `its options: ${quoted(allowed)}` : `did you mean \`${nearest}\`?`);
    }
    checkOption(key as Option, does, given, [...at, key], fail);
  }
}

function checkEffect(effect: unknown, at: readonly string[], row: readonly string[], fail: Fail): void {
  if (MODEL_EFFECTS.some((each) => each === effect)) {
    if (effect === "call" && at === row) fail("`call` has to say when", row, "value", 'write `{ effect = "call", when = "now" }` or `"later"`');
    return;
  }
  const nearest = typeof effect === "string" ? nearestWord(effect, MODEL_EFFECTS) : null;
  fail(`\`${at.join(".")}\` must be one of ${quoted(MODEL_EFFECTS)}, not ${wordsForValue(effect)}`, at, "value", nearest === null ? undefined : `did you mean \`"${nearest}"\`?`);
}

function checkOption(key: Option, effect: string, value: unknown, at: readonly string[], fail: Fail): void {
  if (key === "memory" || key === "when") {
    const words: readonly string[] = key === "when" ? MODEL_TIMES : effect === "free" ? MODEL_MEMORY.filter((each) => each !== "frame") : MODEL_MEMORY;
    if (words.some((each) => each === value)) return;
    const nearest = typeof value === "string" ? nearestWord(value, words) : null;
    return fail(`\`${at.join(".")}\` must be one of ${quoted(words)}, not ${wordsForValue(value)}`, at, "value", nearest === null ? undefined : `did you mean \`"${nearest}"\`?`);
  }
  if (key === "argument" && effect === "free" && value === "this") return;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) fail(`\`${at.join(".")}\` must be the number of an argument, from 0${key === "argument" && effect === "free" ? ', or "this"' : ""}, not ${wordsForValue(value)}`, at, "value");
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}

export interface ModelReader {
  /** The configuration's own. */
  readonly folder: string;
  isFile(path: string): boolean;
  /** Names in the folder of a path, for "did you mean". */
  namesBeside(path: string): readonly string[];
  readonly fail: Fail;
}

/** The rows of a checked table. A name is a file's when that file is there, else a package's. */
export function modelRows(model: Readonly<Record<string, ModelValue>> | undefined, reader: ModelReader): readonly ModelRow[] {
  return Object.entries(model ?? {}).map(([key, value]) => {
    const hash = key.lastIndexOf("#");
    const of = key.slice(0, hash);
    const effect = effectOf(typeof value === "string" ? { effect: value } : value, key, reader.fail);
    const path = posix.resolve(reader.folder, of);
    if (reader.isFile(path)) return { name: `${path}${key.slice(hash)}`, effect };
    if (/^\.{0,2}\//.test(of) || (isSourceFile(of) && of.replace(/^@[^/]+\//, "").includes("/"))) {
      const nearest = nearestWord(posix.basename(of), reader.namesBeside(path));
      reader.fail(`no such file: \`${of}\``, ["model", key], "key", nearest === null ? undefined : `did you mean \`${posix.join(posix.dirname(of), nearest)}\`?`);
    }
    return { name: key, effect };
  });
}

function effectOf(row: { readonly effect: (typeof MODEL_EFFECTS)[number]; readonly [option: string]: unknown }, name: string, fail: Fail): ModelEffect {
  const index = (key: Option): number | null => (typeof row[key] === "number" ? row[key] : null);
  switch (row.effect) {
    case "open": case "close": return { does: row.effect, on: index("on") };
    case "scope": return { does: "scope", callback: index("callback") ?? 0, on: index("on") };
    case "allocate": return { does: "allocate", memory: MODEL_MEMORY.find((each) => each === row["memory"]) ?? "frame", on: index("on") };
    case "free": return { does: "free", memory: row["memory"] === "pool" || row["memory"] === "heap" ? row["memory"] : null, argument: row["argument"] === "this" ? null : (index("argument") ?? 0), on: index("on") };
    case "transfer": return { does: "transfer", argument: index("argument") ?? 0 };
    case "call": {
      const when = MODEL_TIMES.find((each) => each === row["when"]) ?? fail("`call` has to say when", ["model", name], "value", '`when = "now"` or `when = "later"`');
      return { does: "call", callback: index("callback") ?? 0, when };
    }
  }
}
