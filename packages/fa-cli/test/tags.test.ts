/** `[tags]` from the file to the findings: globs of the configuration's own folder, what is built on, faults with their places. */
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, test } from "vitest";
import { memoryHost } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";

const use = (tag: string): string => `import { f32, type SmartAlloc } from "@framealloc/runtime";
export const use = (alloc: SmartAlloc): number => alloc.withTag(${JSON.stringify(tag)}, () => alloc.frameSlice(f32, 4).length);
`;

async function run(files: Readonly<Record<string, string>>, ...args: string[]): Promise<{ readonly out: string; readonly err: string; readonly code: number }> {
  const host = memoryHost(new Map(Object.entries(files)), { cwd: "/game", args: ["--architecture", "-f", "compact", ...args] });
  await runCommand(host, CATALOGUE);
  return { ...host.written, code: host.ended.exitCode };
}

async function found(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { out, err } = await run(files);
  if (err !== "") throw new Error(err);
  return out.split("\n").flatMap((line) => /^(.*?): line .* \((FA\d+)\)$/.exec(line)?.slice(1, 3).join(" ") ?? []);
}

test("globs are relative to the configuration, wherever the command stands", async () => {
  const config = '[tags.module_tags]\n"game/src/render/**" = ["render"]\n"game/src/physics/**" = ["physics"]\n';
  expect(await found({ "/.fa.toml": config, "src/render/a.ts": use("physics"), "src/physics/b.ts": use("physics") })).toEqual(["src/render/a.ts FA801"]);
});

test("what a configuration builds on adds to its tags", async () => {
  const base = '[tags]\nknown_tags = ["physics"]\n[tags.module_tags]\n"src/physics/**" = ["physics"]\n';
  const own = '[global]\nextends = ["base.toml"]\n[tags]\nknown_tags = ["render"]\n';
  const files = { "base.toml": base, ".fa.toml": own, "src/physics/a.ts": use("render"), "src/b.ts": use("phisics"), "src/c.ts": use("physics") };
  expect(await found(files)).toEqual(["src/b.ts FA802", "src/physics/a.ts FA801"]);
  expect(await found({ ...files, ".fa.toml": `${own}warn_unknown_tags = false\n` })).toEqual(["src/physics/a.ts FA801"]);
});

test("without [tags] nothing is said of tags", async () => {
  expect(await found({ "src/render/a.ts": use("physics") })).toEqual([]);
});

test("a misspelt tag has a suggestion that writes the right one", async () => {
  const host = memoryHost(new Map([["a.ts", use("phisics")], [".fa.toml", '[tags]\nknown_tags = ["physics"]\n']]), { cwd: "/game", args: ["-f", "json"] });
  await runCommand(host, CATALOGUE);
  const [{ fixes, help, severity }] = JSON.parse(host.written.out).diagnostics as [{ fixes: { safe: boolean; edits: { text: string; location: { start: object; end: object } }[] }[]; help: string; severity: string }];
  expect({ help, severity }).toEqual({ help: "did you mean `physics`?", severity: "hint" });
  expect(fixes).toEqual([{ title: "write `physics`", safe: false, edits: [{ location: expect.objectContaining({ start: expect.objectContaining({ line: 2, column: 65 }) }), text: '"physics"' }] }]);
});

describe("faults", () => {
  test.each([
    ['[tags]\nknown_tag = ["a"]\n', ".fa.toml:2:1", "did you mean `known_tags`?"],
    ['[tags]\nknown_tags = "a"\n', ".fa.toml:2:14", "must be an array"],
    ['[tags.module_tags]\n"src/**" = "a"\n', ".fa.toml:2:12", "must be an array"],
    ['[tags.module_tags]\n"src/[**" = ["a"]\n', ".fa.toml:2:1", "bad glob"],
  ])("%j", async (config, place, message) => {
    const { err, code } = await run({ ".fa.toml": config, "a.ts": use("a") });
    expect(code).toBe(2);
    expect(err).toContain(place);
    expect(err).toContain(message);
  });
});
