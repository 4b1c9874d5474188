/** The suggestion of FA510: applied, it compiles and leaves nothing to report; where it would not be right, there is none. */
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "@framealloc/analysis";
import { CATALOGUE } from "@framealloc/rules";
import { expect, it } from "vitest";
import { analyzeTexts } from "../../packages/fa-cli/src/open-texts.ts";
import { typeErrors } from "../../tools/documented-programs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const program = (body: string): string => `import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Probe = struct({ x: f32, y: f32 });

export function reach(alloc: SmartAlloc, x: number): number {
  alloc.beginFrame();
  let result = 0;
${body}
  alloc.endFrame();
  return result;
}

export const type = Probe;
`;

const found = (text: string): readonly Diagnostic[] => analyzeTexts({ "a.ts": text }, CATALOGUE).diagnostics;

function applied(text: string): string {
  const [diagnostic, ...others] = found(text);
  expect([diagnostic?.code, others]).toEqual(["FA510", []]);
  const edits = [...(diagnostic?.fixes[0]?.edits ?? [])].sort((a, b) => b.at.span.start - a.at.span.start);
  return edits.reduce((changed, { at, text: put }) => changed.slice(0, at.span.start) + put + changed.slice(at.span.end), text);
}

it.each([
  ["a value", "  const probe = alloc.poolAlloc(Probe);\n  probe.x = x;\n  result = probe.x;\n  alloc.poolFree(probe);", "  const probe = alloc.frameAlloc(Probe);\n  probe.x = x;\n  result = probe.x;\n  ;"],
  ["a box of the heap, released on both ways", "  const box = alloc.heapBox(x);\n  if (x > 1) {\n    result = box.value;\n    box.release();\n  } else {\n    box.release();\n  }", "  const box = alloc.frameBox(x);\n  if (x > 1) {\n    result = box.value;\n    ;\n  } else {\n    ;\n  }"],
])("%s", (_name, before, after) => {
  const text = applied(program(before));
  expect(text).toBe(program(after));
  expect(typeErrors(root, [{ place: "a.ts", text, jsx: false }])).toEqual([]);
  expect(found(text)).toEqual([]);
});

it("is not made where a scope releases the value", () => {
  const [diagnostic] = found(program("  using box = alloc.poolBox(x);\n  result = box.value;"));
  expect(diagnostic?.code).not.toBe("FA510");
  const [inner] = found(program("  {\n    using box = alloc.poolBox(x);\n    result = box.value;\n  }"));
  expect([inner?.code, inner?.fixes]).toEqual(["FA510", []]);
});
