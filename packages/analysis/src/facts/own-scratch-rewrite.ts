/**
 * An instance of the project's own class that is gone when the call ends: one is kept at module level, and its fields are written where the other was made.
 *
 *     hit(new Ray(x, y));      hit((rayScratch.x = x, rayScratch.y = y, rayScratch));
 *
 * Theory: must, as in `literal-rewrite.ts`; the constructor does nothing but put its parameters into fields (`plain-constructor.ts`), all of which are passed, each a number or a flag.
 * Known misses: classes that extend others, constructors that compute, classes whose name means something else at module level.
 */
import type { TextEdit } from "../diagnostic.ts";
import { gapsOf, initialOf } from "./literal-rewrite.ts";
import { plainConstructor } from "./plain-constructor.ts";
import { atModuleLevel, hasComment, isAlone, type Rewrite, type RewriteContext, type RewriteSite, textOf, writesOnly } from "./rewrite-site.ts";

export function ownScratchRewrite(context: RewriteContext, site: RewriteSite): Rewrite | null {
  const { module, fn, op } = site;
  if (op.op !== "new" || fn.kind === "module" || !isAlone(site) || op.args.some(({ spread }) => spread) || context.mayRunTwice(module, fn)) return null;
  const type = context.program.tracer.typeOf(module, fn, op.dst);
  const fields = type.kind === "instance" ? plainConstructor(type.module, type.class) : null;
  if (fields === null || type.kind !== "instance" || fields.length !== op.args.length) return null;
  const kept = context.borrowed.of(module, fn, op.dst, "holder");
  if (kept === null || !writesOnly(kept, fields.map(({ name }) => name))) return null;
  const parts = op.args.map(({ temp, span }, slot) => ({ value: span, name: fields.find((field) => field.slot === slot)?.name, initial: initialOf(context, site, temp) }));
  const gaps = gapsOf(op.span, parts);
  if (parts.some(({ name, initial }) => name === undefined || initial === null) || gaps.some((gap) => hasComment(site, gap)) || !/^new\s+[\w$.]+\(\s*$/.test(textOf(site, gaps[0] ?? op.span))) return null;
  const needs = atModuleLevel(site, op.calleeSpan);
  const class_ = textOf(site, op.calleeSpan);
  const name = class_.replace(/^.*\./, "");
  const value = `new ${class_}(${parts.map(({ initial }) => initial).join(", ")})`;
  const scratch = needs === null ? null : context.hoisted.declare(module, { name: `${name.charAt(0).toLowerCase()}${name.slice(1)}Scratch`, value, needs });
  if (scratch === null) return null;
  const edits: TextEdit[] = gaps.map((span, index) => {
    const part = parts[index];
    return { at: { file: module.file, span }, text: part === undefined ? `, ${scratch.name})` : `${index === 0 ? "(" : ", "}${scratch.name}.${part.name} = ` };
  });
  return { title: `overwrite \`${scratch.name}\` of the module instead`, safe: false, edits: [scratch.edit, ...edits] };
}
