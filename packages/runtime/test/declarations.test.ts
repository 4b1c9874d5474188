/** The declarations of the built package, under the compiler options that users have: none skips them here, as `skipLibCheck` would. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const packageFile = fileURLToPath(new URL("../package.json", import.meta.url));
/** Where a user's file would be; it is in memory alone. */
const user = fileURLToPath(new URL("./user-of-all-entries.ts", import.meta.url));

beforeAll(async () => {
  const tools = new URL("../../../tools/build-packages.mjs", import.meta.url).href;
  const { expectBuilt } = (await import(tools)) as { expectBuilt(root: string, name: string): void };
  expectBuilt(root, "@framealloc/runtime");
});

const STRICT: ts.CompilerOptions = {
  strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noImplicitOverride: true, noPropertyAccessFromIndexSignature: true,
  isolatedModules: true, verbatimModuleSyntax: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
};
const BUNDLER: ts.CompilerOptions = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
const DOM = ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.esnext.disposable.d.ts"];
const WORKER = ["lib.es2023.d.ts", "lib.webworker.d.ts", "lib.esnext.disposable.d.ts"];

test.each<[string, readonly string[], ts.CompilerOptions]>([
  ["as strict as can be", DOM, STRICT],
  ["of a worker", WORKER, STRICT],
  ["with optional properties that may be undefined", DOM, { ...STRICT, exactOptionalPropertyTypes: false }],
  ["through a bundler", DOM, { ...STRICT, ...BUNDLER }],
  ["strict alone", DOM, { strict: true, target: ts.ScriptTarget.ES2022, ...BUNDLER }],
])("%s", (_, lib, options) => {
  expect(faultsOf({ ...options, lib: [...lib] })).toEqual([]);
});

/** What the compiler says of a program that imports every entry. */
function faultsOf(options: ts.CompilerOptions): readonly string[] {
  const { exports } = JSON.parse(readFileSync(packageFile, "utf8")) as { exports: Readonly<Record<string, unknown>> };
  const entries = Object.keys(exports).filter((entry) => !entry.endsWith(".json"));
  const text = entries.map((entry, i) => `export * as entry${i} from "@framealloc/runtime${entry.slice(1)}";`).join("\n");
  expect(entries.length).toBeGreaterThan(8);
  const all: ts.CompilerOptions = { ...options, noEmit: true, skipLibCheck: false, types: [] };
  const host = ts.createCompilerHost(all);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => path === user || fileExists.call(host, path);
  host.readFile = (path) => (path === user ? text : readFile.call(host, path));
  host.getSourceFile = (path, target, ...more) => (path === user ? ts.createSourceFile(path, text, target) : getSourceFile.call(host, path, target, ...more));
  const program = ts.createProgram([user], all, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => `${file?.fileName.replace(/^.*\/(?=dist\/)/, "") ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
