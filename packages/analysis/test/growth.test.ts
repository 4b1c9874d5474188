/** How the frame analysis grows with the program, in counted work: families of programs, each twice as long as the one before. */
import { openTexts } from "@framealloc/fa-cli";
import { describe, expect, it } from "vitest";
import { createFactReader, linkProgram } from "../src/index.ts";
import { frameAnalysis, type FrameAnalysis } from "../src/facts/frame-analysis.ts";
import { LINE_LIMIT } from "../src/cfg/builder.ts";
import { limitNotes } from "../src/facts/limit-notes.ts";

const HEAD = `import { f32, SmartAlloc, struct } from "@framealloc/runtime";\nconst V = struct({ x: f32 });\n`;

function framesOf(text: string): FrameAnalysis {
  const { input } = openTexts(new Map([["main.ts", HEAD + text]]));
  return createFactReader(linkProgram(input))(frameAnalysis);
}

/** Each class makes one of the class before and writes six fields: the last one's constructor makes them all. */
function constructors(count: number): string {
  const classes = Array.from({ length: count }, (_, index) => {
    const inner = index === 0 ? "null" : `new C${index - 1}(alloc)`;
    const fields = ["a", "b", "c", "d", "e"].map((name) => `  ${name}: { of: number };`).join("\n");
    return `class C${index} {\n${fields}\n  inner: unknown;\n  constructor(readonly alloc: SmartAlloc) { ${["a", "b", "c", "d", "e"].map((name, at) => `this.${name} = { of: ${at} };`).join(" ")} this.inner = ${inner}; }
  update(): number { return this.alloc.frameAlloc(V).x; }\n}`;
  });
  return `${classes.join("\n")}\nexport function run(): void { const alloc = new SmartAlloc(); alloc.beginFrame(); new C${count - 1}(alloc).update(); alloc.endFrame(); }`;
}

/** One function that makes things through a helper, over and over, and keeps them all. */
function makers(count: number): string {
  const kept = Array.from({ length: count }, (_, index) => `  const k${index} = make(alloc, ${index}); all.push(k${index});`).join("\n");
  return `function make(alloc: SmartAlloc, n: number) { return { alloc, n, near: { n }, far: { n, list: [n] } }; }
export function run(alloc: SmartAlloc): unknown { const all: unknown[] = [];\n  alloc.beginFrame();\n${kept}\n  alloc.frameAlloc(V);\n  alloc.endFrame();\n  return all; }`;
}

describe.each([["constructors that make one another", constructors, 30], ["a function that makes ever more", makers, 110]] as const)("%s", (_name, family, size) => {
  it("cost little more than twice as much when there are twice as many", () => {
    const [first, second] = [framesOf(family(size)), framesOf(family(2 * size))].map(({ analysis }) => analysis.work.cells);
    expect((second ?? 0) / (first ?? 1)).toBeLessThan(2.5);
  });
});

describe("a function of thousands of lines", () => {
  const counted = "  count += 1;\n".repeat(3000);
  const inFrame = (body: string): string => `const alloc = new SmartAlloc();\nexport function run(): number { let count = 0;\n  alloc.beginFrame();\n  const v = alloc.frameAlloc(V);\n${body}  return count; }`;

  it("is cut into blocks of some hundred operations", () => {
    const { input } = openTexts(new Map([["main.ts", HEAD + inFrame(`${counted}  alloc.endFrame();\n`)]]));
    const functions = linkProgram(input).modules.flatMap((module) => module.functions);
    const lengths = functions.flatMap((fn) => fn.blocks.map((block) => block.ops.length));
    expect(Math.max(...lengths)).toBeLessThan(LINE_LIMIT + 10);
    expect(lengths.reduce((all, each) => all + each)).toBeGreaterThan(3 * 3000);
  });

  it("is followed from end to end", () => {
    expect(framesOf(inFrame(`${counted}  alloc.endFrame();\n${counted}  count += v.x;\n`)).events.map(({ kind }) => kind)).toEqual(["use"]);
    expect(framesOf(inFrame(`${counted}  count += v.x;\n${counted}  alloc.endFrame();\n`)).events).toEqual([]);
  });
});

it("says where it stopped, and only there", () => {
  expect(limitNotes(framesOf(constructors(5)))).toEqual([]);
  expect(limitNotes(framesOf(constructors(60))).map(({ message }) => message)).toContainEqual(expect.stringMatching(/writes more fields than are told apart/));
});

it("still follows what lies near in a large object", () => {
  const { events } = framesOf(`${constructors(60)}\nclass Big extends C59 { kept: unknown = null; }\nconst alloc = new SmartAlloc();\nconst big = new Big(alloc);\nalloc.beginFrame();\nbig.kept = alloc.frameAlloc(V);\nalloc.endFrame();`);
  expect(events.map(({ kind }) => kind)).toContain("escape");
});
