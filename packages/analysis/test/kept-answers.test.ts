/** What a type checker said once is not asked again as long as who keeps the answers lets them hold. */
import { describe, expect, it } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { linkProgram } from "../src/analyze.ts";
import type { ModuleIR, Op } from "../src/source/ir.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import { KeptAnswers } from "../src/source/oracle-answers.ts";
import type { Location } from "../src/source/span.ts";
import type { OracleAnswer } from "../src/source/type-oracle.ts";
import { resolverOf } from "./program-of.ts";

const POOL: OracleAnswer = { name: "SmartAlloc", file: null, package: "@framealloc/runtime" };

function lower(file: string, text: string): ModuleIR {
  const { module } = parseModule(file, text, "project");
  if (module === null) throw new Error(`${file} does not parse`);
  return lowerModule(module);
}

/** The APIs that the calls of a module reach, and the files that were asked about on the way. */
function trace(kept: KeptAnswers, of: ModuleIR, modules: readonly ModuleIR[], answer: OracleAnswer | null = POOL): { readonly apis: readonly string[]; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const resolve = (questions: readonly Location[]): readonly (OracleAnswer | undefined)[] => questions.map(({ file }) => { asked.push(file); return answer ?? undefined; });
  const { tracer } = linkProgram({ modules, resolve: resolverOf(new Set(modules.map(({ file }) => file))), oracle: { resolve, kept } });
  const calls = of.functions.flatMap((fn) => fn.blocks.flatMap(({ ops }) => ops.filter((op): op is Op & { readonly op: "call" } => op.op === "call").map((op) => ({ fn, op }))));
  return { apis: calls.flatMap(({ fn, op }) => tracer.targets(of, fn, op.dst).apis), asked };
}

const REACHED = ["@framealloc/runtime:SmartAlloc#endFrame"];

describe("answers that are kept", () => {
  const far = lower("far.ts", "export function end(pool) { pool.endFrame(); }");
  const near = (text: string): ModuleIR => lower("near.ts", text);

  it("are asked for once, until their file is another one", () => {
    const kept = new KeptAnswers();
    const before = near("export const one = 1;");
    expect(trace(kept, far, [far, before])).toEqual({ apis: REACHED, asked: ["far.ts"] });
    expect(trace(kept, far, [far, before])).toEqual({ apis: REACHED, asked: [] });
    const edited = near("export function begin(pool) { pool.beginFrame(); }");
    expect(trace(kept, far, [far, edited])).toEqual({ apis: REACHED, asked: ["near.ts"] });
    const again = lower("far.ts", "export function end(pool) { pool.endFrame(); }");
    expect(trace(kept, again, [again, edited])).toEqual({ apis: REACHED, asked: ["far.ts"] });
  });

  it("are not asked for again where there was none", () => {
    const kept = new KeptAnswers();
    expect(trace(kept, far, [far], null)).toEqual({ apis: [], asked: ["far.ts"] });
    expect(trace(kept, far, [far], POOL)).toEqual({ apis: [], asked: [] });
  });

  it("give way to what is traced", () => {
    const kept = new KeptAnswers();
    const user = lower("user.ts", 'import { list } from "./near.ts"; export function fill() { list.push(1); }');
    expect(trace(kept, user, [user, near("export const list = given();")]).apis).toEqual(["@framealloc/runtime:SmartAlloc#push"]);
    expect(trace(kept, user, [user, near("export const list = [1];")]).apis).toEqual(["global:Array#push"]);
  });
});
