/** The fixed point over functions and over the call graph: recursion, limits, determinism. What rules say of programs is in `fixtures/`. */
import { analyzeTexts, openTexts } from "@framealloc/fa-cli";
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, it } from "vitest";
import { analyze, createFactReader, linkProgram } from "../src/index.ts";
import { frameAnalysis } from "../src/facts/frame-analysis.ts";

const HEAD = `import { f32, SmartAlloc, struct } from "@framealloc/runtime";\nconst V = struct({ x: f32 });\n`;

function codes(text: string): string[] {
  return analyzeTexts(new Map([["main.ts", HEAD + text]]), CATALOGUE).diagnostics.map((diagnostic) => diagnostic.code);
}

describe("recursion", () => {
  it("settles on functions that call each other and keep what they make", () => {
    const text = `
      const kept: { x: number }[] = [];
      function even(alloc: SmartAlloc, n: number): void { if (n > 0) odd(alloc, n - 1); else kept.push(alloc.frameAlloc(V)); }
      function odd(alloc: SmartAlloc, n: number): void { even(alloc, n - 1); }
      export function run(alloc: SmartAlloc): void { alloc.beginFrame(); odd(alloc, 9); alloc.endFrame(); }`;
    expect(codes(text)).toEqual(["FA002"]);
    const { input } = openTexts(new Map([["main.ts", HEAD + text]]));
    const { solved } = createFactReader(linkProgram(input))(frameAnalysis);
    expect([...solved.values()].map(({ summary }) => summary.settled)).not.toContain(false);
  });

  it("takes a function that never returns for one", () => {
    expect(codes(`
      function forever(alloc: SmartAlloc): never { return forever(alloc); }
      export function run(alloc: SmartAlloc): void { alloc.beginFrame(); forever(alloc); alloc.beginFrame(); }`)).toEqual([]);
  });
});

describe("limits", () => {
  it("says nothing of frames where more allocators are in doubt than are told apart", () => {
    const names = Array.from({ length: 6 }, (_, index) => `a${index}`);
    const doubt = names.map((name) => `if (Math.random() > 0.5) ${name}.beginFrame();`).join("\n");
    const text = `export function run(${names.map((name) => `${name}: SmartAlloc`).join(", ")}): void {\n${doubt}\n${names.map((name) => `${name}.endFrame();`).join("\n")}\n}`;
    expect(codes(text)).toEqual([]);
  });

  it("goes through a function of three thousand statements", () => {
    const body = Array.from({ length: 3_000 }, (_, index) => `total += alloc.frameAlloc(V).x + ${index};`).join("\n");
    expect(codes(`export function run(alloc: SmartAlloc): number { let total = 0; alloc.beginFrame(); ${body} alloc.endFrame(); return total; }`)).toEqual([]);
  });
});

describe("determinism", () => {
  it("gives the same diagnostics whatever the order of modules", () => {
    const files = new Map([
      ["a.ts", `${HEAD}import { keep } from "./b";\nexport function run(alloc: SmartAlloc): void { alloc.beginFrame(); keep(alloc.frameAlloc(V)); alloc.endFrame(); }`],
      ["b.ts", `export let last: unknown;\nexport function keep(value: unknown): void { last = value; }`],
      ["c.ts", `import { SmartAlloc } from "@framealloc/runtime";\nimport { run } from "./a";\nconst alloc = new SmartAlloc();\nalloc.beginFrame();\nrun(alloc);\nalloc.endFrame();`],
    ]);
    const { input } = openTexts(files);
    const forward = analyze(input, CATALOGUE);
    const backward = analyze({ ...input, modules: [...input.modules].reverse() }, [...CATALOGUE].reverse());
    expect(forward.failures).toEqual([]);
    expect(forward.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["FA002", "FA006"]);
    expect(JSON.stringify(backward.diagnostics)).toBe(JSON.stringify(forward.diagnostics));
  });
});
