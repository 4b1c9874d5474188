/** Type-checks types.test-d.ts: every expected error is there, with its text, and there is no other. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const folder = dirname(fileURLToPath(import.meta.url));
const file = resolve(folder, "types.test-d.ts");
const EXPECTED = /^\s*\/\/ @ts-expect-error: (.*)$/;

test("what must not compile does not, and says why", () => {
  const source = readFileSync(file, "utf8").split("\n");
  const expected = source.flatMap((text, i) => (EXPECTED.test(text) ? [{ line: i + 2, text: EXPECTED.exec(text)?.[1] ?? "" }] : []));
  expect(expected.length).toBeGreaterThan(15);
  const found = errorsWithoutMarks(source);
  const unexpected = found.filter((error) => !expected.some(({ line }) => line === error.line));
  expect(unexpected).toEqual([]);
  for (const { line, text } of expected) {
    const here = found.filter((error) => error.line === line);
    expect(here.some((error) => error.message.includes(text)), `line ${line} should be an error that says "${text}", and is: ${here.map((error) => error.message).join("; ") || "none"}`).toBe(true);
  }
});

/** All errors of the file with its marks taken out, lines counted from 1. */
function errorsWithoutMarks(source: readonly string[]): { readonly line: number; readonly message: string }[] {
  const config = ts.getParsedCommandLineOfConfigFile(resolve(folder, "../tsconfig.json"), {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => { throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")); } });
  if (config === undefined) throw new Error("no tsconfig.json");
  const host = ts.createCompilerHost(config.options);
  const read = host.readFile.bind(host);
  host.readFile = (name) => (resolve(name) === file ? source.map((text) => (EXPECTED.test(text) ? "//" : text)).join("\n") : read(name));
  const program = ts.createProgram([file], config.options, host);
  const checked = program.getSourceFile(file);
  return ts.getPreEmitDiagnostics(program, checked).map((diagnostic) => ({
    line: diagnostic.file === undefined ? 0 : diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line + 1,
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, " "),
  }));
}
