/**
 * The type oracle over the checker that typed linting has made already. Answers as `fa`'s own does: with the class or interface that a type is,
 * without null and undefined, and with the constraint of a type parameter; a union, a class as a value or an object type without a name has no
 * answer.
 */
import type { Location, OracleAnswer, Span, TypeOracle } from "@framealloc/analysis";
import { posix } from "node:path";
import type { FileNames } from "./file-names.ts";
import { packageOfFolder } from "./package-names.ts";
import { markLengthOf, type SourceFile, type TypeScriptProgram } from "./typed-program.ts";

type Checker = ReturnType<TypeScriptProgram["getTypeChecker"]>;
type Node = Parameters<Checker["getTypeAtLocation"]>[0];
type Type = ReturnType<Checker["getTypeAtLocation"]>;

/** `files` are the program's by name. Cost: a walk from the root of the file to each place asked for, and the checker's own. */
export function checkerOracle(program: TypeScriptProgram, names: FileNames, files: ReadonlyMap<string, SourceFile>): TypeOracle {
  const answer = ({ file, span }: Location): OracleAnswer | undefined => {
    const source = files.get(file);
    const node = source === undefined ? undefined : nodeAt(source, span);
    const symbol = node === undefined ? undefined : declaredSymbol(program.getTypeChecker(), node);
    const declaring = symbol?.getDeclarations()?.[0]?.getSourceFile();
    return symbol === undefined || declaring === undefined ? undefined : { name: symbol.name, ...placeOf(program, names, declaring) };
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

function declaredSymbol(checker: Checker, node: Node): ReturnType<Type["getSymbol"]> {
  const type = checker.getNonNullableType(checker.getTypeAtLocation(node));
  const plain = (type.isTypeParameter() ? checker.getBaseConstraintOfType(type) : undefined) ?? type;
  // `Map<string, number>` is a reference to what `Map` declares.
  const { target = plain } = plain as { readonly target?: Type };
  return target.isClassOrInterface() ? target.getSymbol() : undefined;
}

function placeOf(program: TypeScriptProgram, names: FileNames, source: SourceFile): Omit<OracleAnswer, "name"> {
  if (program.isSourceFileDefaultLibrary(source)) return { file: null, package: "global" };
  const folders = source.fileName.split("/node_modules/");
  if (folders.length > 1) return { file: null, package: packageOfTypes(folders.at(-1) ?? "") };
  const name = names.nameOf(source.fileName);
  const owner = packageOfFolder(posix.dirname(source.fileName));
  return { file: name.startsWith("../") ? null : name, package: owner === packageOfFolder(names.pathOf(".")) ? null : owner };
}

/** By the path under node_modules; what describes a package's types counts as the package, and what describes Node's as global. */
function packageOfTypes(path: string): string {
  const [first = "", second = ""] = path.split("/");
  if (!first.startsWith("@")) return first;
  if (first !== "@types") return `${first}/${second}`;
  return second === "node" ? "global" : second.includes("__") ? `@${second.replace("__", "/")}` : second;
}
