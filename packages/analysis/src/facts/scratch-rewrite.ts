/**
 * An instance of an engine's plain class, or a typed array, that is gone when the call ends: one is kept at module level and written anew where the other was
 * made.
 *
 *     const away = new Vector3(x, y, 0);      const away = vector3Scratch.set(x, y, 0);
 *     const side = forward.clone();           const side = vector3Scratch.copy(forward);
 *     const row = new Float32Array(16);       const row = rowScratch.fill(0);
 *
 * Theory: must. The value does not outlive the call or the round (`borrowed-values.ts`), no second run of the function begins meanwhile, and the member that
 * writes it does what the constructor does (`knowledge/scratch-makers.ts`): no argument is nothing, and no member but the class's own is written. Calls that nobody can name are taken not to come back.
 */
import type { TextEdit } from "../diagnostic.ts";
import { canonicalApi } from "../knowledge/package-aliases.ts";
import { clonedInPlace, madeInPlace } from "../knowledge/scratch-makers.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { valueUses } from "../dataflow/value-uses.ts";
import { overwritesReceiver, scratchClass } from "../knowledge/scratch-apis.ts";
import { isOfModule } from "./hoisted-constant.ts";
import { atModuleLevel, hasComment, isAlone, type Rewrite, type RewriteContext, type RewriteSite, textOf, writesOwn } from "./rewrite-site.ts";
import { mayBeNothing } from "./absent-values.ts";
import { definition } from "./scratch-objects.ts";

/** Those that write each part whatever they are given. */
const OVERWRITES = /^(?:copy|copyFrom|add(?:Vectors|2)|sub(?:Vectors|2)|crossVectors|lerpVectors|multiply(?:Matrices|Quaternions)|slerpQuaternions|make[A-Z]\w*|compose|setFromAxisAngle|setFromEuler|setFromUnitVectors|setFromMatrixPosition|setFromSpherical)$/;
const TYPED_ARRAY = /^global:((?:Float|Int|Uint)\d+(?:Clamped)?Array|Big(?:Int|Uint)64Array)$/;

export function scratchRewrite(context: RewriteContext, site: RewriteSite): Rewrite | null {
  const { module, fn, op } = site;
  if (fn.kind === "module" || !isAlone(site) || context.mayRunTwice(module, fn)) return null;
  if (op.op === "call") return ofClone(context, site, op);
  if (op.op !== "new" || op.args.some(({ spread }) => spread)) return null;
  const { apis, functions } = context.program.tracer.targets(module, fn, op.dst);
  const [api] = apis;
  if (api === undefined || apis.length > 1 || functions.length > 0) return null;
  return TYPED_ARRAY.test(api) ? ofTypedArray(context, site, op) : ofInstance(context, site, op, api);
}

