/** No `any` in what a package exports: a caller would lose its types without noticing. */
import { areaOf, isShipped } from "./areas.ts";
import { childrenOf, isNode, type Node, nameOf, type SourceText, type TidyFault } from "./source-text.ts";

/** Reports each `any` in the type of an exported declaration. Bodies of functions are no part of it, nor are private members. */
export function checkExportedAny(file: SourceText): TidyFault[] {
  if (!isShipped(areaOf(file.path))) return [];
  const exported = childrenOf(file.program).filter((node) => node.type === "ExportNamedDeclaration" || node.type === "ExportDefaultDeclaration");
  return exported.flatMap((node) => {
    const { declaration } = node;
    return isNode(declaration) ? anysIn(declaration).map((any) => ({ path: file.path, line: file.lineOf(any.start), message: "`any` in an exported type: say what it is, or `unknown`" })) : [];
  });
}

function anysIn(node: Node): Node[] {
  if (node.type === "TSAnyKeyword") return [node];
  return visibleParts(node).flatMap(anysIn);
}

/** The children that callers see. */
function visibleParts(node: Node): Node[] {
  if (node["accessibility"] === "private" || nameOf(node["key"]) !== undefined && isNode(node["key"]) && node["key"].type === "PrivateIdentifier") return [];
  const isFunction = /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
  const isTyped = (node.type === "VariableDeclarator" || node.type === "PropertyDefinition") && hasAnnotation(node);
  return childrenOf(node).filter((child) => !(isFunction && child === node["body"]) && !(isTyped && (child === node["init"] || child === node["value"])));
}

function hasAnnotation(node: Node): boolean {
  return isNode(node["typeAnnotation"]) || (isNode(node["id"]) && isNode(node["id"]["typeAnnotation"]));
}
