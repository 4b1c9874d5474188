/** Functions that call one another ever deeper: what is asked down the calls must not need a stack as deep as the program. */
import { analyzeTexts } from "@framealloc/fa-cli";
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, test } from "vitest";

const DEEP = 1800;
const HEAD = `import { f32, SmartAlloc, struct } from "@framealloc/runtime";\nconst Vec = struct({ x: f32 });\nconst alloc = new SmartAlloc();\n`;

/** Each calls the next one; the last does something. */
function chain(params: string, args: string, last: string): string {
  return Array.from({ length: DEEP }, (_, index) => `function f${index}(${params}) { ${index + 1 < DEEP ? `return f${index + 1}(${args});` : last} }`).join("\n");
}

function codesOf(text: string): readonly string[] {
  const { diagnostics, failures } = analyzeTexts(new Map([["main.ts", HEAD + text]]), CATALOGUE);
  expect(failures.map(({ error }) => String(error))).toEqual([]);
  return [...new Set(diagnostics.map(({ code }) => code))].sort();
}

describe("a chain of calls", () => {
  test("whose last function writes a value that is over", () => {
    expect(codesOf(`${chain("v: { x: number }", "v", "v.x = 1;")}\nalloc.beginFrame();\nconst v = alloc.frameAlloc(Vec);\nalloc.endFrame();\nf0(v);`)).toEqual(["FA004"]);
  });

  // What it hands back is followed through some thirty calls; deeper down it must do no harm.
  test("that ends at another agent", () => {
    expect(codesOf(`${chain("to: Worker, what: unknown", "to, what", "to.postMessage(what);")}\nf0(new Worker(new URL("./other.js", import.meta.url)), 1);`)).toEqual([]);
  });
});

test("a chain of names of one thing", () => {
  const names = Array.from({ length: DEEP }, (_, index) => `const a${index} = ${index === 0 ? "alloc" : `a${index - 1}`};`).join("\n");
  expect(codesOf(`${names}\na${DEEP - 1}.frameAlloc(Vec);`)).toEqual(["FA001"]);
});
