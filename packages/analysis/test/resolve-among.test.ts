/** Relative imports among known files, by the rules of TypeScript and bundlers, for relative and absolute names alike. */
import { describe, expect, it } from "vitest";
import { isRelative, resolveAmong } from "../src/source/resolve-among.ts";

function among(...files: string[]) {
  const known = new Set(files);
  return (from: string, specifier: string) => resolveAmong((path) => known.has(path), from, specifier);
}

describe("a relative import", () => {
  it.each([
    ["a.ts", "./b", "b.ts"],
    ["src/a.ts", "./b.js", "src/b.ts"],
    ["src/a.ts", "../b.mjs", "b.mts"],
    ["src/a.ts", "../../b", "../b.ts"],
    ["../x/a.ts", "../../b.ts", "../../b.ts"],
    ["src/a.ts", "./deep/../b.tsx", "src/b.tsx"],
    ["src/a.ts", "./shader.js?raw", "src/shader.js"],
    ["/game/src/a.ts", "../b", "/game/b.ts"],
    ["/a.ts", "../b", "/b.ts"],
    ["C:/game/a.ts", "./b", "C:/game/b.ts"],
    ["src/a.ts", "./b", "src/b/index.ts"],
    ["src/deep/a.ts", "..", "src/index.ts"],
    ["a.ts", ".", "index.ts"],
    ["a.ts", "./b/", "b/index.ts"],
  ])("from %s of %s is %s", (from, specifier, file) => {
    expect(among(file)(from, specifier)).toBe(file);
  });

  it("prefers a source to what is compiled from it, and a file to a folder", () => {
    expect(among("b.js", "b.ts")("a.ts", "./b.js")).toBe("b.ts");
    expect(among("b/index.ts", "b.ts")("a.ts", "./b")).toBe("b.ts");
    expect(among("b/index.ts", "b.ts")("a.ts", "./b/")).toBe("b/index.ts");
  });

  it("is null when there is no such file", () => {
    expect(among("b.ts")("src/a.ts", "./b")).toBeNull();
    expect(among("b.ts")("a.ts", "b")).toBeNull();
    expect(among("src.ts")("src/deep/a.ts", "..")).toBeNull();
  });
});

it("tells a path from a package", () => {
  expect(["./a", "../a", ".", ".."].every(isRelative)).toBe(true);
  expect(["a", "/a", "#a", "@a/b", ".a", "..a"].some(isRelative)).toBe(false);
});
