/** What a module may use, by the lists of `[tags]`. */
import { describe, expect, it } from "vitest";
import type { TagSettings } from "../src/program.ts";
import { allowedTags, covers, foreignTag, isKnown } from "../src/facts/tag-allowances.ts";

const settings: TagSettings = {
  known: () => ["debug"],
  warnUnknown: () => true,
  modules: [
    { fits: (file) => file.startsWith("ai/"), tags: ["ai::paths", "shared"] },
    { fits: (file) => file.startsWith("net/"), tags: ["net"] },
    { fits: (file) => file.endsWith("/log.ts"), tags: ["log"] },
  ],
};

it("adds up what fits a file; what nothing fits may use any", () => {
  expect(allowedTags(settings, "ai/a.ts")).toEqual(["ai::paths", "shared"]);
  expect(allowedTags(settings, "net/log.ts")).toEqual(["net", "log"]);
  expect(allowedTags(settings, "main.ts")).toBeNull();
});

it.each([
  ["ai::paths", true], ["ai", true], ["ai::paths::grid", true], ["ai::combat", false], ["paths", false], ["ai::path", false], ["share", false], ["shared", true],
])("covers %s: %s", (tag, covered) => {
  expect(covers(["ai::paths", "shared"], tag)).toBe(covered);
});

it("knows a tag by itself, by its parts, and by what modules may use", () => {
  expect(["debug", "ai", "paths", "ai::paths", "net::debug", "debug::x", "nets"].map((tag) => isKnown(settings, "main.ts", tag))).toEqual([true, true, true, true, true, false, false]);
  expect(isKnown({ ...settings, known: () => null }, "main.ts", "anything")).toBeUndefined();
});

describe("of nested tags", () => {
  it.each([
    [["net"], 0], [["net", "ai", "paths"], -1], [["ai", "net"], 1], [["shared", "mine"], -1], [["net", "mine"], 0], [["mine"], -1], [[], -1], [["net", "shared"], -1],
  ] as const)("%j: the one that ai/ may not use stands at %i", (tags, index) => {
    expect(foreignTag(settings, "ai/a.ts", tags)).toBe(index);
  });

  it("a file that nothing fits may use any", () => {
    expect(foreignTag(settings, "main.ts", ["net"])).toBe(-1);
  });
});
