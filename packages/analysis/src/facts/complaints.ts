/**
 * What reports a fault: `console.error` and the like, the functions of that name that a library wraps around them, such methods of what is called a logger, and making an error, whoever is
 * handed it (`reportError(new RangeError(...))`, `callback(new Timeout())`). Syntactic, may.
 * Known misses: wrappers under other names.
 */
import type { Places } from "../dataflow/places.ts";
import type { FunctionIR, Op, Temp } from "../source/ir.ts";

const COMPLAINTS: ReadonlySet<string> = new Set(["error", "warn", "assert", "trace"]);
/** What libraries call their wrappers of these. */
const WRAPPERS: ReadonlySet<string> = new Set(["warn", "warnOnce", "error", "errorOnce"]);
/** What the object is called that has such methods, or what gives it: `Logger.getInstance()`, `getLogger("physics")`. */
const LOGGER = /(?:^|[._#\]]|\bget)(?:log|logger|debug)(?:\.(?:get|instance|shared|default)\w*)?(?:\(\))?$/i;
/** What errors are called: the platform's, and classes of a program's own. */
const ERROR = /(?:^|[a-z\d.:])(?:Error|Exception)$/;

/** Whether the operation calls one of them, or makes an error. */
export function complains(places: Places, op: Op): boolean {
  if (op.op === "new") return ERROR.test(nameOf(places, op.callee));
  if (op.op !== "call") return false;
  const place = places.of(op.callee);
  if (place?.startsWith("g:console.") === true) return COMPLAINTS.has(place.slice("g:console.".length));
  if (op.receiver !== null && op.key !== null && WRAPPERS.has(uncapitalized(op.key)) && LOGGER.test(nameOf(places, op.receiver))) return true;
  const variable = places.variableOf(place);
  const declared = variable === null ? undefined : places.module.variables[variable];
  if ((declared?.kind === "function" || declared?.kind === "const") && WRAPPERS.has(declared.name)) return places.module.functions.some((fn) => fn.name === declared.name && isComplaint(fn));
  const imported = places.module.imports.find((each) => each.variable === variable && variable !== null);
  return imported !== undefined && WRAPPERS.has(imported.imported);
}

/** `Logger.Warn` is `Logger.warn`. */
function uncapitalized(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}

function nameOf(places: Places, temp: Temp): string {
  const made = places.origin(temp);
  if (made?.op === "call" && made.receiver === null) return `${nameOf(places, made.callee)}()`;
  const place = places.of(temp) ?? "";
  return place.replace(/^v(\d+)/, (_, variable: string) => places.module.variables[Number(variable)]?.name ?? "");
}

/** A function that is there to report faults: it has such a name, is no method, and writes to the console or hands on to another one. */
export function isComplaint(fn: FunctionIR): boolean {
  if (!WRAPPERS.has(fn.name) || fn.class !== null) return false;
  return fn.blocks.some((block) => block.ops.some((op) => (op.op === "global" && op.name === "console") || (op.op === "call" && op.key !== null && WRAPPERS.has(op.key))));
}
