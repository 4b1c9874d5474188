/** `fa measure <module>`: runs a module's frame functions in a process of its own, under the heap profiler, and says what garbage a frame makes, by line. */
import { posix } from "node:path";
import { pathToFileURL } from "node:url";
import type { Program } from "@framealloc/analysis";
import type { Host } from "../host.ts";
import { joinLines, type MeasuredLine } from "../measured-lines.ts";
import type { MeasureOutcome, ThrownAt } from "../measure-protocol.ts";
import type { MeasureOptions } from "../parse-args.ts";
import { configOf, engineSettings, reachableProgram } from "../reachable-program.ts";
import { painter } from "../report/painter.ts";
import { printable } from "../report/printable.ts";
import type { CodeText } from "../report/report.ts";
import { rootOf } from "../run-analysis.ts";
import { UsageError } from "../usage-error.ts";
import { useColor } from "../use-color.ts";

type Measured = MeasureOutcome & { readonly ok: true };

/** What Node says where a module looks for the page. */
const PAGE = /^ReferenceError: (?:document|window|navigator|HTML\w+|requestAnimationFrame|self|AudioWorkletProcessor|registerProcessor) is not defined$/;

/** Returns the exit code: 1 when a frame makes more than the budget. Throws a `UsageError` for what cannot be measured. */
export async function measureCommand(host: Host, entry: string, options: MeasureOptions, codes: readonly CodeText[]): Promise<number> {
  const root = rootOf(host, options.path);
  const [, file = "", list = ""] = /^(.*?)(?:#([\w$,]+))?$/.exec(entry) ?? [];
  const path = host.realPath(posix.resolve(root, file));
  const kind = host.kindOf(path);
  if (kind === "folder") throw new UsageError(`\`${file}\` is a folder`, { help: "name the module that exports the function of a frame" });
  if (kind !== "file") throw new UsageError(`no such file: \`${file}\``);
  const settings = engineSettings(host, root, configOf(host, root, options, codes));
  const outcome = await host.measure({ url: pathToFileURL(path).href, names: list === "" ? [] : list.split(","), frames: options.frames, warmup: options.warmup }, options.timeoutMs);
  if (!outcome.ok) throw faultOf(outcome, file, options, (at) => `${posix.relative(root, host.realPath(at.file.replaceAll("\\", "/")))}:${at.line}`);
  const name = posix.relative(root, path);
  // Any byte counts here, and what is measured is what runs every frame.
  const program = reachableProgram(host, root, path, { ...settings, hotPathBytes: () => 1, onlyHotEntries: true, hotEntries: outcome.names.map((each) => `${name}#${each}`) });
  const lines = joinLines(entriesNamed(host, root, path, program, outcome.names, settings), outcome, {
    nameOf: (each) => { const relative = posix.relative(root, host.realPath(each)); return program.modules.some((module) => module.file === relative) ? relative : null; },
    textOf: (each) => { const source = host.read(posix.join(root, each)); return source.ok ? source.text.replace(/^\uFEFF/, "") : ""; },
  });
  const isOver = options.budget !== null && outcome.bytesPerFrame > options.budget;
  await host.out.write(options.format === "json" ? json(name, options, outcome, lines) : terminal(name, options, outcome, lines, isOver, useColor(host, options.color)));
  return isOver ? 1 : 0;
}

/** The program once more where an export has another name than its function: entries are named by functions. */
function entriesNamed(host: Host, root: string, path: string, program: Program, exported: readonly string[], settings: ReturnType<typeof engineSettings>): Program {
  const name = posix.relative(root, path);
  const module = program.modules.find((each) => each.file === name);
  const names = exported.flatMap((each) => {
    const entry = module?.exports.find((candidate) => candidate.kind === "local" && candidate.name === each);
    return entry?.kind === "local" ? module?.variables[entry.variable]?.name ?? each : each;
  });
  return names.every((each, index) => each === exported[index]) ? program : reachableProgram(host, root, path, { ...settings, hotPathBytes: () => 1, onlyHotEntries: true, hotEntries: names.map((each) => `${name}#${each}`) });
}

function faultOf(outcome: MeasureOutcome & { readonly ok: false }, file: string, options: MeasureOptions, placeOf: (at: ThrownAt) => string): UsageError {
  switch (outcome.reason) {
    case "load": return new UsageError(`\`${file}\` cannot be loaded: ${outcome.message}`, {
      ...(outcome.at === null ? {} : { place: placeOf(outcome.at) }),
      ...(PAGE.test(outcome.message) ? { help: "frames are measured in Node, without a page: measure a module that is handed what it draws on" } : {}),
    });
    case "no-function": return outcome.message === null
      ? new UsageError(`\`${file}\` exports no function`, { help: "export the function that runs every frame" })
      : new UsageError(`\`${file}\` exports no function \`${outcome.message}\``, { help: outcome.exported.length === 0 ? "export the function that runs every frame" : `it exports ${outcome.exported.map((each) => `\`${each}\``).join(", ")}` });
    case "async": return new UsageError(`\`${outcome.message}\` gives a promise: asynchronous work is no part of a frame`, { help: "measure what runs between two waits, as a function of its own" });
    case "throws": return new UsageError(`frame ${outcome.frame} throws ${outcome.message}`, outcome.at === null ? {} : { place: placeOf(outcome.at) });
    case "timeout": return new UsageError(`no answer after ${options.timeoutMs / 1000} s`, { help: "fewer `--frames`, or a longer `--timeout`" });
    case "died": return new UsageError(`the measured process ended without an answer: ${outcome.message}`);
  }
}

