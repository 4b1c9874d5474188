/** Programs that have nothing to do with the runtime or an engine: no rule may trace every call of them, which for a compiler's source takes minutes. */
import { openTexts } from "@framealloc/fa-cli";
import { CATALOGUE } from "@framealloc/rules";
import { expect, test } from "vitest";
import { createFactReader, linkProgram } from "../src/index.ts";
import type { Program } from "../src/program.ts";
import type { Tracer } from "../src/source/traced-type.ts";

/** The functions of a compiler, as they call each other and collect in sets. */
function compiler(count: number): string {
  return Array.from({ length: count }, (_, index) => `function visit${index}(node, seen) { if (!seen.has(node)) { seen.add(node); for (const each of node.parts) visit${(index + 1) % count}(each, seen); } return node.check(); }`).join("\n");
}

test("no call is traced", () => {
  const program = linkProgram(openTexts(new Map([["compiler.js", compiler(40)]])).input);
  let asked = 0;
  const counting: Tracer = new Proxy(program.tracer, {
    get: (tracer, key) => {
      const member: unknown = Reflect.get(tracer, key);
      return typeof member !== "function" ? member : (...args: unknown[]): unknown => {
        if (key === "targets" || key === "typeOf") asked++;
        return Reflect.apply(member, tracer, args);
      };
    },
  });
  const get = createFactReader({ ...program, tracer: counting } satisfies Program);
  const asking = CATALOGUE.map(({ code, needs }) => {
    const before = asked;
    for (const fact of Object.values(needs)) get(fact);
    return `${code}: ${asked - before}`;
  });
  expect(asking.filter((each) => !each.endsWith(": 0"))).toEqual([]);
});
