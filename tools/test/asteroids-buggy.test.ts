/** The ten planted mistakes are found, and nothing else; in the game that they were planted into nothing is found at all. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, it } from "vitest";
import { readExpectations } from "../expectations.ts";
import { type Fixture, runFixture } from "../fixtures.ts";

const PLANTED = ["FA001", "FA002", "FA004", "FA005", "FA006", "FA201", "FA530", "FA603", "FA606", "FA607"];

function game(name: string): Fixture {
  const folder = fileURLToPath(new URL(`../../examples/${name}/src/`, import.meta.url));
  const files = new Map(readdirSync(folder).sort().map((file) => [`src/${file}`, readFileSync(folder + file, "utf8")]));
  return { path: `examples/${name}`, code: null, kind: "project", files };
}

const buggy = game("asteroids-buggy");
const clean = game("asteroids");

describe("the game with ten mistakes", () => {
  it("wants one of each code", () => {
    const wants = [...buggy.files].flatMap(([file, text]) => readExpectations(file, text).wants);
    expect(wants.map((want) => want.code).sort()).toEqual(PLANTED);
  });

  it("is found to have exactly these", () => {
    const { failures, diagnostics } = runFixture(buggy, CATALOGUE);
    expect(failures).toEqual([]);
    expect(diagnostics.map((diagnostic) => diagnostic.code).sort()).toEqual(PLANTED);
  });

  it("differs from the clean game by a few lines only", () => {
    const changed = [...buggy.files].reduce((sum, [file, text]) => sum + linesMissing(text, clean.files.get(file) ?? ""), 0);
    expect([...buggy.files.keys()]).toEqual([...clean.files.keys()]);
    expect(changed).toBeLessThanOrEqual(16);
  });
});

it("finds nothing in the clean game", () => {
  const { failures, diagnostics } = runFixture(clean, CATALOGUE);
  expect(failures).toEqual([]);
  expect(diagnostics).toEqual([]);
});

/** How many lines of `text` the other text does not have. */
function linesMissing(text: string, other: string): number {
  const lines = new Set(other.split("\n"));
  return text.split("\n").filter((line) => !lines.has(line)).length;
}
