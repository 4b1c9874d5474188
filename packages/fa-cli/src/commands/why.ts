/** `fa why <file:line[:col]>`: all that the analysis knows about the values there, and how the code there comes to run. */
import { posix } from "node:path";
import { createFactReader, linkProgram, type Location, type PlaceKnowledge, placeKnowledge, type Related, type ValueKnowledge } from "@framealloc/analysis";
import { projectBoundary } from "@framealloc/rules/configuration";
import { discover } from "../discover.ts";
import type { Host } from "../host.ts";
import { openOracle } from "../open-oracle.ts";
import { openProgram } from "../open-program.ts";
import type { ProjectOptions } from "../parse-args.ts";
import { configOf, engineSettings } from "../reachable-program.ts";
import { painter } from "../report/painter.ts";
import { plural } from "../report/count-findings.ts";
import { printable } from "../report/printable.ts";
import type { CodeText } from "../report/report.ts";
import { rootOf } from "../run-analysis.ts";
import { sourceReader, sourceText } from "../source-text.ts";
import { UsageError } from "../usage-error.ts";
import { useColor } from "../use-color.ts";

/** Returns the exit code. Callers of the file count too, so the whole project is read. Throws a `UsageError` for a place that is none. */
export async function whyCommand(host: Host, place: string, options: ProjectOptions, codes: readonly CodeText[]): Promise<number> {
  const root = rootOf(host, options.path);
  const [, file = "", lineText = "", columnText] = /^(.+?):(\d+)(?::(\d+))?$/.exec(place) ?? [];
  if (file === "") throw new UsageError(`\`${place}\` is no place`, { help: "write it as `src/game.ts:12` or `src/game.ts:12:5`" });
  const path = host.realPath(posix.resolve(root, file));
  const source = host.read(path);
  if (host.kindOf(path) !== "file") throw new UsageError(`no such file: \`${file}\``);
  if (!source.ok) throw new UsageError(`\`${file}\` cannot be read: ${source.reason}`);
  const lines = sourceText(source.text);
  const line = Number(lineText);
  if (line < 1 || line > lines.lineCount) throw new UsageError(`\`${file}\` has ${plural(lines.lineCount, "line")}`);
  const start = lines.lineStart(line);
  const { length } = lines.line(line);
  const column = columnText === undefined ? null : Number(columnText);
  if (column !== null && (column < 1 || column > length + 1)) throw new UsageError(`line ${line} of \`${file}\` has ${plural(length, "column")}`);
  const span = { start, end: start + length };
  const config = configOf(host, root, options, codes);
  const boundary = projectBoundary(host, root);
  const { files } = discover(host, [".", path], { root, isExcluded: config.isExcluded });
  const { input, faults } = openProgram(host, files, { root, boundary, settings: engineSettings(host, root, config), oracle: openOracle(host, root, boundary, files) });
  const name = posix.relative(root, path);
  const fault = faults.find((each) => each.file === name);
  if (fault !== undefined) throw new UsageError(`\`${file}\` cannot be analyzed: ${fault.message}`);
  const program = linkProgram(input);
  const known = placeKnowledge(program, createFactReader(program), name, span, column === null ? null : start + column - 1) ?? [];
  const placeOf = placesOf(host, root);
  await host.out.write(options.format === "json" ? json(known, placeOf) : terminal(known, `${name}:${line}${columnText === undefined ? "" : `:${columnText}`}`, placeOf, useColor(host, options.color)));
  return 0;
}

type PlaceOf = (at: Location) => string;

/** `src/game.ts:12:5` */
function placesOf(host: Host, root: string): PlaceOf {
  const sources = sourceReader(host, root);
  return ({ file, span }) => {
    const { line, column } = sources(file)?.positionAt(span.start) ?? { line: 1, column: 1 };
    return `${file}:${line}:${column}`;
  };
}

function terminal(known: readonly PlaceKnowledge[], place: string, placeOf: PlaceOf, color: boolean): string {
  const { paint } = painter(color);
  if (known.length === 0) return `nothing runs at ${printable(place)}\n`;
  return known.map((each) => `${[paint(`${printable(place)}, in ${printable(each.function)}`, "strong", "hint"), ...hotLines(each, placeOf), ...each.values.flatMap((value) => valueLines(value, placeOf)), ...garbageLines(each, placeOf), ...callLines(each, placeOf)].join("\n")}\n`).join("\n");
}

function hotLines({ hot, cold }: PlaceKnowledge, placeOf: PlaceOf): readonly string[] {
  const step = ({ at, message }: Related): string => `    ${placeOf(at)}  ${message}`;
  return [
    ...(hot === null ? ["  not hot: nothing in sight runs it every frame"] : ["  hot:", step(hot.entry), ...hot.chain.map(step)]),
    ...(cold === null ? [] : [`  cold: ${cold}`]),
  ];
}

function valueLines({ name, type, allocations, aliases, escapes, owned }: ValueKnowledge, placeOf: PlaceOf): readonly string[] {
  return [
    `  \`${name}\`: ${type}`,
    ...allocations.flatMap(({ memory, at, via, frame }) => [`    ${memory} memory, allocated at ${placeOf(at)}${frame === null ? "" : `; its frame is ${frame}`}`, ...via.map((call) => `      through the call at ${placeOf(call)}`)]),
    ...(allocations.length === 0 ? ["    no memory of the runtime is known to be in it"] : []),
    ...(aliases.length === 0 ? [] : [`    also held by ${aliases.map((alias) => `\`${alias}\``).join(", ")}`]),
    ...escapes.map((escape) => `    outlives its frame in \`${escape.name}\`, stored at ${placeOf(escape.at)}`),
    ...(owned === null ? [] : [`    ${owned === "live" ? "still to be released" : owned === "released" ? "released" : "released on some paths"}`]),
  ];
}

function garbageLines({ garbage }: PlaceKnowledge, placeOf: PlaceOf): readonly string[] {
  return garbage.map(({ at, what, bytes, per }) => `  garbage: ${what}, ${bytes} bytes a ${per === "round" ? "round of the loop" : "call"}, at ${placeOf(at)}`);
}

function callLines({ calls }: PlaceKnowledge, placeOf: PlaceOf): readonly string[] {
  return calls.map(({ at, callee, functions, apis }) => {
    const targets = [...functions.map(({ label, at: target }) => `${label} at ${placeOf(target)}`), ...apis.map((api) => `\`${api.replace(/^global:/, "")}\``)];
    return `  \`${callee}\` at ${placeOf(at)} ${targets.length === 0 ? "cannot be resolved: it is assumed to do no harm" : `leads to ${targets.join(", ")}`}`;
  });
}

function json(known: readonly PlaceKnowledge[], placeOf: PlaceOf): string {
  // Places as one reads them; offsets mean nothing outside.
  const shown = (_key: string, value: unknown): unknown => (isLocation(value) ? placeOf(value) : value);
  return `${JSON.stringify({ version: 1, functions: known }, shown, 2)}\n`;
}

function isLocation(value: unknown): value is Location {
  return typeof value === "object" && value !== null && "file" in value && "span" in value;
}
