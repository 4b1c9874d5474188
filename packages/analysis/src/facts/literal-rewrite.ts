/**
 * A literal of numbers, strings and flags that is gone when the call ends: one is kept at module level, and its fields are written where the other was made.
 *
 *     place({ x: a, y: b });      place((pointScratch.x = a, pointScratch.y = b, pointScratch));
 *
 * Theory: must, as in `scratch-rewrite.ts`; nobody writes another member into it, which would still be there in the next call. The parts are evaluated in the same order; in TypeScript each is known to be a number or a flag, elsewhere it is not known to be
 * anything but a number, a text or a flag. Constants alone are left to `hoist-rewrite.ts`.
 */
import type { TextEdit } from "../diagnostic.ts";
import type { FunctionIR, Op, Temp } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import { hasComment, isAlone, isTypeScript, type Rewrite, type RewriteContext, type RewriteSite, textOf, writesOnly } from "./rewrite-site.ts";
import { mayBeNothing } from "./absent-values.ts";
import { definition } from "./scratch-objects.ts";

/** One part: where it is written, where its value is, and how the kept object's is called. */
interface Part {
  readonly span: Span;
  readonly value: Span;
  readonly key: string;
  /** `.x`, `[0]` */
  readonly access: string;
  /** As it stands in the literal that is kept: `x: 0`. */
  readonly initial: string;
}

const INITIAL: Readonly<Record<string, string>> = { number: "0", string: '""', boolean: "false" };
const MOST_PARTS = 8;

export function literalRewrite(context: RewriteContext, site: RewriteSite): Rewrite | null {
  const { module, fn, op } = site;
  if ((op.op !== "object" && op.op !== "array") || fn.kind === "module" || !isAlone(site) || context.mayRunTwice(module, fn)) return null;
  const parts = op.op === "object" ? fieldsOf(context, site, op) : elementsOf(context, site, op);
  if (parts === null || parts.length === 0 || parts.length > MOST_PARTS) return null;
  const kept = context.borrowed.of(module, fn, op.dst, "holder");
  if (kept === null || !writesOnly(kept, parts.map(({ key }) => key))) return null;
  const [open, close] = op.op === "object" ? ["{ ", " }"] : ["[", "]"];
  const gaps = gapsOf(op.span, parts);
  if (gaps.some((gap) => hasComment(site, gap))) return null;
  const scratch = context.hoisted.declare(module, { name: nameOf(site, op.dst), value: `${open}${parts.map(({ initial }) => initial).join(", ")}${close}`, needs: [] });
  if (scratch === null) return null;
  const edits: TextEdit[] = gaps.map((span, index) => {
    const part = parts[index];
    return { at: { file: module.file, span }, text: part === undefined ? `, ${scratch.name})` : `${index === 0 ? "(" : ", "}${scratch.name}${part.access} = ` };
  });
  return { title: `overwrite \`${scratch.name}\` of the module instead`, safe: false, edits: [scratch.edit, ...edits] };
}

/** What stands before, between and behind the values. */
export function gapsOf({ start, end }: Span, parts: readonly Pick<Part, "value">[]): Span[] {
  const gaps: Span[] = [];
  let at = start;
  for (const { value } of parts) {
    gaps.push({ start: at, end: value.start });
    at = value.end;
  }
  return [...gaps, { start: at, end }];
}

function fieldsOf(context: RewriteContext, site: RewriteSite, op: Op & { readonly op: "object" }): readonly Part[] | null {
  const parts: Part[] = [];
  for (const { kind, key, keyTemp, value, span } of op.parts) {
    const initial = initialOf(context, site, value);
    if (kind !== "value" || key === null || keyTemp !== null || initial === null || !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) || key === "__proto__") return null;
    const text = textOf(site, span);
    const head = new RegExp(`^(?:${key.replace(/\$/g, "\\$")}|"${key}"|'${key}')\\s*:\\s*`).exec(text)?.[0] ?? (text === key ? "" : null);
    if (head === null) return null;
    parts.push({ span, value: { start: span.start + head.length, end: span.end }, key, access: `.${key}`, initial: `${key}: ${initial}` });
  }
  return new Set(parts.map(({ access }) => access)).size === parts.length && !isAllConstant(site.fn, op.parts.map(({ value }) => value)) ? parts : null;
}

function elementsOf(context: RewriteContext, site: RewriteSite, op: Op & { readonly op: "array" }): readonly Part[] | null {
  const parts: Part[] = [];
  const temps: Temp[] = [];
  for (const [index, element] of op.elements.entries()) {
    const initial = element === null || element.spread ? null : initialOf(context, site, element.temp);
    // Somebody may ask for a tuple, and the array that is kept is none.
    if (element === null || initial === null || isTypeScript(site)) return null;
    temps.push(element.temp);
    parts.push({ span: element.span, value: element.span, key: String(index), access: `[${index}]`, initial });
  }
  return isAllConstant(site.fn, temps) ? null : parts;
}

/** Null for what is no scalar, or not known to be one where that counts. */
export function initialOf({ program }: RewriteContext, site: RewriteSite, temp: Temp): string | null {
  const type = program.tracer.typeOf(site.module, site.fn, temp);
  if (isTypeScript(site) && mayBeNothing(program, site.module, site.fn, temp)) return null;
  // A text may be one of some words.
  if (type.kind === "primitive") return isTypeScript(site) && type.name === "string" ? null : INITIAL[type.name] ?? null;
  return type.kind === "unknown" && !isTypeScript(site) ? "0" : null;
}

function isAllConstant(fn: FunctionIR, temps: readonly Temp[]): boolean {
  return temps.every((temp) => definition(fn, temp)?.op === "const");
}

/** After the variable that it is put into. */
function nameOf({ module, fn, op }: RewriteSite, temp: Temp): string {
  for (const block of fn.blocks) {
    for (const each of block.ops) {
      if (each.op === "store" && each.src === temp) return `${module.variables[each.variable]?.name ?? "literal"}Scratch`;
    }
  }
  return op.op === "array" ? "listScratch" : "objectScratch";
}
