/** The checkout is tidy; and each fault that tidy looks for, planted in memory, is found. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readCheckout, tidy } from "../tidy.ts";

/** Put together, or this file would name an unknown code itself. */
const UNKNOWN = ["FA", "099"].join("");

const HEADER = "/** Something of the project. */\n";

/** The faults of a checkout that holds one file, as `line: message`. */
function faultsOf(path: string, text: string, others: Readonly<Record<string, string>> = {}): string[] {
  return tidy(new Map([...Object.entries(others), [path, text]])).map(({ line, message }) => `${line}: ${message}`);
}

it("finds nothing in this checkout", () => {
  const faults = tidy(readCheckout(fileURLToPath(new URL("../..", import.meta.url))));
  expect(faults.map(({ path, line, message }) => `${path}:${line}: ${message}`)).toEqual([]);
});

it("reads the checkout that it judges", () => {
  const paths = [...readCheckout(fileURLToPath(new URL("../..", import.meta.url))).keys()];
  expect(paths).toEqual(expect.arrayContaining(["tools/tidy.ts", "packages/analysis/src/analyze.ts", "rules/catalogue.ts", "README.md", "packages/fa-cli/package.json"]));
  expect(paths.filter((path) => path.includes("node_modules") || path.includes("/dist/"))).toEqual([]);
});

describe("imports", () => {
  const manifest = { "packages/fa-cli/package.json": '{ "dependencies": { "chalk": "5.6.2" } }' };

  it.each([
    ["packages/runtime/src/allocator.ts", 'import chalk from "chalk";', "runtime must not import `chalk`"],
    ["packages/runtime/src/allocator.ts", 'import { readFileSync } from "node:fs";', "it runs in browsers"],
    ["packages/runtime/src/allocator.ts", 'import { x } from "../../analysis/src/x.ts";', "leads out of packages/runtime/src/"],
    ["packages/runtime/src/allocator.ts", 'export { x } from "@framealloc/analysis";', "runtime must not import `@framealloc/analysis`"],
    ["packages/analysis/src/cfg/order.ts", 'import type { Rule } from "@framealloc/rules";', "analysis must not import `@framealloc/rules`"],
    ["packages/analysis/src/cfg/order.ts", 'import { x } from "@oxc-project/types";', "only types may be imported"],
    ["packages/analysis/src/cfg/order.ts", 'import { type X } from "@oxc-project/types";', "only types may be imported"],
    ["packages/analysis/src/cfg/order.ts", 'import { escapes } from "../facts/escapes.ts";', "cfg/ must not import facts/"],
    ["rules/FA002-frame-escape.ts", 'type X = import("@framealloc/fa-cli").Host;', "rules must not import `@framealloc/fa-cli`"],
    ["rules/FA002-frame-escape.ts", 'const x = await import("typescript");', "rules must not import `typescript`"],
    ["packages/fa-cli/src/main.ts", 'import { x } from "@framealloc/runtime";', "fa-cli must not import `@framealloc/runtime`"],
    ["packages/fa-cli/src/main.ts", 'import { z } from "zod";', "`zod` is not among the dependencies"],
    ["packages/fa-cli/src/main.ts", 'import { readFileSync } from "node:fs";', "`node:fs` belongs in packages/fa-cli/src/host.ts"],
    ["packages/eslint-plugin/src/index.ts", 'const x = require("../../fa-cli/src/main.ts");', "leads out of packages/eslint-plugin/src/"],
  ])("of %s: %s", (path, line, message) => {
    expect(faultsOf(path, `${HEADER}\n${line}\n`, manifest)).toEqual([expect.stringMatching(new RegExp(`^3: .*${escapeRegExp(message)}`))]);
  });

  it("allows what is listed", () => {
    expect(faultsOf("packages/analysis/src/cfg/order.ts", `${HEADER}import type { Program } from "@oxc-project/types";\n`)).toEqual([]);
    expect(faultsOf("packages/analysis/src/facts/escapes.ts", `${HEADER}import { order } from "../cfg/order.ts";\n`)).toEqual([]);
    expect(faultsOf("rules/FA002-frame-escape.ts", `${HEADER}import { escapes } from "@framealloc/analysis";\nimport { defineRule } from "./define-rule.ts";\n`)).toEqual([]);
    expect(faultsOf("packages/fa-cli/src/report.ts", `${HEADER}import chalk from "chalk";\nimport { posix } from "node:path";\n`, manifest)).toEqual([]);
    expect(faultsOf("packages/fa-cli/src/host.ts", `${HEADER}import { readFileSync } from "node:fs";\n`, manifest)).toEqual([]);
    expect(faultsOf("tools/corpus.ts", `${HEADER}import { analyze } from "@framealloc/fa-cli";\nimport { spawnSync } from "node:child_process";\n`)).toEqual([]);
  });

  it("sees a circle of values through folders, and none of types or inside a folder", () => {
    const other = { "packages/runtime/src/pool/b.ts": `${HEADER}import { a } from "../a.ts";\nexport const b = a;\n` };
    expect(faultsOf("packages/runtime/src/a.ts", `${HEADER}import { b } from "./pool/b.ts";\n`, other)).toEqual(["1: folders import each other in a circle: a.ts -> pool/b.ts -> a.ts"]);
    expect(faultsOf("packages/runtime/src/a.ts", `${HEADER}import type { b } from "./pool/b.ts";\n`, other)).toEqual([]);
    expect(faultsOf("packages/runtime/src/a.ts", `${HEADER}import { b } from "./b.ts";\n`, { "packages/runtime/src/b.ts": `${HEADER}import { a } from "./a.ts";\n` })).toEqual([]);
  });
});

