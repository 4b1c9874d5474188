/** Functions that all call one another and hand their parameters on: what a parameter may be is asked back through the calls, which must not be done once a way. */
import { analyzeTexts } from "@framealloc/fa-cli";
import { CATALOGUE } from "@framealloc/rules";
import { expect, test } from "vitest";

/** As many ways from the first to the last as there are stars in the sky. */
const FUNCTIONS = 24;

test("tags and counts that come through parameters", () => {
  const names = Array.from({ length: FUNCTIONS }, (_, index) => `f${index}`);
  const calls = names.map((name) => `${name}(alloc, tag, count);`).join(" ");
  const functions = names.map((name) => `export function ${name}(alloc: SmartAlloc, tag: string, count: number): void { ${calls} alloc.withTag(tag, () => { for (let i = 0; i < count; i++) alloc.frameAlloc(Vec); }); }`);
  const text = `import { f32, SmartAlloc, struct } from "@framealloc/runtime";\nconst Vec = struct({ x: f32 });\n${functions.join("\n")}\nconst alloc = new SmartAlloc();\nalloc.beginFrame();\nf0(alloc, "physic", 3);\nalloc.endFrame();`;
  const settings = { tags: { known: () => ["physics"], warnUnknown: () => true, modules: [{ fits: () => true, tags: ["physics"] }] } };
  const { diagnostics, failures } = analyzeTexts(new Map([["main.ts", text]]), CATALOGUE, settings);
  expect(failures).toEqual([]);
  expect(diagnostics.filter(({ code }) => code.startsWith("FA8")).map(({ code, at }) => `${code} ${text.slice(at.span.start, at.span.end)}`)).toEqual(['FA802 "physic"']);
});
