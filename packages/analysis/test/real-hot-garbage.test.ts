/**
 * Hot garbage in real packages against labels given by reading their code: 60 findings and 60 allocations that were not reported, drawn at random (seed 20261122) from
 * three, planck and three.quarks as they are installed, before the last change of the analysis. `every frame` says that the code makes garbage in every frame of
 * a program that uses it; `seldom` that it does not.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createFactReader, hotGarbage, linkProgram } from "@framealloc/analysis";
import { beforeAll, expect, it } from "vitest";
import { nodeHost } from "../../fa-cli/src/host.ts";
import { openProgram } from "../../fa-cli/src/open-program.ts";
import { walkFiles } from "../../../tools/walk-files.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

interface Label {
  readonly package: string;
  readonly version: string;
  readonly file: string;
  readonly line: number;
  readonly sample: "reported" | "not reported";
  readonly verdict: "every frame" | "seldom";
  readonly reason: string;
}

const labels = JSON.parse(readFileSync(`${ROOT}fixtures/real/hot-garbage.json`, "utf8")) as readonly Label[];
const packages = [...new Set(labels.map((label) => label.package))];
const reported = new Set<string>();
const key = (name: string, file: string, line: number): string => `${name}/${file}:${line}`;
const isReported = (label: Label): boolean => reported.has(key(label.package, label.file, label.line));

beforeAll(() => {
  for (const name of packages) {
    const base = `${ROOT}node_modules/${name}`;
    const files = walkFiles(`${base}/src`).filter((file) => /\.[jt]s$/.test(file)).map((file) => `${base}/src/${file}`);
    const { input } = openProgram(nodeHost(), files, { root: base, settings: { packageOf: () => name } });
    for (const { hot, site } of createFactReader(linkProgram(input))(hotGarbage)) {
      const text = readFileSync(`${base}/${hot.module.file}`, "utf8");
      reported.add(key(name, hot.module.file, text.slice(0, site.span.start).split("\n").length));
    }
  }
}, 120_000);

it("the labels are of the packages as they are installed", () => {
  for (const name of packages) {
    const { version } = JSON.parse(readFileSync(`${ROOT}node_modules/${name}/package.json`, "utf8")) as { readonly version: string };
    expect([...new Set(labels.filter((label) => label.package === name).map((label) => label.version))], name).toEqual([version]);
  }
  expect(labels.filter(({ sample }) => sample === "reported")).toHaveLength(60);
  expect(labels.filter(({ sample }) => sample === "not reported")).toHaveLength(60);
});

it("what runs in every frame is reported, at least nine in ten", () => {
  const every = labels.filter(({ verdict }) => verdict === "every frame");
  expect(every.filter((label) => !isReported(label)).length / every.length).toBeLessThanOrEqual(0.1);
});

it("of the sample, at least seven in ten that are still reported run in every frame", () => {
  const still = labels.filter(isReported);
  expect(still.filter(({ verdict }) => verdict === "every frame").length / still.length).toBeGreaterThanOrEqual(0.7);
});

it("what was rightly not reported is still not", () => {
  expect(labels.filter((label) => label.sample === "not reported" && label.verdict === "seldom" && isReported(label))).toEqual([]);
});
