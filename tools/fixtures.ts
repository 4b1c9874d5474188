/**
 * Runs fixtures: programs that say in their comments what must be found in them. Both directions count: a diagnostic that is wanted
 * and missing is a failure, and so is one that no line wants, of any rule.
 *
 *   fixtures/FA002/bad-field.ts     one file, one program
 *   fixtures/FA002/bad-two-files/   a folder is a program of several files
 *   fixtures/projects/game/         whole small programs
 *
 * A `.fa.toml` in a folder says what it says to the engine: tags, hot paths, the model.
 *
 * A `bad-` program wants at least one diagnostic of its folder's code. An `ok-` program wants none, and states at least one fact, so that it
 * cannot pass because nothing of it was understood.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type AnalysisSettings, createFactReader, type Diagnostic, type FactReader, linkProgram, type Program, type Rule, type Span } from "@framealloc/analysis";
import { type AgentQuestion, inspectAgents } from "../packages/analysis/src/facts/inspect-agents.ts";
import { type FrameQuestion, inspectFrame } from "../packages/analysis/src/facts/inspect-frame.ts";
import { type HotQuestion, inspectHot } from "../packages/analysis/src/facts/inspect-hot.ts";
import { inspectTags, type TagQuestion } from "../packages/analysis/src/facts/inspect-tags.ts";
import { knownCodes } from "@framealloc/rules/codes";
import { configuredSettings } from "../rules/configuration/configured-settings.ts";
import { OWN_CODES } from "../packages/fa-cli/src/fault-diagnostic.ts";
import { CONFIG_NAME, loadConfig } from "../rules/configuration/load-config.ts";
import { memoryHost } from "../packages/fa-cli/src/memory-host.ts";
import { analyzeOpened, openTexts } from "../packages/fa-cli/src/open-texts.ts";
import { type ExpectedFact, lineFinder, lineSpan, readExpectations, type Want } from "./expectations.ts";
import { walkFiles } from "./walk-files.mjs";

export interface Fixture {
  /** Path of the file or folder from the root. */
  readonly path: string;
  /** The code whose folder it is in; null for a whole program. */
  readonly code: string | null;
  readonly kind: "bad" | "ok" | "project";
  /** By name inside the program: the file's own name, or its path inside the fixture's folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** Every fixture below `folder`, in order of path. A name that says neither `bad-` nor `ok-` throws. */
