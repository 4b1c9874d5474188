/** What the hot-path facts say of one function, in words: for `// fact` expectations in fixtures and for `fa why`. */
import type { FactReader } from "../fact.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import { coldCode } from "./cold-blocks.ts";
import { functionName } from "./function-name.ts";
import { garbage } from "./garbage.ts";
import { hotPaths } from "./hot-paths.ts";

export type HotQuestion = "hot" | "garbage";

/**
 * `hot`: `yes` when the function runs every frame, else `no`. `garbage`: the kinds of garbage that its own blocks make whenever it runs (cold blocks and what
 * V8 removes aside), sorted and joined by `+`, or `none`; calls are judged where they lead. `name` is a function's own name or `Class.method`; of several
 * with one name the one on the line is meant, else the first. Undefined when the file has no such function.
 */
export function inspectHot(program: Program, get: FactReader, file: string, line: Span, question: HotQuestion, name: string): string | undefined {
  const module = program.modules.find((each) => each.file === file);
  const named = module?.functions.filter((each) => functionName(module, each) === name || each.name === name) ?? [];
  const fn = named.find(({ nameSpan }) => nameSpan.start >= line.start && nameSpan.start <= line.end) ?? named[0];
  if (module === undefined || fn === undefined) return undefined;
  if (question === "garbage") return kindsOf(get, module, fn);
  const hot = get(hotPaths).functions.get(fn);
  return hot === undefined || hot.constructed ? "no" : "yes";
}

function kindsOf(get: FactReader, module: ModuleIR, fn: FunctionIR): string {
  const { cold, withoutArgument } = get(coldCode).of(module, fn);
  const hot = get(hotPaths).functions.get(fn);
  const runs = (block: number): boolean => (hot === undefined ? !cold.has(block) && !withoutArgument.has(block) : hot.isHot(block));
  const kinds = new Set(get(garbage).of(module, fn).filter((site) => runs(site.block)).map((site) => site.kind));
  return kinds.size === 0 ? "none" : [...kinds].sort().join("+");
}
