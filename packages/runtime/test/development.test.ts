/** The `development` condition turns debug mode on for allocators that do not say; without it, it is off. On the built package, as Node resolves it. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
beforeAll(async () => {
  const tools = new URL("../../../tools/build-packages.mjs", import.meta.url).href;
  const { expectBuilt } = (await import(tools)) as { expectBuilt(root: string, name: string): void };
  expectBuilt(root, "@framealloc/runtime");
});

/** What a program prints, as JSON. */
function run(program: string, ...conditions: readonly string[]): unknown {
  const args = [...conditions.flatMap((condition) => ["--conditions", condition]), "--input-type=module", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: fileURLToPath(new URL("..", import.meta.url)), encoding: "utf8" }));
}

const ASK = (entry: string): string => `
  import { SmartAlloc } from ${JSON.stringify(entry)};
  const small = { frameArenaSize: 64, heapSize: 64, slabPagesPerClass: 0 };
  console.log(JSON.stringify([new SmartAlloc(small).config.debug, new SmartAlloc({ ...small, debug: false }).config.debug, new SmartAlloc({ ...small, debug: true }).config.debug]));
`;

test.each(["@framealloc/runtime", "@framealloc/runtime/agents"])("%s", (entry) => {
  expect(run(ASK(entry))).toEqual([false, false, true]);
  expect(run(ASK(entry), "development")).toEqual([true, false, true]);
  expect(run(ASK(entry), "production")).toEqual([false, false, true]);
});

test("the entries give the same things under either condition, and one copy of them", () => {
  const program = `
    import * as main from "@framealloc/runtime";
    import * as agents from "@framealloc/runtime/agents";
    import * as frame from "@framealloc/runtime/frame";
    const same = [...Object.entries(agents), ...Object.entries(frame)].every(([name, value]) => main[name] === value);
    console.log(JSON.stringify([Object.keys(main).sort(), Object.keys(agents).sort(), same]));
  `;
  const [names, , same] = run(program) as [string[], string[], boolean];
  expect(run(program, "development")).toEqual(run(program));
  expect([names.includes("SmartAlloc"), names.includes("setDebugByDefault"), same]).toEqual([true, false, true]);
});

test("no class of the build declares a field that its constructor sets: engines would ask at each read of one whether it holds a number", () => {
  const dist = fileURLToPath(new URL("../dist", import.meta.url));
  const modules = readdirSync(dist).filter((name) => name.endsWith(".js"));
  const declared = modules.flatMap((name) => readFileSync(join(dist, name), "utf8").split("\n").filter((line) => /^\t(?:static )?[\w$#]+;$/.test(line)));
  expect([declared, modules.length > 10]).toEqual([[], true]);
});

test("a stale view is told under the condition, without a word in the configuration", () => {
  const program = `
    import { f32, SmartAlloc, struct } from "@framealloc/runtime";
    const Vec3 = struct({ x: f32, y: f32, z: f32 });
    const alloc = new SmartAlloc({ frameArenaSize: 1024, heapSize: 64, slabPagesPerClass: 0 });
    const stale = alloc.withFrame(() => alloc.frameAlloc(Vec3));
    let code = "none";
    try { stale.x = 1; } catch (error) { code = error.code; }
    console.log(JSON.stringify(code));
  `;
  expect([run(program), run(program, "development")]).toEqual(["none", "FA004"]);
});
