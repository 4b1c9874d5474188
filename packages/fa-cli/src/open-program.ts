/**
 * Opens a program: reads and parses files, lowers each to its intermediate form and drops the tree. Files of the project that the given
 * ones import are opened too, with the role `library`: they explain findings, and nothing is reported in them.
 *
 * Invariants
 *   I1  a file that cannot be read, parsed or lowered becomes a fault; the others go on
 *   I2  no file outside `boundary` is read unless it was given by name, none under node_modules, and none of the runtime's
 *   I3  the order of `files` changes nothing: modules and faults come out sorted
 */
import { posix } from "node:path";
import { type AnalysisSettings, type AnalysisInput, compareText, DEFAULT_SETTINGS, lowerModule, type ModuleIR, type ParsedComment, type Span, type TypeOracle } from "@framealloc/analysis";
import type { Host } from "./host.ts";
import { parseModule } from "./parse.ts";
import { moduleResolver, packageNameOf } from "./resolve-module.ts";
import { isSourceFile } from "@framealloc/rules/codes";

export interface FileFault {
  readonly file: string;
  /** `syntax` and `unreadable` are the file's, `unlisted` is a folder's; `internal` is ours. */
  readonly kind: "syntax" | "unreadable" | "unlisted" | "internal";
  readonly message: string;
  readonly span: Span;
}

export interface OpenedProgram {
  readonly input: AnalysisInput;
  /** At most one a file, sorted by file. */
  readonly faults: readonly FileFault[];
  /** What to call the comments of a file by: only comments that speak to `fa` are kept. */
  readonly comments: ReadonlyMap<string, readonly ParsedComment[]>;
}

export interface OpenOptions {
  /** Absolute; names of files are relative to it. */
  readonly root: string;
  /** Absolute; imports are followed inside it. The root by default. */
  readonly boundary?: string;
  readonly settings?: Partial<AnalysisSettings>;
  readonly oracle?: TypeOracle | undefined;
  /** What an earlier run opened: a file whose text is still the same is not parsed again. What is opened now is added. */
  readonly kept?: OpenedFiles | undefined;
}

/** By name and role. */
export type OpenedFiles = Map<string, { readonly text: string; readonly opened: OpenedFile }>;

/** A file larger than this is taken for data, not for a source. */
const MAX_FILE_CHARACTERS = 20_000_000;

/** Opens absolute paths as the project's files. Cost: linear in their text; the whole text of one file is held at a time. */
export function openProgram(host: Host, files: readonly string[], options: OpenOptions): OpenedProgram {
  const steps = openInSteps(host, files, options);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}

/** The same, a file at a time: each is named when it has been read. */
export function* openInSteps(host: Host, files: readonly string[], options: OpenOptions): Generator<string, OpenedProgram> {
  const boundary = options.boundary ?? options.root;
  // The runtime's API is known without its sources.
  const runtimePackages = new Set(options.settings?.runtimePackages ?? DEFAULT_SETTINGS.runtimePackages);
  const modules: ModuleIR[] = [];
  const faults: FileFault[] = [];
  const comments = new Map<string, readonly ParsedComment[]>();
  const resolver = moduleResolver(host, options.root);
  const given = new Set(files.map((path) => resolver.nameOf(path)));
  const queue = [...given].sort(compareText);
  const seen = new Set(queue);
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const role = given.has(file) ? "project" : "library";
    const opened = openFile(host, resolver.pathOf(file), file, role, options.kept);
    yield file;
    if (opened.fault !== null && role === "project") faults.push(opened.fault);
    if (opened.module === null) continue;
    modules.push(opened.module);
    if (role === "project" && opened.comments.length > 0) comments.set(file, opened.comments);
    for (const specifier of specifiersOf(opened.module)) {
      if (runtimePackages.has(packageNameOf(specifier) ?? "")) continue;
      const target = resolver.target(file, specifier);
      if (target === null || seen.has(target) || !isSourceFile(target) || !isInside(resolver.pathOf(target), boundary)) continue;
      seen.add(target);
      queue.push(target);
    }
  }
  const resolve = resolver.resolveAmong(new Set(modules.map((module) => module.file)));
  faults.sort((a, b) => compareText(a.file, b.file));
  const input: AnalysisInput = {
    modules,
    resolve,
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    ...(options.oracle === undefined ? {} : { oracle: options.oracle }),
  };
  return { input, faults, comments };
}

interface OpenedFile {
  readonly module: ModuleIR | null;
  readonly fault: FileFault | null;
  readonly comments: readonly ParsedComment[];
}

function openFile(host: Host, path: string, file: string, role: "project" | "library", kept: OpenedFiles | undefined): OpenedFile {
  const source = host.read(path);
  if (!source.ok) return failedFile(file, "unreadable", `cannot be read: ${source.reason}`);
  const key = `${role} ${file}`;
  const before = kept?.get(key);
  if (before?.text === source.text) return before.opened;
  const opened = openText(file, source.text, role);
  kept?.set(key, { text: source.text, opened });
  return opened;
}

function failedFile(file: string, kind: FileFault["kind"], message: string): OpenedFile {
  return { module: null, fault: { file, kind, message, span: { start: 0, end: 0 } }, comments: [] };
}

function openText(file: string, text: string, role: "project" | "library"): OpenedFile {
  if (text.includes("\0")) return failedFile(file, "unreadable", "is not text: it holds a NUL character");
  if (text.length > MAX_FILE_CHARACTERS) return failedFile(file, "unreadable", `is too large: over ${MAX_FILE_CHARACTERS} characters`);
  const parsed = parseModule(file, text, role);
  const [first, ...more] = parsed.faults;
  const fault: FileFault | null =
    first === undefined ? null
    : { file, kind: "syntax", message: more.length === 0 ? first.message : `${first.message} (and ${more.length} more)`, span: { start: first.start, end: first.end } };
  if (parsed.module === null) return { module: null, fault, comments: [] };
  const comments = parsed.module.comments.filter((comment) => /(?:^|\s)fa-/.test(comment.value));
  try {
    return { module: lowerModule(parsed.module), fault, comments };
  } catch (error) {
    return failedFile(file, "internal", error instanceof Error ? error.message : String(error));
  }
}

function specifiersOf(module: ModuleIR): Set<string> {
  const specifiers = new Set(module.imports.map((entry) => entry.specifier));
  for (const entry of module.exports) if (entry.kind === "from" || entry.kind === "all") specifiers.add(entry.specifier);
  return specifiers;
}

function isInside(path: string, folder: string): boolean {
  return !/(?:^|\/)node_modules\//.test(path) && !posix.relative(folder, path).startsWith("../");
}
