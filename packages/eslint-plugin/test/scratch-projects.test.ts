/**
 * Projects as somebody would set them up: the packages packed by npm, installed by npm beside what the README names, linted with the README's configuration. Fetches
 * from the registry, so only with `SOAK=1`.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { expectBuilt } from "../../../tools/build-packages.mjs";
import { project } from "./lint-project.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const MINUTES = 60_000;
const OURS = ["packages/analysis", "rules", "packages/eslint-plugin", "packages/runtime"] as const;

/** The first block of this language under a heading of the README. */
function block(heading: string, language: string): string {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const section = readme.split(/^##+ /m).find((each) => each.startsWith(`${heading}\n`)) ?? "";
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section)?.[1];
  if (found === undefined) throw new Error(`the README has no ${language} under "${heading}"`);
  return found;
}

/** A frame value that outlives its frame, through a helper in another file. */
const KEEP = 'import type { SmartAlloc } from "@framealloc/runtime";\nimport { f32 } from "@framealloc/runtime";\nexport const lines = (alloc: SmartAlloc): Float32Array => alloc.frameSlice(f32, 4);\n';
const STEP = 'import { SmartAlloc } from "@framealloc/runtime";\nimport { lines } from "./keep.js";\nconst alloc = SmartAlloc.withDefaults();\nlet kept: Float32Array | null = null;\nexport function step(): void {\n  alloc.beginFrame();\n  kept = lines(alloc);\n  alloc.endFrame();\n}\nexport const last = (): Float32Array | null => kept;\n';
/** The same in one file. */
const SCRIPT = 'import { SmartAlloc } from "@framealloc/runtime";\nconst alloc = SmartAlloc.withDefaults();\nexport function step() {\n  alloc.beginFrame();\n  alloc.beginFrame();\n  alloc.endFrame();\n}\n';
const TSCONFIG = JSON.stringify({ compilerOptions: { strict: true, target: "es2023", lib: ["ES2023", "ESNext.Disposable", "DOM"], module: "nodenext", noEmit: true, types: [] }, include: ["src"] });

