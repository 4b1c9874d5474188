/**
 * What it means that a branch is taken one way: a place is empty there, or full; two places differ; one number is below another; the program
 * runs in development. `cold-blocks.ts` asks whether the code on that way puts an end to it.
 */
import type { Places, Place } from "../dataflow/places.ts";
import type { Op, Temp, Terminal } from "../source/ir.ts";
import { bitAsked, bitCompared } from "./bit-flags.ts";
import { lookupsOf } from "./lookups.ts";

export type Condition =
  /** The place holds nothing yet: undefined, null, false, 0, -1, "". `temp` is the value that was tested. */
  | { readonly kind: "empty"; readonly place: Place; readonly temp: Temp }
  | { readonly kind: "full"; readonly place: Place }
  | { readonly kind: "differ"; readonly places: readonly Place[]; readonly temps: readonly Temp[] }
  /** `state !== "closed"`: `text` is of the constant, one that no empty place holds. */
  | { readonly kind: "other"; readonly place: Place; readonly text: string }
  /** `count === capacity` */
  | { readonly kind: "meet"; readonly places: readonly Place[] }
  /** `temps` are the smaller one and the larger one. */
  | { readonly kind: "below"; readonly small: Place; readonly large: Place; readonly temps: readonly Temp[] }
  /** True in development only, only when a class is called without `new`, or on an occasion: the frame in which a key is pressed, while a page has lost the focus. */
  | { readonly kind: "never-in-production"; readonly why: string };

export type Branch = Terminal & { readonly kind: "branch" };

/** The reason of code that a released program has no part in. */
export const DEVELOPMENT = "runs in development only";
const EMPTY_CONSTANTS: readonly unknown[] = [null, false, 0, -1, "", "undefined"];
const DEVELOPMENT_WORDS: ReadonlySet<string> = new Set(["dev", "debug", "debugging", "development", "assert", "asserts", "verbose"]);
/** Part of each of these words: few names need be taken apart. */
const MAY_SAY_DEVELOPMENT = /dev|debug|assert|verbose/i;
const OF_DEBUGGING: ReadonlySet<string> = new Set(["debug", "debugging"]);
const NOT: ReadonlySet<string> = new Set(["no", "not", "non", "without", "disable", "disabled", "hide", "hidden", "skip", "off", "un"]);
const EQUALITY: ReadonlySet<string> = new Set(["===", "==", "!==", "!="]);
/** Methods by whose answer a change is noticed. */
const SAME: ReadonlySet<string> = new Set(["equals", "equal", "isEqual", "exactEquals"]);

/** Functions that do the same for two values: `sameKeys(a, b)`, `arraysEqual(a, b)`. */
const COMPARES = /^(?:is)?(?:same|equals?)|Equals?$/i;

/** `wasPressed`, `mouseWasReleased`, `isKeyJustPressed`, `JustDown`: true in the one frame in which it happens. */
const HAPPENS = /(?:^|[a-z_])(?:[wW]as|[jJ]ust|Just)(?:Pressed|Released|Clicked|Tapped|Down|Up)$/;

/** What questions about the device say when they are answered so; null for any other question. */
function occasionAsked(name: string, truthy: boolean): string | null {
  if (truthy && HAPPENS.test(name)) return "runs when something is pressed or let go";
  if (truthy && name === "isContextLost") return "runs while the device is lost";
  return !truthy && name === "hasFocus" ? "runs while nobody looks at the page" : null;
}

/** What counts the things in a container, and is never below 0. */
const COUNT = /\.(?:length|size)$/;

/** The places that a condition is about. */
export function placesIn(condition: Condition): readonly Place[] {
  switch (condition.kind) {
    case "empty": case "full": case "other": return [condition.place];
    case "differ": case "meet": return condition.places;
    case "below": return [condition.small, condition.large];
    case "never-in-production": return [];
  }
}

/** Null when the way says nothing that matters. */
export function conditionOf(places: Places, branch: Branch, taken: boolean): Condition | null {
  if (branch.on === "truthy") return testOf(places, branch.test, taken);
  const place = places.of(branch.test);
  return taken ? { kind: "empty", place, temp: branch.test } : { kind: "full", place };
}

