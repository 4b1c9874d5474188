/**
 * A hundred thousand findings through a pipe (in formats that only differ in words a part of that, for the sake of time; all with `SOAK=1`), out of a process whose heap could not hold the report beside them: it arrives whole, what the
 * process needs on top stays small, nothing is made faster than it is read, and a reader that goes away ends it quietly.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Host } from "../src/host.ts";
import { memoryHost } from "../src/memory-host.ts";
import { parseArgs, REPORT_FORMATS, type ReportFormat } from "../src/parse-args.ts";
import { writeReports } from "../src/write-reports.ts";
import { diagnosticOf, reportOf } from "./hostile-report.ts";

const HEAP_MEGABYTES = 160;
/** Two processes on a machine that does other things. */
const DEADLINE_MS = 240_000;
const PROGRAM = fileURLToPath(new URL("programs/report-many.ts", import.meta.url));
/** Of annotations no more are shown, of a SARIF run no more are taken. */
const MOST: Readonly<Partial<Record<ReportFormat, number>>> = { github: 10, sarif: 25_000 };

/** How often a finding is in a report, by a mark that each has once. */
const MARKS: Readonly<Record<ReportFormat, RegExp>> = {
  terminal: /^error\[FA002\]/gm, json: /^\{"code":/gm, sarif: /"ruleId":/g, junit: /<testcase /g, checkstyle: /<error /g, compact: /\(FA002\)$/gm,
  github: /^::error /gm, gitlab: /"fingerprint":/g, rdjson: /"code":\{"value"/g, html: /^\{"code":/gm,
};
/** How a whole report ends. */
const endsOf = (count: number): Readonly<Record<ReportFormat, string>> => ({
  terminal: "`fa explain FA002` says more.\n", json: "]\n}\n", sarif: "]}]}\n", junit: "</testsuites>\n", checkstyle: "</checkstyle>\n", compact: `${count} problems\n`,
  github: `${count - 10} more findings than GitHub shows\n`, gitlab: "\n]\n", rdjson: "\n]}\n", html: "</html>\n",
});

interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** `onData` may end the reading. */
function reportMany(count: number, formats: readonly ReportFormat[], onData: (stop: () => void) => void): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", `--max-old-space-size=${HEAP_MEGABYTES}`, "--max-semi-space-size=2", PROGRAM, String(count), ...formats], { stdio: ["ignore", "pipe", "pipe"], cwd: fileURLToPath(new URL("../../..", import.meta.url)) });
  const chunks: Buffer[] = [];
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => { err += text; });
  child.stdout.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    onData(() => { child.stdout.destroy(); });
  });
  return new Promise((resolve) => { child.once("close", (code) => { resolve({ out: Buffer.concat(chunks).toString(), err, code }); }); });
}

// Those written in full keep something of each finding (fingerprints, lines that are wanted), and json is the longest; the others differ in words.
test.each([
  [100_000, ["json", "gitlab", "html"]],
  [process.env["SOAK"] === undefined ? 20_000 : 100_000, REPORT_FORMATS],
] as const)("%i findings arrive whole from a small process, in %j", async (count, formats) => {
  const { out, err, code } = await reportMany(count, formats, () => undefined);
  expect({ code, err: err.replaceAll(/\d+/g, "n") }).toEqual({ code: 0, err: formats.map((format) => `${format} grew by n\n`).join("") });
  const reports = out.split("\f");
  expect(reports.pop()).toBe("");
  expect(reports).toHaveLength(formats.length);
  for (const [index, format] of formats.entries()) {
    const report = reports[index] ?? "";
    expect(report.endsWith(endsOf(count)[format]), format).toBe(true);
    expect(report.match(MARKS[format]), format).toHaveLength(Math.min(MOST[format] ?? count, count));
    if (format === "json" || format === "sarif" || format === "gitlab" || format === "rdjson") expect(() => { JSON.parse(report); }).not.toThrow();
  }
  expect([...err.matchAll(/\d+/g)].map(Number).filter((grown) => grown > 96 << 20)).toEqual([]);
}, DEADLINE_MS);

test("a reader that goes away ends it quietly, and nothing more is made for him", async () => {
  const { err, code } = await reportMany(20_000, ["json", "gitlab"], (stop) => { stop(); });
  expect(err.replaceAll(/\d+/g, "n")).toBe("json grew by n\ngitlab grew by n\n");
  expect(code).toBe(0);
}, DEADLINE_MS);

test("once the stream is closed no more is made", async () => {
  const taken: string[] = [];
  const out: Host["out"] = { isTerminal: false, columns: 80, isClosed: () => taken.length > 0, write: (text) => { taken.push(text); return Promise.resolve(); } };
  const parsed = parseArgs(["-f", "json"], "1");
  if (parsed.command !== "analyze") throw new Error(parsed.command);
  await writeReports({ ...memoryHost(new Map()), out }, parsed.options, reportOf(new Array(1_000).fill(diagnosticOf({}))), {});
  expect(taken).toHaveLength(1);
});

test("no more is made than is read", async () => {
  const taken: string[] = [];
  let go: () => void = () => undefined;
  const out: Host["out"] = { isTerminal: false, columns: 80, write: (text) => { taken.push(text); return new Promise((resolve) => { go = resolve; }); } };
  let made = 0;
  const diagnostics = new Proxy(new Array(1_000).fill(diagnosticOf({ message: "x".repeat(1_000) })), { get: (target, key, receiver) => { if (typeof key === "string" && /^\d+$/.test(key)) made = Math.max(made, Number(key)); return Reflect.get(target, key, receiver); } });
  const parsed = parseArgs(["-f", "rdjson"], "1");
  if (parsed.command !== "analyze") throw new Error(parsed.command);
  const done = writeReports({ ...memoryHost(new Map()), out }, parsed.options, reportOf(diagnostics), {});
  await new Promise((resolve) => { setTimeout(resolve, 20); });
  expect(taken).toHaveLength(1);
  // A write holds some sixty findings of this length.
  expect(made).toBeLessThan(100);
  let ended = false;
  void done.then(() => { ended = true; });
  while (!ended) {
    go();
    await new Promise((resolve) => { setTimeout(resolve, 0); });
  }
  expect(taken.length).toBeGreaterThan(10);
  expect(JSON.parse(taken.join("")).diagnostics).toHaveLength(1_000);
});
