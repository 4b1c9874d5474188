/**
 * The type oracle over the checker that typed linting has made already. Names classes and interfaces only: a union of several, a type parameter
 * without a constraint and an object type without a name have no answer.
 */
import type { Location, OracleAnswer, Span, TypeOracle } from "@framealloc/analysis";
import { posix } from "node:path";
import { type FileNames, isDeclarationName } from "./file-names.ts";
import { packageOfFolder } from "./package-names.ts";
import { markLengthOf, type SourceFile, type TypeScriptProgram } from "./typed-program.ts";

type Checker = ReturnType<TypeScriptProgram["getTypeChecker"]>;
type Node = Parameters<Checker["getTypeAtLocation"]>[0];
type Type = ReturnType<Checker["getTypeAtLocation"]>;
type TypeSymbol = NonNullable<ReturnType<Type["getSymbol"]>>;

/** `SymbolFlags.Class | SymbolFlags.Interface`: the enum is TypeScript's, which is not imported. */
export const CLASS_OR_INTERFACE = 96;

/** `files` are the program's by name. Cost: a walk from the root of the file to each place asked for, and the checker's own. */
export function checkerOracle(program: TypeScriptProgram, names: FileNames, files: ReadonlyMap<string, SourceFile>): TypeOracle {
  const answer = ({ file, span }: Location): OracleAnswer | undefined => {
    const source = files.get(file);
    const node = source === undefined ? undefined : nodeAt(source, span);
    const symbol = node === undefined ? undefined : namedSymbol(program.getTypeChecker(), node);
    return symbol === undefined ? undefined : toAnswer(program, names, files, symbol);
  };
  return { resolve: (questions) => questions.map(answer) };
}

/** The innermost node with exactly this span. */
function nodeAt(source: SourceFile, { start, end }: Span): Node | undefined {
  const mark = markLengthOf(source);
  let found: Node | undefined;
  for (let at: Node | undefined = source; at !== undefined; ) {
    const node: Node = at;
    if (node.getStart(source) === start + mark && node.getEnd() === end + mark) found = node;
    at = node.forEachChild((child) => (child.pos <= start + mark && end + mark <= child.end ? child : undefined));
  }
  return found;
}

/** The class or interface that the node's value is one of, `null` and `undefined` aside. */
function namedSymbol(checker: Checker, node: Node): TypeSymbol | undefined {
  const type = checker.getNonNullableType(checker.getTypeAtLocation(node));
  const known = type.isTypeParameter() ? checker.getBaseConstraintOfType(type) : type;
  const [symbol, ...others] = new Set((known?.isUnion() === true ? known.types : [known]).map((member) => member?.getSymbol()));
  return others.length === 0 && symbol !== undefined && (symbol.flags & CLASS_OR_INTERFACE) !== 0 ? symbol : undefined;
}

function toAnswer(program: TypeScriptProgram, names: FileNames, files: ReadonlyMap<string, SourceFile>, symbol: TypeSymbol): OracleAnswer | undefined {
  const [declaration] = symbol.getDeclarations() ?? [];
  if (declaration === undefined) return undefined;
  const source = declaration.getSourceFile();
  const name = names.nameOf(source.fileName);
  const package_ = program.isSourceFileDefaultLibrary(source) ? "global" : packageOfDeclaration(source, name, files);
  return { name: symbol.name, file: package_ === null ? name : null, package: package_ };
}

/** Null for a file of the project. A package of the workspace that is known by its declarations alone is outside of it. */
function packageOfDeclaration(source: SourceFile, name: string, files: ReadonlyMap<string, SourceFile>): string | null {
  const folders = source.fileName.split("/node_modules/");
  const installed = folders.length === 1 ? undefined : folders.at(-1);
  if (installed !== undefined) return packageOfTypes(installed);
  return isDeclarationName(name) || !files.has(name) ? packageOfFolder(posix.dirname(source.fileName)) : null;
}

/** `three` of `three/src/x.d.ts` and of `@types/three/x.d.ts`, `@a/b` of `@types/a__b/x.d.ts`; what `@types/node` declares is global. */
function packageOfTypes(path: string): string {
  const [first = "", second = ""] = path.split("/");
  if (!first.startsWith("@")) return first;
  if (first !== "@types") return `${first}/${second}`;
  return second === "node" ? "global" : second.includes("__") ? `@${second.replace("__", "/")}` : second;
}