/** The same of a value that is found to be truthy, or falsy. */
export function testOf(places: Places, temp: Temp, truthy: boolean): Condition | null {
  const op = places.origin(temp);
  if (op?.op === "unary" && op.operator === "!") return testOf(places, op.src, !truthy);
  if (op?.op === "binary") return binary(places, op, truthy);
  if (op?.op === "call") return call(places, op, temp, truthy);
  const named = op?.op === "load" ? namedTest(places, op.variable) : null;
  if (named !== null) {
    const meant = testOf(places, named, truthy);
    // What it was computed from has no place: the constant itself has one.
    if (meant !== null && ((meant.kind !== "full" && meant.kind !== "empty") || meant.place !== null)) return meant;
  }
  const place = places.of(temp);
  if (truthy && isOfDevelopment(places, temp)) return { kind: "never-in-production", why: DEVELOPMENT };
  return truthy ? { kind: "full", place } : { kind: "empty", place, temp };
}

function isOfDevelopment(places: Places, temp: Temp): boolean {
  const op = places.origin(temp);
  const place = places.of(temp);
  // A constant has a name of its own, whatever it was set to.
  const name = op?.op === "load" ? places.module.variables[op.variable]?.name ?? "" : "";
  return isDevelopmentName(name) || (place !== null && isDevelopmentName(lastSegment(places, place)));
}

/** `const changed = a !== b; if (changed) ...`: the test that a constant of this function stands for. */
function namedTest(places: Places, variable: number): Temp | null {
  const [store, ...others] = places.storesOf(variable);
  if (store === undefined || others.length > 0 || !store.init || places.module.variables[variable]?.owner !== places.fn.id) return null;
  const value = places.origin(store.src);
  return value?.op === "binary" || (value?.op === "unary" && value.operator === "!") ? store.src : null;
}

function binary(places: Places, op: Op & { readonly op: "binary" }, truthy: boolean): Condition | null {
  if (op.operator === "&") {
    const bit = bitAsked(places, op.dst);
    return bit === null ? null : truthy ? { kind: "full", place: bit } : { kind: "empty", place: bit, temp: op.dst };
  }
  if (EQUALITY.has(op.operator)) return equality(places, op, (op.operator === "===" || op.operator === "==") === truthy);
  const left = places.of(op.left);
  const right = places.of(op.right);
  if (op.operator === "in") return truthy ? null : { kind: "empty", place: memberAsked(places, right, op.left), temp: op.dst };
  if (op.operator === "instanceof") {
    if (truthy) return null;
    return left === "this" ? { kind: "never-in-production", why: "runs when a class is called without `new`" } : { kind: "empty", place: left, temp: op.left };
  }
  const below = op.operator === "<" || op.operator === "<=";
  if (!below && op.operator !== ">" && op.operator !== ">=") return null;
  const [small, large] = below === truthy ? [op.left, op.right] as const : [op.right, op.left] as const;
  const least = constantOf(places, small)?.value;
  // `list.length > 0` is `list.length`.
  const counted = places.of(large);
  if (least === ((op.operator === "<" || op.operator === ">") === truthy ? 0 : 1) && counted !== null && COUNT.test(counted)) return { kind: "full", place: counted };
  // `debugLevel > 0`
  if (typeof least === "number" && least >= 0 && isOfDevelopment(places, large)) return { kind: "never-in-production", why: DEVELOPMENT };
  return { kind: "below", small: places.of(small), large: places.of(large), temps: [small, large] };
}

/** `"ready" in o`; `key in o` asks for an element, which no member of another name is. */
function memberAsked(places: Places, holder: Place, name: Temp): Place {
  const key = constantOf(places, name);
  if (holder === null) return null;
  return key?.type === "string" ? places.memberOf(holder, String(key.value)) : `${holder}.has()`;
}

function equality(places: Places, op: Op & { readonly op: "binary" }, equal: boolean): Condition | null {
  const left = constantOf(places, op.left);
  const right = constantOf(places, op.right);
  const bit = bitCompared(places, op);
  if (bit !== null) return equal ? { kind: "full", place: bit } : { kind: "empty", place: bit, temp: op.dst };
  if (left === undefined && right === undefined) {
    const compared = [places.of(op.left), places.of(op.right)];
    return equal ? { kind: "meet", places: compared } : { kind: "differ", places: [...compared, ...lookedUpFor(places, op.left), ...lookedUpFor(places, op.right)], temps: [op.left, op.right] };
  }
  const constant = right ?? left;
  const tested = right === undefined ? op.right : op.left;
  const subject = places.origin(tested);
  if (subject?.op === "unary" && subject.operator === "typeof") return constant?.value === "undefined" ? absence(places, subject.src, equal) : null;
  const place = places.of(tested);
  if (place?.endsWith(".NODE_ENV") === true || place?.endsWith(".MODE") === true) {
    const production = constant?.value === "production";
    return production !== equal ? { kind: "never-in-production", why: DEVELOPMENT } : null;
  }
  // `same(a, b) === false` says what `!same(a, b)` says.
  if (typeof constant?.value === "boolean") return testOf(places, tested, constant.value === equal);
  if (EMPTY_CONSTANTS.includes(constant?.type === "undefined" ? null : constant?.value)) return absence(places, tested, equal);
  return equal || constant === undefined || place === null ? null : { kind: "other", place, text: constantKey(constant) };
}

