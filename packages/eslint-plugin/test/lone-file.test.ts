/** A file without its program: silence where code of other files decides, speech where it does not. */
import { describe, expect, it } from "vitest";
import { codeOf, lintText, project, untyped } from "./lint-project.ts";

// `engine` is installed; `linked` is a package of the same workspace.
const folder = project({ "node_modules/engine/package.json": "{}", "src/a.ts": "" });

async function codes(text: string, file = "src/a.ts"): Promise<string[]> {
  const { findings, others } = await lintText(folder, file, `import { f32, SmartAlloc, struct } from "@framealloc/runtime";\n${text}`, untyped);
  expect(others).toEqual([]);
  return findings.map(codeOf);
}

/** What stands between two begins may have ended the first frame. */
const between = (before: string, between: string, parameters = ""): string => `${before}
export function tick(alloc: SmartAlloc${parameters}): void {
  alloc.beginFrame();
  ${between}
  alloc.beginFrame();
  alloc.endFrame();
}`;

describe("is silent after", () => {
  it.each([
    ["a function of another file", between(`import { settle } from "./settle";`, "settle();")],
    ["one by a path alias", between(`import { settle } from "@/settle";`, "settle();")],
    ["one by a name of the package's own", between(`import { settle } from "#settle";`, "settle();")],
    ["one of a package that is not installed", between(`import { settle } from "settle";`, "settle();")],
    ["one that is required", between(`const { settle } = require("./settle");`, "settle();")],
    ["a namespace's", between(`import * as frames from "./frames";`, "frames.settle();")],
    ["a method of an object of a class of another file", between(`import { Frames } from "./frames";`, "new Frames().settle();")],
    ["one that was stored in a field", between(`import { Frames } from "./frames";\nconst kept = { frames: new Frames() };`, "kept.frames.settle();")],
    ["a method of a parameter of such a type", between(`import type { Frames } from "./frames";`, "frames.settle();", ", frames: Frames")],
    ["one that is reached through a type of this file", between(`import type { Frames } from "./frames";\ninterface Game { frames: Frames }`, "game.frames.settle();", ", game: Game")],
    ["one that a function of this file gives", between(`import { Frames } from "./frames";\nfunction frames() { return new Frames(); }`, "frames().settle();")],
    ["a call in a function that is called", between(`import { settle } from "./settle";\nfunction finish() { settle(); }`, "finish();")],
    ["a call that is handed the allocator", between("", "settle(alloc);", ", settle: (alloc: SmartAlloc) => void")],
    ["a decision of another file", between(`import { shared } from "./settings";`, "if (shared) alloc.endFrame();")],
    ["an import type", between("", "frames.settle();", `, frames: import("./frames").Frames`)],
    ["a dynamic import", `export async function tick(alloc: SmartAlloc): Promise<void> { alloc.beginFrame(); const { settle } = require("./settle"); settle(); alloc.beginFrame(); alloc.endFrame(); }`],
    ["a method of a base class of another file", `import { Scene } from "./scene";\nexport class Level extends Scene { tick(alloc: SmartAlloc): void { alloc.beginFrame(); this.settle(); alloc.beginFrame(); alloc.endFrame(); } }`],
    ["`super` of such a class", `import { Scene } from "./scene";\nexport class Level extends Scene { tick(alloc: SmartAlloc): void { alloc.beginFrame(); super.tick(alloc); alloc.beginFrame(); alloc.endFrame(); } }`],
  ])("%s", async (_, text) => {
    expect(await codes(text)).toEqual([]);
  });

  it.each([
    ["a frame value is given to a setter of another file", `import { Node } from "./node";\nconst Vec = struct({ x: f32 });\nexport class Camera extends Node { follow(alloc: SmartAlloc): void { using _ = alloc.frame(); this.position = alloc.frameAlloc(Vec); } }`],
    ["and of a parameter of such a type", `import type { Node } from "./node";\nconst Vec = struct({ x: f32 });\nexport function follow(alloc: SmartAlloc, target: Node): void { using _ = alloc.frame(); target.position = alloc.frameAlloc(Vec); }`],
    ["a heap value is of a size that another file defines", `import { Page } from "./page";\nexport function archive(alloc: SmartAlloc): void { alloc.beginFrame(); const page = alloc.heapAlloc(Page); alloc.heapFree(page); alloc.endFrame(); }`],
    ["a part of a frame is", `import { Vertex } from "./vertex";\nconst alloc = new SmartAlloc({ frameArenaSize: 1 << 16 });\nexport function build(): number { alloc.beginFrame(); const count = alloc.frameAllocBatch(Vertex, 3000).length + alloc.frameSlice(f32, 9000).length; alloc.endFrame(); return count; }`],
    ["a list of constants holds one of another file", `import { DOWN } from "./signs";\nlet turns = 0;\nfunction frame(): void { for (const sign of [1, DOWN]) turns += sign; requestAnimationFrame(frame); }\nrequestAnimationFrame(frame);`],
    ["frames hand a function of another file to what others hand theirs to", `import { move } from "./move";\nexport class Nodes { list: number[] = [];\n  static batch(fn: () => void): void { fn(); }\n  clear(): void { Nodes.batch(() => { this.list = []; }); } }\nfunction frame(): void { Nodes.batch(move); requestAnimationFrame(frame); }\nframe();`],
    ["a stream's budget may be set by who imports the allocator", `export const alloc = new SmartAlloc();\nexport function preload(): void { const streams = alloc.streaming(64); streams.reserve(40, "critical"); streams.reserve(40, "critical"); }`],
  ])("%s", async (_, text) => {
    expect(await codes(text)).toEqual([]);
  });

  it("garbage is handed to a function of another file, which may take it apart", async () => {
    expect(await codes(`import { length } from "./length";\nrequestAnimationFrame(function tick(time: number): void { length({ x: time, y: 1 }); requestAnimationFrame(tick); });`)).toEqual([]);
  });
});

describe("speaks after", () => {
  it.each([
    ["nothing", between("", "")],
    ["a function of this file", between("function settle(): void {}", "settle();")],
    ["one of an installed package", between(`import { render } from "engine";`, "render();")],
    ["one of Node", between(`import { mark } from "node:perf_hooks";`, "mark();")],
    ["a callback that gets a number", between("", "show(1);", ", show: (value: number) => void")],
    ["what another function of the file calls", between(`import { settle } from "./settle";\nexport function finish(): void { settle(); }`, "")],
    ["a constant that an object of another file is given", between(`import { state } from "./state";`, "state.isBusy = true;")],
    ["a value of a type of another file", between(`import { Vertex } from "./vertex";`, "alloc.frameAlloc(Vertex).x = 1;")],
    ["a decision of its caller", between("", "if (late) alloc.inFrame();", ", late: boolean")],
  ])("%s", async (_, text) => {
    expect(await codes(text)).toEqual(["FA006"]);
  });

  it("a frame value is kept in the file, whatever its type", async () => {
    expect(await codes(`import { Vertex } from "./vertex";\nlet kept: unknown;\nexport function tick(alloc: SmartAlloc): void { alloc.beginFrame(); kept = alloc.frameAlloc(Vertex); alloc.endFrame(); }`)).toEqual(["FA002"]);
  });

  it("garbage that stays in the file", async () => {
    expect(await codes(`const kept: unknown[] = [];\nrequestAnimationFrame(function tick(time: number): void { kept.push({ x: time, y: 1 }); requestAnimationFrame(tick); });`)).toEqual(["FA530"]);
  });
});
