/** Files of at most 300 lines, functions of at most 60; a bigger one says in its file's header why. Generated ones are read at their source. */
import { headerOf, isGenerated } from "./headers.ts";
import { childrenOf, nameOf, type Node, type SourceText, type TidyFault, walkTree } from "./source-text.ts";

const MOST_LINES = { file: 300, function: 60 };

/** A header excuses its file by a line `Longer than 300 lines: <why>`, and its functions by `Longer than 60 lines: <why>`. */
export function checkLengths(file: SourceText): TidyFault[] {
  if (isGenerated(file)) return [];
  const header = headerOf(file);
  const faults: TidyFault[] = [];
  const lines = file.lineOf(file.text.trimEnd().length);
  if (lines > MOST_LINES.file && !isExcused(header, MOST_LINES.file)) {
    faults.push({ path: file.path, line: 1, message: `${lines} lines; more than ${MOST_LINES.file} need a line \`Longer than ${MOST_LINES.file} lines: <why>\` in the header` });
  }
  if (isExcused(header, MOST_LINES.function)) return faults;
  walkTree(file.program, (node, ancestors) => {
    if (!isFunction(node) || isGroupOfTests(ancestors.at(-1))) return;
    const length = file.lineOf(node.end) - file.lineOf(node.start) + 1;
    if (length <= MOST_LINES.function) return;
    const name = functionName(node, ancestors.at(-1)) ?? "a function";
    faults.push({ path: file.path, line: file.lineOf(node.start), message: `\`${name}\` has ${length} lines; more than ${MOST_LINES.function} need a line \`Longer than ${MOST_LINES.function} lines: <why>\` in the header` });
  });
  return faults;
}

function isExcused(header: string, lines: number): boolean {
  return new RegExp(`^\\W*Longer than ${lines} lines: \\S`, "m").test(header);
}

function isFunction(node: Node): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/** The body of a `describe` is a list of tests, not a function to be read as one. */
function isGroupOfTests(parent: Node | undefined): boolean {
  if (parent?.type !== "CallExpression") return false;
  const isDescribe = (node: Node): boolean => nameOf(node) === "describe" || (/^(CallExpression|MemberExpression|TaggedTemplateExpression)$/.test(node.type) && childrenOf(node).slice(0, 1).some(isDescribe));
  return childrenOf(parent).slice(0, 1).some(isDescribe);
}

function functionName(node: Node, parent: Node | undefined): string | undefined {
  return nameOf(node["id"]) ?? nameOf(parent?.["id"]) ?? nameOf(parent?.["key"]);
}
