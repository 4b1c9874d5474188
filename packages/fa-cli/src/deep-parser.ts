/**
 * Parses a text whose nesting would overflow the native stack: in a process of its own, on a thread with a stack of half a gigabyte (reserved, not
 * used). Slow by a process' start, safe by it too: should even that stack not do, the crash is the other process'.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { OxcError, ParseResult as OxcResult, ParserOptions } from "oxc-parser";

/** What the parser gives, as plain data: values of big integers and regular expressions are left out, their texts are there. */
export type DeepParse = Pick<OxcResult, "program" | "comments"> & { readonly errors: readonly OxcError[] };

const STACK_MEGABYTES = 512;
const MAX_OUTPUT_BYTES = 1 << 30;

/** Null when the nesting is too deep for that as well. Cost: about 0.2 s and the parse. */
export function parseDeep(file: string, text: string, options: ParserOptions): DeepParse | null {
  const parser = pathToFileURL(createRequire(import.meta.url).resolve("oxc-parser")).href;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", CHILD], { input: JSON.stringify({ parser, file, text, options, stackSizeMb: STACK_MEGABYTES }), encoding: "utf8", maxBuffer: MAX_OUTPUT_BYTES });
  if (child.error !== undefined) throw child.error;
  if (child.signal !== null || child.status !== 0) return null;
  return JSON.parse(child.stdout) as DeepParse;
}

/** The other process: hands its input to a thread with a large stack, and that thread's answer on. The tree goes as text, which no stack limits. */
const THREAD = `
import { parentPort, workerData } from "node:worker_threads";
const { parseSync } = await import(workerData.parser);
const { program, comments, errors } = parseSync(workerData.file, workerData.text, workerData.options);
const plain = (key, value) => (typeof value === "bigint" ? null : value);
parentPort.postMessage(JSON.stringify({ program, comments, errors }, plain));
`;
const CHILD = `
import { Worker } from "node:worker_threads";
let input = "";
for await (const piece of process.stdin.setEncoding("utf8")) input += piece;
const { stackSizeMb, ...workerData } = JSON.parse(input);
const thread = new Worker(new URL("data:text/javascript," + encodeURIComponent(${JSON.stringify(THREAD)})), { workerData, resourceLimits: { stackSizeMb } });
thread.on("message", (answer) => process.stdout.write(answer));
`;