function json(entry: string, options: MeasureOptions, outcome: Measured, lines: readonly MeasuredLine[]): string {
  const { frames, warmup, budget } = options;
  return `${JSON.stringify({ version: 1, entry, functions: outcome.names, frames, warmup, budget, bytesPerFrame: outcome.bytesPerFrame, withinBudget: budget === null ? null : outcome.bytesPerFrame <= budget, lines }, null, 2)}\n`;
}

function terminal(entry: string, { frames, warmup, budget }: MeasureOptions, outcome: Measured, lines: readonly MeasuredLine[], isOver: boolean, color: boolean): string {
  const { paint } = painter(color);
  const head = `${bytes(outcome.bytesPerFrame)} a frame: ${outcome.names.map((name) => `\`${printable(name)}\``).join(", ")} of ${printable(entry)}, ${frames} frames after ${warmup}`;
  const verdict = budget === null ? [] : [isOver ? paint(`over the budget of ${bytes(budget)}`, "primary", "error") : `within the budget of ${bytes(budget)}`];
  return `${[paint(head, "strong", "hint"), ...verdict, ...table("measured and predicted", lines), ...table("measured only", lines), ...table("predicted only", lines)].join("\n")}\n`;
}

function table(status: MeasuredLine["status"], lines: readonly MeasuredLine[]): readonly string[] {
  const rows = lines.filter((line) => line.status === status);
  if (rows.length === 0) return [];
  const figures = rows.map((row) => (row.bytesPerFrame === null ? `${row.predictedBytes ?? 0} a call` : `${row.shared ? "~" : ""}${figure(row.bytesPerFrame)}`));
  const width = Math.max(...figures.map((text) => text.length));
  return ["", `${status}:`, ...rows.map((row, index) => `  ${(figures[index] ?? "").padStart(width)}  ${printable(row.file === "" ? "(engine)" : row.file)}:${row.line}  \`${printable(row.function)}\`: ${printable(row.what)}`)];
}

function bytes(count: number): string {
  return `${figure(count)} ${count === 1 ? "byte" : "bytes"}`;
}

function figure(count: number): string {
  return String(Number(count.toFixed(1)));
}
