/** The same files give the same bytes in every format, whatever the order in which they are listed, and again the second time. */
import { readdirSync, readFileSync } from "node:fs";
import { CATALOGUE } from "@framealloc/rules";
import { expect, test } from "vitest";
import { memoryHost } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";

const projects = new URL("../../../fixtures/projects/", import.meta.url);
const FILES = readdirSync(projects, { recursive: true, encoding: "utf8" }).filter((name) => /^look-alikes-[\w-]+-buggy\/.*\.[cm]?[jt]s$/.test(name)).sort().map((name) => [name, readFileSync(new URL(name, projects), "utf8")] as const);

/** Every third, then those in between. */
const SHUFFLED = [0, 1, 2].flatMap((rest) => FILES.filter((_each, index) => index % 3 === rest));

async function written(files: typeof FILES, format: string): Promise<string> {
  const host = memoryHost(new Map(files), { cwd: "/game", args: ["--all", "-f", format] });
  await runCommand(host, CATALOGUE);
  return host.written.out;
}

test("json", async () => {
  const first = await written(FILES, "json");
  expect(first.match(/FA\d{3}/g)?.length).toBeGreaterThan(4);
  expect(await written(FILES.toReversed(), "json")).toBe(first);
  expect(await written(SHUFFLED, "json")).toBe(first);
});

test("sarif", async () => {
  const first = await written(FILES, "sarif");
  expect(first).toContain("FA002");
  expect(await written(SHUFFLED, "sarif")).toBe(first);
});