describe("headers", () => {
  it("of facts state a theory and what is missed", () => {
    const fault = (header: string, path = "packages/analysis/src/facts/new-fact.ts"): string[] => faultsOf(path, `/**\n * ${header}\n */\nexport const newFact = defineFact("new-fact", () => 1);\n`);
    expect(fault("Something.")).toEqual([expect.stringContaining("does not state its theory"), expect.stringContaining("does not state what it misses")]);
    expect(fault("Something. Theory: may.")).toEqual([expect.stringContaining("does not state what it misses")]);
    expect(fault("Something. Theory: may. Known misses: none.")).toEqual([]);
    expect(fault("Something.", "packages/analysis/test/new-fact.ts")).toEqual([]);
  });

  it.each(["export const x = 1;\n", "// A line comment.\nexport const x = 1;\n", "/* Not a header. */\n", 'import "./a.ts";\n/** Too late. */\n', "/** */\n"])("misses one in %j", (text) => {
    expect(faultsOf("tools/corpus.ts", text)).toEqual(["1: begins without a `/** ... */` comment that says what the file is"]);
  });

  it.each([HEADER, `#!/usr/bin/env node\n${HEADER}`, "// Generated by `npm run generate`; do not edit.\nexport {};\n"])("accepts %j", (text) => {
    expect(faultsOf("tools/corpus.ts", text)).toEqual([]);
  });

  it("asks none of a fixture", () => {
    expect(faultsOf("fixtures/FA002/bad-field.ts", "export const x = 1;\n")).toEqual([]);
  });
});

describe("codes", () => {
  it.each(["docs/guide.md", "rules/FA002-frame-escape.ts", "fixtures/FA002/bad-field.ts", "packages/runtime/test/frame.test.ts"])("that nobody reports are found in %s", (path) => {
    expect(faultsOf(path, `${HEADER}// ${UNKNOWN}\n`)).toEqual([`2: ${UNKNOWN} is no code that anything reports`]);
  });

  it("become known by the file of their rule", () => {
    const rule = { [`rules/${UNKNOWN}-some-name.ts`]: HEADER };
    expect(faultsOf("docs/guide.md", `${UNKNOWN}\n`, rule)).toEqual([]);
    expect(faultsOf("docs/guide.md", `${UNKNOWN}\n`)).toHaveLength(1);
  });

  it.each([
    ["packages/analysis/src/facts/escapes.ts", "// for FA002\n"],
    ["packages/fa-cli/src/main.ts", 'export const x = "FA002";\n'],
    ["packages/fa-cli/src/main.ts", 'export const x = "FA901";\n'],
    ["packages/runtime/src/allocator.ts", 'export const x = "FA003";\n'],
    ["rules/FA002-frame-escape.ts", 'export const x = "FA004";\n'],
    ["tools/corpus.ts", 'export const x = "FA004";\n'],
  ])("do not belong in %s: %s", (path, line) => {
    expect(faultsOf(path, HEADER + line)).toEqual([expect.stringContaining("does not belong here: only its rule knows a code")]);
  });

  it.each([
    ["packages/runtime/src/allocator.ts", "/** Throws FA003 when full. */\n"],
    ["packages/runtime/src/diagnostics/runtime-codes.ts", 'export const x = "FA003";\n'],
    ["packages/fa-cli/src/fault-diagnostic.ts", 'export const x = "FA901";\n'],
    ["rules/FA002-frame-escape.ts", 'export const x = "FA002"; // see FA004\n'],
  ])("belong in %s: %s", (path, line) => {
    expect(faultsOf(path, HEADER + line)).toEqual([]);
  });
});

