/** Garbage counts where pictures wait for it: not in a project's tests. */
import { CATALOGUE } from "@framealloc/rules";
import { expect, test } from "vitest";
import { memoryHost } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";

const LOOP = `
  const seen: object[] = [];
  function draw(): void {
    seen.push({ at: seen.length });
    requestAnimationFrame(draw);
  }
  draw();`;

async function codesIn(file: string): Promise<readonly string[]> {
  const host = memoryHost(new Map([[file, LOOP]]), { cwd: "/game", args: ["--all", "-f", "compact"] });
  await runCommand(host, CATALOGUE);
  return host.written.out.match(/FA\d{3}/g) ?? [];
}

test("a loop of the program is hot", async () => {
  expect(await codesIn("src/draw.ts")).toEqual(["FA530"]);
});

test.each(["src/draw.test.ts", "src/draw.spec.tsx", "src/__tests__/draw.ts"])("a loop in %s is not", async (file) => {
  expect(await codesIn(file)).toEqual([]);
});
