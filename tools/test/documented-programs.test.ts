/** What documentation shows type-checks against the sources of the packages. */
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, it } from "vitest";
import { blocksOf, documentedBlocks, ruleExamples, typeErrors } from "../documented-programs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

it("type-checks the blocks of Markdown and the examples of rules", () => {
  expect(typeErrors(root, [...documentedBlocks(root), ...ruleExamples(CATALOGUE)])).toEqual([]);
});

describe("a block", () => {
  it("is found with its place and language", () => {
    expect(blocksOf("a.md", "# A\n\n```ts\nlet a;\n```\n\n```sh\nls\n```\n```tsx\n<A />;\n```\n")).toEqual([
      { place: "a.md:3", text: "let a;\n", jsx: false },
      { place: "a.md:10", text: "<A />;\n", jsx: true },
    ]);
  });

  it("is a module of its own, and its errors name its place", () => {
    const block = (text: string): { place: string; text: string; jsx: boolean } => ({ place: "a.md:3", text, jsx: false });
    expect(typeErrors(root, [block("const a: number = 1;\n"), block('const a = "x";\nimport "not-installed-here";\n')])).toEqual([]);
    expect(typeErrors(root, [block("\nconst a: number = null;\n")])).toEqual(["a.md:3: 2: Type 'null' is not assignable to type 'number'."]);
  });
});
