/**
 * What a project says that functions do which no table knows and no body shows: `[model]` of its settings. The effect is written into the API key
 * itself (`model/src/native.ts:allocate(pool,0)#acquire`), so that whoever has a key of the tables has one of these, and asks the same questions.
 *
 * A model stands in place of what is known otherwise: a function that has a body and a model does what the model says.
 */
import type { ApiKey } from "../source/traced-type.ts";
import type { CallEffect } from "./calls.ts";
import type { OwnershipEffect, Resource } from "./ownership-api.ts";
import type { RuntimeEffect } from "./runtime-api.ts";

/** Memory that a project's own allocator gives. */
export const MODEL_MEMORY = ["frame", "pool", "heap"] as const;
export type ModelMemory = (typeof MODEL_MEMORY)[number];

/**
 * `on`: the argument that is the allocator; null for what the function is called on, or, of a function by itself, for the file or package that it comes
 * from, all of whose functions then speak of one allocator.
 */
export type ModelEffect =
  /** Begins or ends a frame. */
  | { readonly does: "open" | "close"; readonly on: number | null }
  /** Begins a frame, calls an argument, ends the frame. */
  | { readonly does: "scope"; readonly callback: number; readonly on: number | null }
  /** Gives memory: of the open frame, or such as has to be freed. */
  | { readonly does: "allocate"; readonly memory: ModelMemory; readonly on: number | null }
  /** Takes an argument back; null is what it is called on. */
  | { readonly does: "free"; readonly memory: "pool" | "heap" | null; readonly argument: number | null; readonly on: number | null }
  /** Hands an argument to another agent. */
  | { readonly does: "transfer"; readonly argument: number }
  /** Calls an argument before it returns, or in a later turn. */
  | { readonly does: "call"; readonly callback: number; readonly when: "now" | "later" };

/** By `path#name`, `path#Class.method`, `package#name`, or `global#name`. */
export type Model = ReadonlyMap<string, ModelEffect>;

const PREFIX = "model/";

/** The key of a function that is modelled, as `src/native.ts#Arena.begin` names it. */
export function modelKey(name: string, effect: ModelEffect): ApiKey {
  const hash = name.lastIndexOf("#");
  const operands = Object.values(effect).slice(1).map((each) => each ?? "-");
  return `${PREFIX}${name.slice(0, hash)}:${effect.does}(${operands.join(",")})#${name.slice(hash + 1)}`;
}

export interface Modelled {
  readonly effect: ModelEffect;
  /** The file or package that it comes from. */
  readonly group: string;
  /** It is called on something. */
  readonly isMethod: boolean;
}

/** What the key of a modelled function says; undefined for any other. */
export function modelled(api: ApiKey): Modelled | undefined {
  if (!api.startsWith(PREFIX)) return undefined;
  const [, group = "", does = "", operands = "", name = ""] = /^model\/(.*):(\w+)\(([^)]*)\)#(.*)$/s.exec(api) ?? [];
  return { effect: effectOf(does, operands.split(",")), group, isMethod: name.includes(".") };
}

/** The operands stand in the order of the effect's fields. */
function effectOf(does: string, operands: readonly string[]): ModelEffect {
  const [first = "", second = "", third = ""] = operands;
  const index = (text: string): number | null => (text === "-" ? null : Number(text));
  switch (does) {
    case "open": case "close": return { does, on: index(first) };
    case "scope": return { does, callback: Number(first), on: index(second) };
    case "allocate": return { does, memory: first as ModelMemory, on: index(second) };
    case "free": return { does, memory: first === "-" ? null : (first as "pool" | "heap"), argument: index(second), on: index(third) };
    case "transfer": return { does, argument: Number(first) };
    case "call": return { does, callback: Number(first), when: second as "now" | "later" };
    default: throw new Error(`no model does \`${does}\``);
  }
}

/** An API as messages name it: with its class, without where it comes from. */
export function apiName(api: ApiKey): string {
  return modelled(api) === undefined ? api.replace(/^.*:/, "") : api.slice(api.lastIndexOf("#") + 1);
}

/** Whether the model speaks of something that this module holds, imports, or has without an import. */
export function concernsModel(model: Model, file: string, packages: readonly string[]): boolean {
  for (const name of model.keys()) {
    const group = name.slice(0, name.lastIndexOf("#"));
    // What is declared for all files is reached without an import.
    if (group === file || group === "global" || /\.d\.[cm]?ts$/.test(group) || packages.includes(group)) return true;
  }
  return false;
}

/** In the terms of the runtime's own table. */
export function modelRuntimeEffect({ effect }: Modelled): RuntimeEffect | undefined {
  switch (effect.does) {
    case "open": return { kind: "begin" };
    case "close": return { kind: "end" };
    case "scope": return { kind: "with-frame", callback: effect.callback };
    case "allocate": return { kind: "alloc", memory: effect.memory, gives: "bytes" };
    case "free": return { kind: "free" };
    case "transfer": return { kind: "send", argument: effect.argument };
    case "call": return effect.when === "now" ? { kind: "call-now", callback: effect.callback } : undefined;
  }
}

/** In the terms of the table of ownership. */
export function modelOwnership({ effect }: Modelled): OwnershipEffect | undefined {
  if (effect.does === "allocate" && effect.memory !== "frame") return { kind: "acquire", resource: RESOURCES[effect.memory], owed: true, uses: null };
  if (effect.does !== "free") return undefined;
  // Where the memory is not said, the function takes back whatever it is given.
  return { kind: "release", operand: effect.argument ?? "receiver", takes: effect.memory === null ? [] : [RESOURCES[effect.memory]], again: false, own: effect.memory !== null };
}

const RESOURCES: Readonly<Record<"pool" | "heap", Resource>> = { pool: "pool value", heap: "heap value" };

/** In the terms of the table of calls. */
export function modelCallEffect({ effect }: Modelled): CallEffect | undefined {
  return effect.does === "call" && effect.when === "later" ? { kind: "defer", callbacks: [effect.callback], turn: "always" } : undefined;
}
