/**
 * TypeScript's checker as a type oracle, through ts-morph: the project of a tsconfig, or plain files. ts-morph is loaded and the program made
 * when the first question comes, so a run that traces everything pays nothing. Only compiler nodes are used: wrapping each
 * node would cost thirty times as much.
 *
 * Answers with the class or interface that a type is, without null and undefined, and with the constraint of a type parameter; a union, a class as a
 * value or an object type without a name has no answer.
 */
import { createRequire } from "node:module";
import { posix } from "node:path";
import type { Location, OracleAnswer, TypeOracle } from "@framealloc/analysis";
import type { Project, ts } from "ts-morph";

/** An oracle over files some of which are not on disk as they are meant. */
export interface FileTypeOracle extends TypeOracle {
  /** From now on `text` is what a file holds. `file` is relative to the root. Costs the next question a check of what depends on it. */
  setText(file: string, text: string): void;
  /** Absolute paths of all that the answers so far follow from; none when nothing was asked. */
  filesRead(): readonly string[];
}

export interface TypeOracleOptions {
  /** Absolute; files of questions and answers are relative to it. */
  readonly root: string;
  /** Absolute; null for files without a tsconfig. */
  readonly tsconfig: string | null;
}

type Morph = typeof import("ts-morph");

interface Checked {
  readonly ts: Morph["ts"];
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  /** A file's text; null when it is not there. */
  readonly read: (path: string) => string | null;
}

/** Nothing is opened yet. A question about a file that is not there has no answer; a tsconfig that cannot be read counts as none. */
export function typeOracle(options: TypeOracleOptions): FileTypeOracle {
  let project: Project | null = null;
  const packages = new Map<string, string | null>();
  const changed = new Map<string, string>();
  return {
    setText: (file, text) => { changed.set(posix.join(options.root, file), text); },
    filesRead: () => [...(project === null || options.tsconfig === null ? [] : [options.tsconfig]), ...(project?.getProgram().compilerObject.getSourceFiles().map(({ fileName }) => fileName) ?? [])],
    resolve(questions) {
      // Synchronous, as the analysis is: `import()` could not be awaited in the middle of it.
      const morph = createRequire(import.meta.url)("ts-morph") as Morph;
      project ??= openProject(morph, options.tsconfig);
      for (const [path, text] of changed) project.createSourceFile(path, text, { overwrite: true });
      changed.clear();
      for (const file of new Set(questions.map((question) => question.file))) project.addSourceFileAtPathIfExists(posix.join(options.root, file));
      const program = project.getProgram().compilerObject;
      const files = project.getFileSystem();
      const read = (path: string): string | null => (files.fileExistsSync(path) ? files.readFileSync(path) : null);
      const checked: Checked = { ts: morph.ts, program, checker: program.getTypeChecker(), read };
      return questions.map((question) => answer(checked, question, options.root, packages));
    },
  };
}

function openProject(morph: Morph, tsconfig: string | null): Project {
  const { ModuleKind, ModuleResolutionKind, ScriptTarget, JsxEmit } = morph.ts;
  if (tsconfig !== null) {
    try {
      return new morph.Project({ tsConfigFilePath: tsconfig, compilerOptions: { allowJs: true, noEmit: true, skipLibCheck: true } });
    } catch (error) {
      // A tsconfig with a fault in it: the checker can still do without.
      if (!(error instanceof Error)) throw error;
    }
  }
  return new morph.Project({
    compilerOptions: { allowJs: true, noEmit: true, skipLibCheck: true, strict: true, target: ScriptTarget.ES2022, module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler, jsx: JsxEmit.Preserve },
  });
}

function answer(checked: Checked, question: Location, root: string, packages: Map<string, string | null>): OracleAnswer | undefined {
  const source = checked.program.getSourceFile(posix.join(root, question.file));
  if (source === undefined) return undefined;
  const node = nodeAt(source, question.span.start + markLength(source), question.span.end + markLength(source));
  if (node === null) return undefined;
  const symbol = declaredSymbol(checked, checked.checker.getTypeAtLocation(node));
  const file = symbol?.declarations?.[0]?.getSourceFile();
  if (symbol === null || file === undefined) return undefined;
  return { name: symbol.name, ...placeOf(checked, file, root, packages) };
}

/** Offsets of questions do not count a byte-order mark. */
function markLength(source: ts.SourceFile): number {
  return source.text.charCodeAt(0) === 0xfeff ? 1 : 0;
}

/** The innermost node with exactly these bounds. Iterative: files nest as deep as anybody likes. */
function nodeAt(source: ts.SourceFile, start: number, end: number): ts.Node | null {
  let found: ts.Node | null = null;
  let at: ts.Node | undefined = source;
  while (at !== undefined) {
    const current: ts.Node = at;
    if (current.getStart(source) === start && current.end === end && current !== source) found = current;
    at = current.forEachChild((child) => (child.pos <= start && child.end >= end ? child : undefined));
  }
  return found;
}

function declaredSymbol({ ts, checker }: Checked, type: ts.Type): ts.Symbol | null {
  let plain = checker.getNonNullableType(type);
  if (plain.isTypeParameter()) plain = checker.getBaseConstraintOfType(plain) ?? plain;
  const isReference = (plain.flags & ts.TypeFlags.Object) !== 0 && ((plain as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;
  const declared = isReference ? (plain as ts.TypeReference).target : plain;
  return declared.isClassOrInterface() ? declared.symbol : null;
}

function placeOf({ program, read }: Checked, file: ts.SourceFile, root: string, packages: Map<string, string | null>): Omit<OracleAnswer, "name"> {
  if (program.isSourceFileDefaultLibrary(file)) return { file: null, package: "global" };
  const owner = installedPackage(file.fileName);
  if (owner !== null) return { file: null, package: owner };
  const relative = posix.relative(root, file.fileName);
  return { file: relative.startsWith("..") ? null : relative, package: workspacePackage(posix.dirname(file.fileName), root, packages, read) };
}

/** By the path under node_modules; what describes a package's types counts as the package. */
function installedPackage(path: string): string | null {
  const marker = "/node_modules/";
  const at = path.lastIndexOf(marker);
  if (at < 0) return null;
  const [first = "", second = ""] = path.slice(at + marker.length).split("/");
  if (first === "@types") return second === "node" ? "global" : second.includes("__") ? `@${second.replace("__", "/")}` : second;
  return first.startsWith("@") ? `${first}/${second}` : first;
}

/** The name of the package that a folder below, or outside, the root is part of; null for the root's own. */
function workspacePackage(folder: string, root: string, packages: Map<string, string | null>, read: Checked["read"]): string | null {
  const known = packages.get(folder);
  if (known !== undefined) return known;
  const parent = posix.dirname(folder);
  const name = folder === root || parent === folder ? null : (packageName(read(posix.join(folder, "package.json"))) ?? workspacePackage(parent, root, packages, read));
  packages.set(folder, name);
  return name;
}

function packageName(text: string | null): string | null {
  return (text === null ? undefined : /^\s*"name"\s*:\s*"([^"]+)"/m.exec(text)?.[1]) ?? null;
}