function ofInstance(context: RewriteContext, site: RewriteSite, op: Op & { readonly op: "new" }, api: string): Rewrite | null {
  const { module, fn } = site;
  const made = madeInPlace(api, op.args.length);
  const kept = made === null ? null : context.borrowed.of(module, fn, op.dst, made.scalar ? "holder" : "value", api);
  if (made === null || kept === null || !writesOwn(kept) || op.args.some(({ temp }) => mayBeNothing(context.program, module, fn, temp))) return null;
  const [first] = op.args;
  const head = { start: op.span.start, end: first === undefined ? op.span.end : first.span.start };
  if (hasComment(site, head) || (first !== undefined && !/^new\s+[\w$.\s]+\(\s*$/.test(textOf(site, head)))) return null;
  const needs = atModuleLevel(site, op.calleeSpan);
  const scratch = needs === null ? null : context.hoisted.declare(module, { name: scratchName(api), value: `new ${textOf(site, op.calleeSpan)}()`, needs });
  if (scratch === null) return null;
  if (first === undefined && isOverwritten(fn, op.dst, api)) return { title: `overwrite \`${scratch.name}\` of the module instead`, safe: false, edits: [scratch.edit, { at: { file: module.file, span: head }, text: scratch.name }] };
  const space = /\s*$/.exec(textOf(site, head))?.[0] ?? "";
  const edit = { at: { file: module.file, span: head }, text: `${scratch.name}.${made.call}${made.keepsArguments ? `(${space}` : ""}` };
  return { title: `overwrite \`${scratch.name}\` of the module instead`, safe: false, edits: [scratch.edit, edit] };
}

/** Written whole by what it is made for: `new Matrix4().makeRotationY(angle)`. */
function isOverwritten(fn: FunctionIR, made: Temp, api: ApiKey): boolean {
  const class_ = scratchClass(api);
  const [use, ...others] = valueUses(fn).of(made).filter(({ role }) => role !== "callee" && role !== "read-from");
  return class_ !== undefined && others.length === 0 && use?.role === "receiver" && use.op.key !== null && OVERWRITES.test(use.op.key) && overwritesReceiver(class_, use.op.key);
}

function ofClone(context: RewriteContext, site: RewriteSite, op: Op & { readonly op: "call" }): Rewrite | null {
  const { module, fn } = site;
  if (op.args.length > 0 || op.receiver === null || op.key !== "clone") return null;
  const { apis, functions } = context.program.tracer.targets(module, fn, op.dst);
  const [api] = apis;
  const cloned = api === undefined || apis.length > 1 || functions.length > 0 ? null : clonedInPlace(api);
  const kept = cloned === null ? null : context.borrowed.of(module, fn, op.dst, cloned.scalar ? "holder" : "value", `${cloned.package}:${cloned.name}`);
  if (cloned === null || kept === null || !writesOwn(kept)) return null;
  const receiver = textOf(site, op.calleeSpan).replace(/\s*\.\s*clone$/, "");
  const class_ = importedClass(context, module, cloned);
  // An optional call gives nothing for nothing.
  if (class_ === null || hasComment(site, op.span) || receiver === textOf(site, op.calleeSpan) || receiver.includes("?") || !/^\(\s*\)$/.test(textOf(site, { start: op.calleeSpan.end, end: op.span.end }))) return null;
  const scratch = context.hoisted.declare(module, { name: scratchName(`${cloned.package}:${cloned.name}`), value: `new ${class_.text}()`, needs: [class_.variable] });
  if (scratch === null) return null;
  const { start, end } = op.span;
  const edits: TextEdit[] = [
    scratch.edit,
    { at: { file: module.file, span: { start, end: start } }, text: `${scratch.name}.${cloned.copy}(` },
    { at: { file: module.file, span: { start: start + receiver.length, end } }, text: ")" },
  ];
  return { title: `copy into \`${scratch.name}\` of the module instead`, safe: false, edits };
}

/** Zeroes of a size that is written there; what it is filled with comes after. */
function ofTypedArray(context: RewriteContext, site: RewriteSite, op: Op & { readonly op: "new" }): Rewrite | null {
  const { module, fn } = site;
  const [size] = op.args;
  const made = size === undefined || op.args.length > 1 ? undefined : definition(fn, size.temp);
  const constant = made?.op === "load" ? context.program.tracer.typeOf(module, fn, made.dst) : null;
  if (size === undefined || !((made?.op === "const" && made.type === "number") || (constant?.kind === "primitive" && constant.name === "number"))) return null;
  const needs = atModuleLevel(site, op.span);
  const kept = needs === null ? null : context.borrowed.of(module, fn, op.dst, "value");
  if (needs === null || kept === null || !writesOwn(kept)) return null;
  const name = textOf(site, op.calleeSpan);
  const scratch = context.hoisted.declare(module, { name: `${name.charAt(0).toLowerCase()}${name.slice(1)}Scratch`, value: textOf(site, op.span), needs });
  if (scratch === null) return null;
  const zero = name.startsWith("Big") ? "0n" : "0";
  return { title: `clear \`${scratch.name}\` of the module instead`, safe: false, edits: [scratch.edit, { at: { file: module.file, span: op.span }, text: `${scratch.name}.fill(${zero})` }] };
}

function scratchName(api: string): string {
  const name = canonicalApi(api).replace(/^.*:/, "").replace(/[.#].*$/, "");
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}Scratch`;
}

/** How the module calls the class of a package. */
function importedClass({ program }: RewriteContext, module: ModuleIR, { package: owner, name }: { readonly package: string; readonly name: string }): { readonly text: string; readonly variable: VariableId } | null {
  for (const { variable, specifier, imported, typeOnly } of module.imports) {
    const package_ = program.resolve(module.file, specifier).package;
    const local = variable === null ? undefined : module.variables[variable];
    if (variable === null || local === undefined || typeOnly || package_ === null || canonicalApi(`${package_}:x`) !== `${owner}:x` || !isOfModule(module, variable)) continue;
    if (imported === name) return { text: local.name, variable };
    if (imported === "*") return { text: `${local.name}.${name}`, variable };
  }
  return null;
}
