/**
 * Writes reports of many findings to the standard output, as the command does: `report-many.ts <count> <format>...`, a form feed after each. Tells on standard
 * error, a line a format, by how many bytes the process had grown at most, over what it held when it began to write.
 */
import { nodeHost } from "../../src/host.ts";
import { parseArgs } from "../../src/parse-args.ts";
import { sourceText } from "../../src/source-text.ts";
import { writeReports } from "../../src/write-reports.ts";
import { codeText, diagnosticOf } from "../hostile-report.ts";

const [count = "0", ...formats] = process.argv.slice(2);
const LINES = 2_000;
const source = sourceText(Array.from({ length: LINES }, (_, index) => `kept.push(alloc.frameBox(${index}));`).join("\n"));
const place = (index: number) => {
  const start = source.lineStart((index % LINES) + 1);
  return { file: `src/part-${String(Math.floor(index / LINES)).padStart(4, "0")}.ts`, span: { start, end: start + 4 } };
};

const diagnostics = Array.from({ length: Number(count) }, (_, index) => diagnosticOf({
  message: `frame value ${index} outlives its frame`,
  at: place(index),
  related: [{ at: place(index), message: "allocated here" }],
  chain: [{ at: place(index), message: "`tick` runs every frame" }],
  help: "copy what you need",
}));
const files = [...new Set(diagnostics.map(({ at }) => at.file))];
const host = nodeHost();
for (const format of formats) {
  const parsed = parseArgs(["-f", format], "1.0.0");
  if (parsed.command !== "analyze") throw new Error(`no such format: ${format}`);
  const before = process.memoryUsage().rss;
  let most = before;
  const watched = { ...host, out: { ...host.out, write: async (text: string) => {
    most = Math.max(most, process.memoryUsage().rss);
    await host.out.write(text);
  } } };
  await writeReports(watched, parsed.options, { diagnostics, suppressed: [], files, sources: () => source, codes: [codeText("FA002", "error")], version: "1.0.0", project: "many", prefixes: { repository: "", here: "" } }, {});
  await host.out.write("\f");
  process.stderr.write(`${format} grew by ${most - before}\n`);
}