export function listFixtures(root: string, folder = "fixtures"): Fixture[] {
  const fixtures: Fixture[] = [];
  for (const group of readdirSync(join(root, folder), { withFileTypes: true })) {
    // Labels of real packages are data of their own.
    if (!group.isDirectory() || group.name === "real") continue;
    const within = `${folder}/${group.name}`;
    const code = /^FA\d{3}$/.test(group.name) ? group.name : null;
    if (code === null && group.name !== "projects") throw new Error(`${within}: a folder of fixtures is named after a code, or \`projects\``);
    for (const entry of readdirSync(join(root, within), { withFileTypes: true })) {
      const path = `${within}/${entry.name}`;
      fixtures.push({ path, code, kind: kindOf(path, code), files: entry.isDirectory() ? filesBelow(root, path) : new Map([[entry.name, readFileSync(join(root, path), "utf8")]]) });
    }
  }
  return fixtures.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function kindOf(path: string, code: string | null): Fixture["kind"] {
  if (code === null) return "project";
  const name = basename(path);
  if (name.startsWith("bad-")) return "bad";
  if (name.startsWith("ok-")) return "ok";
  throw new Error(`${path}: the name of a fixture begins with \`bad-\` or \`ok-\``);
}

function filesBelow(root: string, path: string): ReadonlyMap<string, string> {
  return new Map(walkFiles(join(root, path)).map((file) => [file, readFileSync(join(root, path, file), "utf8")]));
}

export interface FixtureResult {
  /** What is wrong, each as `path:line: text`; empty when the fixture holds. */
  readonly failures: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs all rules over the fixture and compares with what it says. */
export function runFixture(fixture: Fixture, rules: readonly Rule[]): FixtureResult {
  const sources = new Map([...fixture.files].filter(([file]) => !file.endsWith(".toml")));
  const settings = settingsFor(fixture.files, rules);
  const expected = [...sources].map(([file, text]) => readExpectations(file, text));
  const wants = expected.flatMap((each) => each.wants);
  const facts = expected.flatMap((each) => each.facts);
  const opened = openTexts(sources, settings);
  const program = linkProgram(opened.input);
  const get = createFactReader(program);
  const { diagnostics, failures } = analyzeOpened(opened, rules, get);
  const found = [
    ...expected.flatMap((each) => each.faults),
    ...failures.map(({ code, error }) => `1: rule ${code} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
    ...compareWithWants(sources, wants, diagnostics),
    ...factFaults(sources, facts, program, get),
    ...shapeFaults(fixture, wants, facts),
  ];
  return { diagnostics, failures: found.map((text) => inFixture(fixture, text)) };
}

/** What a configuration among the files says to the engine; nothing without one. */
export function settingsFor(files: ReadonlyMap<string, string>, rules: readonly Rule[]): Partial<AnalysisSettings> {
  if (!files.has(CONFIG_NAME)) return {};
  return configuredSettings(loadConfig(memoryHost(files), "/", null, knownCodes(rules, OWN_CODES)), "/");
}

/** Unwanted and missing diagnostics, as `file:line: text`. Each want is answered by one diagnostic, the one whose text it names first. */
function compareWithWants(files: ReadonlyMap<string, string>, wants: readonly Want[], diagnostics: readonly Diagnostic[]): string[] {
  const lines = new Map([...files].map(([file, text]) => [file, lineFinder(withoutMark(text))]));
  const lineOf = ({ at }: Diagnostic): number => lines.get(at.file)?.(at.span.start) ?? 0;
  // Wants with a text choose before those that any message satisfies.
  const open = [...wants].sort((a, b) => b.text.length - a.text.length);
  const unwanted = new Set(diagnostics);
  const missing = open.filter((want) => {
    const answer = [...unwanted].find((each) => each.code === want.code && each.at.file === want.file && lineOf(each) === want.line && each.message.includes(want.text));
    if (answer !== undefined) unwanted.delete(answer);
    return answer === undefined;
  });
  return [
    ...missing.map((want) => `${want.file}:${want.line}: missing ${want.code}${want.text === "" ? "" : ` ${JSON.stringify(want.text)}`}`),
    ...[...unwanted].map((each) => `${each.at.file}:${lineOf(each)}: unexpected ${each.code} ${JSON.stringify(each.message)}`),
  ];
}

function factFaults(files: ReadonlyMap<string, string>, facts: readonly ExpectedFact[], program: Program, get: FactReader): string[] {
  return facts.flatMap((fact) => {
    const place = `${fact.file}:${fact.line}`;
    const inspect = INSPECTORS[fact.kind];
    if (inspect === undefined) return [`${place}: no fact is called ${fact.kind}; there are ${Object.keys(INSPECTORS).join(", ")}`];
    const line = lineSpan(withoutMark(files.get(fact.file) ?? ""), fact.line);
    const value = inspect(program, get, fact.file, line, fact.name);
    if (value === fact.value) return [];
    return [`${place}: expected ${fact.kind}(${fact.name}) = ${fact.value}, ${value === undefined ? "which the analysis does not know of" : `got ${value}`}`];
  });
}

type Inspect = (program: Program, get: FactReader, file: string, line: Span, name: string) => string | undefined;

/** What answers each kind of fact. */
const INSPECTORS: Readonly<Record<string, Inspect>> = {
  ...inspectors(["alloc", "frame", "escapes", "owned"] satisfies FrameQuestion[], inspectFrame),
  ...inspectors(["hot", "garbage"] satisfies HotQuestion[], inspectHot),
  ...inspectors(["page"] satisfies AgentQuestion[], inspectAgents),
  ...inspectors(["tag"] satisfies TagQuestion[], inspectTags),
};

function inspectors<Q extends string>(questions: readonly Q[], inspect: (program: Program, get: FactReader, file: string, line: Span, question: Q, name: string) => string | undefined): Record<string, Inspect> {
  return Object.fromEntries(questions.map((question): [string, Inspect] => [question, (program, get, file, line, name) => inspect(program, get, file, line, question, name)]));
}

function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

function shapeFaults({ kind, code }: Fixture, wants: readonly Want[], facts: readonly ExpectedFact[]): string[] {
  if (kind === "ok" && wants.length > 0) return ["1: an `ok-` fixture wants nothing"];
  if (kind === "ok" && facts.length === 0) return ["1: an `ok-` fixture states at least one fact"];
  if (kind === "bad" && !wants.some((want) => want.code === code)) return [`1: a \`bad-\` fixture wants at least one ${String(code)}`];
  return [];
}

/** Turns a place in the program (`file:line: text`, or `line: text`) into one from the root. */
function inFixture({ path, files }: Fixture, text: string): string {
  const isFile = files.size === 1 && files.has(basename(path));
  if (/^\d+:/.test(text)) return `${path}:${text}`;
  return isFile ? `${path}${text.slice(basename(path).length)}` : `${path}/${text}`;
}
