/**
 * A loop over the entries of a `Map` makes a pair a round. Where the loop takes them apart in its head, the keys or the values alone do:
 *
 *     for (const [, mesh] of meshes)        for (const mesh of meshes.values())
 *     for (const [id] of meshes)            for (const id of meshes.keys())
 *     for (const [id, mesh] of meshes) {    for (const id of meshes.keys()) { const mesh = meshes.get(id);
 *
 * The first two are the same program. The third reads the value at the start of the round, where the pair was made: the same, too, unless the map is a
 * subclass with a `get` of its own, or its field is given another one meanwhile by code outside of the project; in TypeScript the value is told to be there.
 * Theory: the loop's head is read as text, since the intermediate form does not say how it is written; anything but names in the pattern is left alone.
 */
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { namesMember } from "../source/module-ops.ts";
import type { Span } from "../source/span.ts";
import { loopStatement, type ModuleText, moduleText } from "../source/module-text.ts";
import { isOfAnother } from "./kept-places.ts";
import { isAlone, isNamedAgain, isTypeScript, type Rewrite, type RewriteContext, type RewriteSite, textOf } from "./rewrite-site.ts";
import { definition } from "./scratch-objects.ts";

const NAME = "[\\p{ID_Start}$_][\\p{ID_Continue}$]*";
const HEAD = new RegExp(`^for\\s*\\(\\s*(const|let)\\s+(\\[\\s*(${NAME})?\\s*(?:,\\s*(${NAME})\\s*)?,?\\s*\\])\\s+of\\s+$`, "u");

export function entriesRewrite(context: RewriteContext, site: RewriteSite): Rewrite | null {
  const { module, fn, op } = site;
  const source = moduleText(module);
  const loop = op.op === "iterate" ? fn.blocks.find((block) => block.terminal.kind === "next" && block.terminal.iterator === op.dst) : undefined;
  if (source === null || op.op !== "iterate" || op.form !== "of" || !isAlone(site) || loop?.loopSpan == null) return null;
  const map = mapOf(site, op);
  if (map === null) return null;
  const start = loop.loopSpan.start;
  const [whole, keyword = "", pattern = "", key, value] = HEAD.exec(source.text.slice(start, map.start)) ?? [];
  if (whole === undefined || (key === undefined && value === undefined)) return null;
  const at = start + whole.indexOf(pattern);
  const edit = (from: number, to: number, text: string) => ({ at: { file: module.file, span: { start: from, end: to } }, text });
  const only = key === undefined ? value : value === undefined ? key : undefined;
  if (only !== undefined) {
    const member = only === key ? "keys" : "values";
    return { title: `iterate the ${member} alone`, safe: true, edits: [edit(at, at + pattern.length, only), edit(map.end, map.end, `.${member}()`)] };
  }
  const body = /^\s*\)\s*\{/.exec(source.text.slice(map.end))?.[0];
  const receiver = source.text.slice(map.start, map.end);
  if (body === undefined || keyword !== "const" || !new RegExp(`^(?:this\\.)?${NAME}$`, "u").test(receiver) || receiver === value || receiver === key || isReplaced(context, site, op)) return null;
  const statement = loopStatement(loop.loopSpan);
  if (statement === null || isNamedAgain(site, receiver, statement)) return null;
  const { at: behind, indent } = firstLine(source, map.end + body.length);
  const read = `const ${value} = ${receiver}.get(${key})${isTypeScript(site) ? "!" : ""};`;
  const edits = [edit(at, at + pattern.length, key ?? ""), edit(map.end, map.end, ".keys()"), edit(behind, behind, indent === null ? ` ${read}` : `\n${indent}${read}`)];
  return { title: "iterate the keys, and read each value", safe: false, edits };
}

/** The map as it is written: a name or a chain of members, or what `.entries()` is asked of. */
function mapOf(site: RewriteSite, op: Op & { readonly op: "iterate" }): Span | null {
  const made = definition(site.fn, op.src);
  if (made === undefined || (made.op !== "load" && made.op !== "get")) return null;
  return /^(?:this\s*\.\s*)?[\p{ID_Start}$_#][\p{ID_Continue}$.#]*$/u.test(textOf(site, made.span)) ? made.span : null;
}

/** Whether the variable or field that holds the map may hold another one in the middle of the loop, or is a getter's. */
function isReplaced({ program }: RewriteContext, { module, fn }: RewriteSite, op: Op & { readonly op: "iterate" }): boolean {
  const made = definition(fn, op.src);
  if (made?.op === "load") return module.variables[made.variable]?.reassigned !== false;
  if (made?.op !== "get" || made.key === null || program.tracer.targets(module, fn, made.dst).functions.length > 0) return true;
  const { key } = made;
  const holder = program.tracer.typeOf(module, fn, made.object);
  const isSet = (of: ModuleIR, each: FunctionIR): boolean => each.kind !== "constructor" && each.blocks.some(({ ops }) => ops.some((other) =>
    other.op === "set" && other.key === key && !(of !== module && holder.kind === "instance" && isOfAnother(program, of, each, other.object, holder.class))));
  return program.modules.some((each) => each.role === "project" && namesMember(each, key) && each.functions.some((inner) => isSet(each, inner)));
}

/** Where a block's first line begins: behind what is said on the line of its brace. `indent` is null for a block that begins on that line itself. */
function firstLine({ text, comments }: ModuleText, brace: number): { readonly at: number; readonly indent: string | null } {
  const end = text.indexOf("\n", brace);
  const comment = comments.find(({ start }) => start >= brace);
  const isSaid = comment !== undefined && comment.start < end && comment.end <= end && text.slice(brace, comment.start).trim() === "";
  const behind = isSaid ? comment.end : brace;
  const indent = /^[^\S\n]*\n([^\S\n]*)\S/.exec(text.slice(behind));
  return indent === null ? { at: brace, indent: null } : { at: behind, indent: indent[1] ?? "" };
}
