/**
 * What is known of the tags at a call, in words: for `// fact tag(frameAlloc) = physics` in fixtures.
 *
 * `tag(name)`: the tags in force when the call of that name on the line runs, as their paths; for a call that takes a tag, with that tag. Several are joined
 * by `+`; `none` where none is.
 */
import type { FactReader } from "../fact.ts";
import { TAG_SEPARATOR } from "../knowledge/tag-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, Op } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import { type Nesting, type TagContexts, tagContexts } from "./tag-contexts.ts";
import { tagCalls } from "./tag-uses.ts";

export type TagQuestion = "tag";

/** The answer; undefined when no call of that name is on the line. */
export function inspectTags(program: Program, get: FactReader, file: string, line: Span, _question: TagQuestion, name: string): string | undefined {
  const module = program.modules.find((each) => each.file === file);
  const answers = new Set<string>();
  for (const fn of module?.functions ?? []) {
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op !== "call" || op.calleeSpan.end < line.start || op.calleeSpan.end > line.end) continue;
        if (op.key !== name && !textOf(program, file, op.calleeSpan).endsWith(name)) continue;
        for (const answer of answersAt(get, fn, op)) answers.add(answer);
      }
    }
  }
  if (answers.size === 0) return undefined;
  if (answers.size > 1) answers.delete("none");
  return [...answers].sort().join("+");
}

function textOf(program: Program, file: string, span: Span): string {
  const module = program.modules.find((each) => each.file === file);
  const variable = module?.functions.flatMap((fn) => fn.blocks.flatMap((block) => block.ops)).find((op) => op.op === "load" && op.span.start === span.start && op.span.end === span.end);
  return variable?.op === "load" ? (module?.variables[variable.variable]?.name ?? "") : "";
}

function answersAt(get: FactReader, fn: FunctionIR, op: Op): readonly string[] {
  const contexts = get(tagContexts);
  const call = get(tagCalls).find((each) => each.op === op);
  return nestingsAt(contexts, fn, op).flatMap((nesting) => {
    const texts = nesting.map(({ text }) => text);
    const paths = call === undefined || call.tags.length === 0 ? [texts] : call.tags.map(({ text }) => [...texts, text]);
    return paths.map((path) => (path.length === 0 ? "none" : path.join(TAG_SEPARATOR)));
  });
}

function nestingsAt(contexts: TagContexts, fn: FunctionIR, op: Op): readonly Nesting[] {
  const entered = contexts.of(fn).map(({ tags }) => tags);
  return (entered.length === 0 ? [[]] : entered).flatMap((tags) => contexts.at(fn, op, tags));
}
