/** What is known of where a function runs, in words: for `// fact page(frame) = yes` in fixtures. */
import type { FactReader } from "../fact.ts";
import type { Program } from "../program.ts";
import type { Span } from "../source/span.ts";
import { functionName } from "./function-name.ts";
import { mainThread } from "./main-thread.ts";

export type AgentQuestion = "page";

/** `page`: `yes` for a function that runs on the main thread of a page, else `no`. `name` is its own name or `Class.method`; of several the one on the line. */
export function inspectAgents(program: Program, get: FactReader, file: string, line: Span, _question: AgentQuestion, name: string): string | undefined {
  const module = program.modules.find((each) => each.file === file);
  const named = module?.functions.filter((each) => functionName(module, each) === name || each.name === name) ?? [];
  const fn = named.find(({ nameSpan }) => nameSpan.start >= line.start && nameSpan.start <= line.end) ?? named[0];
  if (fn === undefined) return undefined;
  return get(mainThread).has(fn) ? "yes" : "no";
}