/** Equal for equal constants. */
export function constantKey({ type, value }: Op & { readonly op: "const" }): string {
  return `${type} ${String(value)}`;
}

/** `const known = found !== undefined ? found.version : 0`: what else a value without a place was read from. */
function lookedUpFor(places: Places, temp: Temp): readonly Place[] {
  const op = places.origin(temp);
  if (op?.op !== "load" || !places.isLocal(op.variable) || places.storesOf(op.variable).length !== 1) return [];
  return lookupsOf(places, op.variable).flatMap((each) => (each.op === "get" ? [places.of(each.dst)] : []));
}

function absence(places: Places, temp: Temp, empty: boolean): Condition {
  const place = bitAsked(places, temp) ?? places.of(temp);
  if (!empty && isOfDevelopment(places, temp)) return { kind: "never-in-production", why: DEVELOPMENT };
  return empty ? { kind: "empty", place, temp } : { kind: "full", place };
}

function call(places: Places, op: Op & { readonly op: "call" }, temp: Temp, truthy: boolean): Condition | null {
  const receiver = op.receiver === null ? null : places.of(op.receiver);
  const first = op.args[0];
  if (op.key !== null && SAME.has(op.key)) return truthy ? null : { kind: "differ", places: [receiver, first === undefined ? null : places.of(first.temp)], temps: [] };
  const [one, other, ...more] = op.args;
  if (receiver === null && one !== undefined && other !== undefined && more.length === 0 && COMPARES.test(calledBy(places, op))) return truthy ? null : { kind: "differ", places: [places.of(one.temp), places.of(other.temp)], temps: [] };
  const occasion = occasionAsked(op.key ?? calledBy(places, op), truthy);
  if (occasion !== null) return { kind: "never-in-production", why: occasion };
  const place = receiver === null ? null : `${receiver}.${op.key ?? "*"}()`;
  if (truthy) return op.key !== null && /^has[A-Z]/.test(op.key) ? { kind: "full", place } : null;
  return { kind: "empty", place, temp };
}

function calledBy(places: Places, op: Op & { readonly op: "call" }): string {
  const callee = places.origin(op.callee);
  return callee?.op === "load" ? places.module.variables[callee.variable]?.name ?? "" : callee?.op === "global" ? callee.name : "";
}

function constantOf(places: Places, temp: Temp): (Op & { readonly op: "const" }) | undefined {
  const op = places.origin(temp);
  if (op?.op === "const") return op;
  if (op?.op === "unary" && op.operator === "-") {
    const inner = places.origin(op.src);
    if (inner?.op === "const" && typeof inner.value === "number") return { ...inner, value: -inner.value };
  }
  // `undefined` is a global name; `void 0` is as good.
  if ((op?.op === "global" && op.name === "undefined") || (op?.op === "unary" && op.operator === "void")) return { op: "const", dst: temp, type: "undefined", value: null, span: op.span };
  return undefined;
}

/** Its name: of a variable what it is declared as. */
export function lastSegment(places: Places, place: string): string {
  const variable = places.variableOf(place);
  if (variable !== null) return places.module.variables[variable]?.name ?? "";
  return place.slice(Math.max(place.lastIndexOf("."), place.lastIndexOf(":")) + 1);
}

/** `DEBUG`, `__DEV__`, `_ASSERT`, `isDebug`, `debugMode`, `uiDebug`; not `device`, not `noDebug`. */
export function isDevelopmentName(name: string): boolean {
  if (!MAY_SAY_DEVELOPMENT.test(name)) return false;
  const words = wordsOf(name);
  const [first, second] = words;
  if (first === undefined) return false;
  // `uiDebug`, not `noDebug`.
  if (OF_DEBUGGING.has(words.at(-1) ?? "") && !words.some((word) => NOT.has(word))) return true;
  return DEVELOPMENT_WORDS.has(first === "is" || first === "show" || first === "enable" ? second ?? "" : first);
}

/** `debugRender`, `drawDebugData`, `renderDebug`: what a released program does not call. */
export function isDevelopmentFunction(name: string): boolean {
  return MAY_SAY_DEVELOPMENT.test(name) && (isDevelopmentName(name) || wordsOf(name).some((word) => OF_DEBUGGING.has(word)));
}

function wordsOf(name: string): readonly string[] {
  return name.replace(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase().split(/[_$]+/).filter((word) => word !== "");
}
