/** Names that are declared by themselves, in one module or round several: wrong programs, most of them, but the analysis ends and says what it can. */
import { analyzeTexts } from "@framealloc/fa-cli";
import { CATALOGUE } from "@framealloc/rules";
import { expect, test } from "vitest";

const HEAD = `import { f32, SmartAlloc, struct } from "@framealloc/runtime";\nconst Vec = struct({ x: f32 });\n`;

const PROGRAMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "an import from the module itself, sent": { "a.ts": `${HEAD}import { alloc } from "./a";\nexport { alloc };\nalloc.postMessage(alloc);` },
  "an import round two modules, sent": { "a.ts": `${HEAD}import { port } from "./b";\nexport { port };\nport.postMessage(port);`, "b.ts": `import { port } from "./a";\nexport { port };\nport.postMessage({ port });` },
  "constants that are each other": { "a.ts": `${HEAD}const one = two;\nconst two = one;\none.postMessage(two);\none.beginFrame();\none.frameAlloc(Vec);\none.endFrame();` },
  "what a factory makes is itself": { "a.ts": `${HEAD}function make() { const made = other; const other = made; return made; }\nconst alloc = make();\nconst second = new SmartAlloc();\nalloc.poolFree(second.poolAlloc(Vec));` },
  "a budget set on a member of itself": { "a.ts": `${HEAD}export function limit(alloc: SmartAlloc) { const own = own.alloc; own.setFrameBudget(16); const near: { far: SmartAlloc } = near.far; near.far.setFrameBudget(16); own.beginFrame(); own.frameAllocBytes(64); own.endFrame(); alloc.setFrameBudget(16); alloc.beginFrame(); alloc.frameAllocBytes(8); alloc.endFrame(); }` },
  "promotions given to themselves": { "a.ts": `${HEAD}export function run(alloc: SmartAlloc) { alloc.beginFrame(); const kept = alloc.frameRetained(Vec, "promoteToPool"); kept.value.x = 1; let promotions = alloc.endFrameWithPromotions(); promotions = promotions; }` },
  "sizes and types of themselves": { "a.ts": `${HEAD}const size = size * 2;\nconst Type = struct({ inner: Type });\nconst alloc = new SmartAlloc({ frameArenaSize: size });\nalloc.beginFrame();\nfor (let i = 0; i < size; i++) alloc.frameAlloc(Type);\nalloc.frameAllocBytes(size);\nalloc.withTag(tag, () => alloc.frameAllocBytes(size));\nalloc.endFrame();\nconst tag = tag;\nnew Worker(tag);\nalloc.streaming().tryReserve(size, size);` },
  "parameters by default of themselves": { "a.ts": `${HEAD}export function run(alloc: SmartAlloc, tag = tag, view = { view }) { var view = view; alloc.withTag(tag, () => { alloc.frameAlloc(Vec).x = view.view.x; }); run(alloc, tag, view); }` },
  "fields of themselves": { "a.ts": `${HEAD}class Pile { static top = Pile.top; list = this.list; alloc = this.alloc; constructor() { this.alloc = this.alloc; } add() { this.list.push(this.alloc.poolBox(1)); this.list = this.list; } }\nfor (;;) new Pile().add();` },
  "a class that extends itself": { "a.ts": `${HEAD}class Own extends Own { run() { super.run(); this.frameAlloc(Vec); } }\nclass Left extends Right {}\nclass Right extends Left {}\nnew Own().run();\nnew Left().beginFrame();\nnew Left().frameAlloc(Vec);` },
};

test.each(Object.entries(PROGRAMS))("%s", (_name, files) => {
  expect(analyzeTexts(new Map(Object.entries(files)), CATALOGUE).failures).toEqual([]);
});

test("a name that leads round in a circle does not hide the one beside it", () => {
  const text = `${HEAD}import { lost } from "./main";\nexport { lost };\nlost.postMessage(lost);\nconst alloc = new SmartAlloc();\nnew Worker("w.js").postMessage({ lost, alloc });`;
  expect(analyzeTexts(new Map([["main.ts", text]]), CATALOGUE).diagnostics.map(({ code }) => code)).toEqual(["FA207"]);
});