describe("names", () => {
  it.each(["tools/utils.ts", "packages/runtime/src/types.ts", "tools/string-helpers.ts", "packages/runtime/src/common/bits.ts", "packages/runtime/src/frame-manager.ts", "tools/camelCase.ts"])("of files: %s", (path) => {
    expect(faultsOf(path, HEADER)).toHaveLength(1);
  });

  it("of files that have a subject are let be", () => {
    expect(faultsOf("packages/runtime/src/types/struct-types.ts", HEADER)).toEqual([]);
  });

  it("of classes", () => {
    expect(faultsOf("tools/corpus.ts", `${HEADER}export class CorpusManager {}\n`)).toEqual(["2: class `CorpusManager` says nothing: name it after what it holds"]);
  });

  it.each([
    ["the freelist of a class", "write free list"],
    ["roll back to the savepoint", "write checkpoint"],
    ["raise the watermark", "write high-water mark"],
    ["TODO: later", "write the change itself"],
  ])("words that have a replacement: %s", (words, replacement) => {
    expect(faultsOf("docs/guide.md", `# Guide\n\n${words}\n`)).toEqual([expect.stringContaining(replacement)]);
    expect(faultsOf("tools/corpus.ts", `${HEADER}// ${words}\n`)).toHaveLength(1);
  });
});

describe("lengths", () => {
  const long = `${HEADER}export function work(): void {\n${"  step();\n".repeat(60)}}\n`;

  it("of functions", () => {
    expect(faultsOf("tools/corpus.ts", long)).toEqual([expect.stringMatching(/^2: `work` has 62 lines/)]);
    expect(faultsOf("tools/corpus.ts", long.replace(HEADER, "/**\n * A table.\n *\n * Longer than 60 lines: one case a kind.\n */\n"))).toEqual([]);
  });

  it("of files", () => {
    const file = HEADER + "step();\n".repeat(300);
    expect(faultsOf("tools/corpus.ts", file)).toEqual([expect.stringMatching(/^1: 301 lines/)]);
    expect(faultsOf("tools/corpus.ts", file.replace(HEADER, "/**\n * A table.\n * Longer than 300 lines: one entry a name.\n */\n"))).toEqual([]);
    expect(faultsOf("tools/corpus.ts", file.replace(HEADER, "/**\n * A table.\n * Longer than 300 lines:\n */\n"))).toHaveLength(1);
  });

  it("of a group of tests do not count, of a test they do", () => {
    const group = (inner: string): string => `${HEADER}describe("a", () => {\n${inner}});\n`;
    expect(faultsOf("tools/test/corpus.test.ts", group('it("b", () => {});\n'.repeat(70)))).toEqual([]);
    expect(faultsOf("tools/test/corpus.test.ts", group(`it("b", () => {\n${"step();\n".repeat(70)}});\n`))).toHaveLength(1);
  });
});

describe("fenced names", () => {
  it.each([
    ["packages/runtime/src/shared/shared-pool.ts", "export const x = Atomics.load(words, 0);\n"],
    ["packages/fa-cli/src/main.ts", "export const x = process.argv;\n"],
    ["packages/analysis/src/analyze.ts", "console.log(1);\n"],
    ["rules/FA002-frame-escape.ts", "export const x = Date.now();\n"],
  ])("in %s", (path, line) => {
    expect(faultsOf(path, HEADER + line)).toEqual([expect.stringContaining("belongs in")]);
  });

  it("are free in their own files, and as keys and strings", () => {
    expect(faultsOf("packages/runtime/src/shared/words.ts", `${HEADER}export const x = Atomics.load(words, 0);\n`)).toEqual([]);
    expect(faultsOf("packages/fa-cli/src/host.ts", `${HEADER}export const x = process.argv;\n`)).toEqual([]);
    expect(faultsOf("packages/analysis/src/knowledge/agents.ts", `${HEADER}export const x = { process: "Atomics" }.process;\n`)).toEqual([]);
  });
});

describe("exported `any`", () => {
  it.each(["export function f(x: any): void {}", "export const x: any[] = [];", "export interface X { y(z: string): any }", "export class X { y: any; }", "export type X = Map<string, any>;"])("in %s", (line) => {
    expect(faultsOf("packages/runtime/src/allocator.ts", `${HEADER}${line}\n`)).toEqual([expect.stringMatching(/^2: `any` in an exported type/)]);
  });

  it.each(["export function f(): void { const x: any = 1; }", "export class X { #y: any; private z: any; }", "const x: any = 1;"])("not in %s", (line) => {
    expect(faultsOf("packages/runtime/src/allocator.ts", `${HEADER}${line}\n`)).toEqual([]);
  });
});

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