describe.skipIf(process.env["SOAK"] === undefined)("a project", () => {
  let tarballs: Readonly<Record<string, string>> = {};

  beforeAll(() => {
    expectBuilt(ROOT, "@framealloc/eslint-plugin");
    const folder = project({});
    tarballs = Object.fromEntries(OURS.map((path) => {
      const [{ name, filename }] = JSON.parse(npm(join(ROOT, path), "pack", "--json", "--ignore-scripts", "--pack-destination", folder)) as [{ readonly name: string; readonly filename: string }];
      return [name, `file:${join(folder, filename)}`];
    }));
  }, 5 * MINUTES);

  /** Installs what `devDependencies` name, ours from the tarballs; any conflict of peers fails it. */
  function install(devDependencies: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>, more: object = {}): string {
    const folder = project({ "package.json": JSON.stringify({ name: "scratch", private: true, type: "module", devDependencies: { ...devDependencies, ...tarballs }, ...more }), ...files });
    npm(folder, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--strict-peer-deps");
    return folder;
  }

  it("in TypeScript 6 is linted with types", () => {
    const folder = install({ eslint: "^10.0.0", typescript: "~6.0.0", "typescript-eslint": "8.73.0" }, { "eslint.config.js": block("TypeScript", "js"), "tsconfig.json": TSCONFIG, "src/keep.ts": KEEP, "src/step.ts": STEP });
    expect(typescriptOf(folder)).toMatch(/^6\./);
    expect(eslint(folder)).toEqual(["src/step.ts:7 framealloc/frame-escape"]);
  }, 5 * MINUTES);

  it("in TypeScript 6 under ESLint 9 is the same", () => {
    const folder = install({ eslint: "^9.0.0", typescript: "~6.0.0", "typescript-eslint": "8.73.0" }, { "eslint.config.js": block("TypeScript", "js"), "tsconfig.json": TSCONFIG, "src/keep.ts": KEEP, "src/step.ts": STEP });
    expect(eslint(folder)).toEqual(["src/step.ts:7 framealloc/frame-escape"]);
  }, 5 * MINUTES);

  it("in TypeScript 7, side by side with the API of 6, is linted with types", () => {
    const { devDependencies } = JSON.parse(block("TypeScript 7", "json")) as { readonly devDependencies: Readonly<Record<string, string>> };
    const folder = install(devDependencies, { "eslint.config.js": block("TypeScript", "js"), "tsconfig.json": TSCONFIG, "src/keep.ts": KEEP, "src/step.ts": STEP });
    expect(run(folder, "node_modules/@typescript/native/bin/tsc", "--version").stdout).toMatch(/^Version 7\./);
    expect(eslint(folder)).toEqual(["src/step.ts:7 framealloc/frame-escape"]);
  }, 5 * MINUTES);

  it("in TypeScript 7 alone is installed without a conflict; its JavaScript is linted by ESLint, all of it by oxlint", () => {
    const files = { "eslint.config.js": block("JavaScript", "js"), ".oxlintrc.json": block("oxlint", "json"), "src/step.js": SCRIPT, "src/whole.ts": `${KEEP.replace("export ", "")}${STEP.split("\n").slice(2).join("\n")}`.replace("import type { SmartAlloc }", "import { SmartAlloc }") };
    const folder = install({ eslint: "^10.0.0", typescript: "^7.0.2", oxlint: "1.89.0" }, files);
    expect(typescriptOf(folder)).toMatch(/^7\./);
    expect(eslint(folder)).toEqual(["src/step.js:5 framealloc/nested-begin"]);
    const { stdout, stderr } = run(folder, "node_modules/oxlint/bin/oxlint", "-f", "unix");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/src\/whole\.ts:\d+:\d+: .*\(FA002\)/);
  }, 5 * MINUTES);

  it("in JavaScript has no TypeScript at all", () => {
    const folder = install({ eslint: "^10.0.0" }, { "eslint.config.js": block("JavaScript", "js"), "src/step.js": SCRIPT });
    expect(() => typescriptOf(folder)).toThrow("no such file");
    expect(eslint(folder)).toEqual(["src/step.js:5 framealloc/nested-begin"]);
  }, 5 * MINUTES);

  it("of several packages that refer to each other is linted across them", () => {
    const options = { strict: true, target: "es2023", lib: ["ES2023", "ESNext.Disposable", "DOM"], module: "nodenext", composite: true, outDir: "dist", rootDir: "src", types: [] };
    const files = {
      "eslint.config.js": block("TypeScript", "js"),
      "tsconfig.json": JSON.stringify({ files: [], references: [{ path: "packages/memory" }, { path: "packages/game" }] }),
      "packages/memory/package.json": '{ "name": "@scratch/memory", "version": "1.0.0", "type": "module", "exports": { ".": { "types": "./dist/keep.d.ts", "default": "./dist/keep.js" } } }',
      "packages/memory/tsconfig.json": JSON.stringify({ compilerOptions: options, include: ["src"] }),
      "packages/memory/src/keep.ts": KEEP,
      "packages/game/package.json": '{ "name": "@scratch/game", "version": "1.0.0", "type": "module", "dependencies": { "@scratch/memory": "1.0.0" } }',
      "packages/game/tsconfig.json": JSON.stringify({ compilerOptions: options, include: ["src"], references: [{ path: "../memory" }] }),
      "packages/game/src/step.ts": STEP.replace("./keep.js", "@scratch/memory"),
    };
    const folder = install({ eslint: "^10.0.0", typescript: "~6.0.0", "typescript-eslint": "8.73.0" }, files, { workspaces: ["packages/*"] });
    // `lines` allocates in a frame that its callers open, in another package: nothing is said of it.
    expect(eslint(folder)).toEqual(["packages/game/src/step.ts:7 framealloc/frame-escape"]);
  }, 5 * MINUTES);
});

function npm(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8", maxBuffer: 1 << 28, shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`npm ${args.join(" ")}: ${stderr}`);
  return stdout;
}

function run(folder: string, program: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [join(folder, program), ...args], { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
}

/** `file:line rule`, of the command as it is installed there. Throws when it does not end as it does after findings. */
function eslint(folder: string): string[] {
  const { stdout, stderr, status } = run(folder, "node_modules/eslint/bin/eslint.js", ".", "-f", "json");
  // Typed linting says on stderr which version of TypeScript it has not been tried with.
  if (status !== 0 && status !== 1) throw new Error(`${stdout}${stderr}`);
  const results = JSON.parse(stdout) as readonly { readonly filePath: string; readonly messages: readonly { readonly line: number; readonly ruleId: string | null; readonly message: string }[] }[];
  return results.flatMap(({ filePath, messages }) => messages.map(({ line, ruleId, message }) => `${filePath.slice(folder.length + 1).replaceAll("\\", "/")}:${line} ${ruleId ?? message}`)).sort();
}

function typescriptOf(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, "node_modules/typescript/package.json"), "utf8")) as { readonly version: string };
  return version;
}
