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

test.each(["json", "sarif"])("%s", async (format) => {
  const first = await written(FILES, format);
  expect(first.match(/FA\d{3}/g)?.length).toBeGreaterThan(4);
  expect(await written(FILES.toReversed(), format)).toBe(first);
  expect(await written(SHUFFLED, format)).toBe(first);
  expect(await written(FILES, format)).toBe(first);
});
