/** What the README shows is what is there: the finding, the links, the commands. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { expectBuilt } from "../build-packages.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

it("shows a finding as `fa` prints it", () => {
  const shown = /^```text\n([^]*?)^```$/m.exec(readme)?.[1] ?? "";
  const code = /^\w+\[(FA\d{3})\]/.exec(shown)?.[1] ?? "";
  expectBuilt(root, "@framealloc/fa-cli");
  const fa = ["packages/fa-cli/bin/fa.js", "--only", code, "examples/asteroids-buggy"];
  const { stdout, stderr } = spawnSync(process.execPath, fa, { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  expect(stdout, stderr).toContain(shown);
}, 180_000);

it("links to what exists", () => {
  const pages = ["README.md", "CONTRIBUTING.md"].map((path) => readFileSync(join(root, path), "utf8"));
  const targets = pages.flatMap((page) => [...page.matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? ""));
  expect(targets.length).toBeGreaterThan(5);
  expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([]);
});

it("names commands that package.json has", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly scripts: Readonly<Record<string, string>> };
  const named = [...readme.matchAll(/\bnpm (?:run )?(start|test|[a-z]+-[a-z]+|check|generate|tidy)\b/g)].map((match) => match[1] ?? "");
  expect(named).toEqual(expect.arrayContaining(["start", "test", "check", "new-rule"]));
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});
