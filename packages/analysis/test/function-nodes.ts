/** Counts, in a tree, what must become a function of the IR: by a walk that knows nothing of the lowering. */
import type { Program } from "@oxc-project/types";

interface AnyNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly range?: readonly [number, number];
  readonly [key: string]: unknown;
}

/** `start..end` of each function, field initialiser and static block; signatures that an implementation stands for are left out. */
export function functionSpans(program: Program): string[] {
  const found: string[] = [];
  const open: unknown[] = [program];
  while (open.length > 0) {
    const at = open.pop();
    if (Array.isArray(at)) {
      dropSignatures(at).forEach((entry) => open.push(entry));
      continue;
    }
    if (typeof at !== "object" || at === null || !("type" in at)) continue;
    const node = at as AnyNode;
    const source = functionSource(node);
    if (source !== null) found.push(`${source.start}..${source.end}`);
    for (const [key, value] of Object.entries(node)) if (key !== "parent" && key !== "range" && key !== "loc") open.push(value);
  }
  return found;
}

function functionSource(node: AnyNode): AnyNode | null {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "TSDeclareFunction":
    case "TSEmptyBodyFunctionExpression":
    case "StaticBlock":
      return node;
    case "PropertyDefinition":
    case "AccessorProperty":
      return (node["value"] as AnyNode | null) ?? null;
    default:
      return null;
  }
}

/** Of members or statements of one name, those without a body where another one has it. */
function dropSignatures(list: readonly unknown[]): readonly unknown[] {
  const implemented: ReadonlySet<string | null> = new Set(list.map((entry) => signatureName(entry, true)).filter((name) => name !== null));
  return list.filter((entry) => !implemented.has(signatureName(entry, false)));
}

function signatureName(entry: unknown, withBody: boolean): string | null {
  if (typeof entry !== "object" || entry === null || !("type" in entry)) return null;
  const outer = entry as AnyNode;
  const node = outer.type === "ExportNamedDeclaration" || outer.type === "ExportDefaultDeclaration" ? ((outer["declaration"] as AnyNode | null) ?? outer) : outer;
  const isMethod = node.type === "MethodDefinition" || node.type === "TSAbstractMethodDefinition";
  const fn = isMethod ? (node["value"] as AnyNode) : node.type === "FunctionDeclaration" || node.type === "TSDeclareFunction" ? node : null;
  if (fn === null || (fn["body"] != null) !== withBody) return null;
  const key = (isMethod ? node["key"] : node["id"]) as { name?: string; value?: unknown } | null;
  if (node["computed"] === true) return null;
  return key === null ? null : `${String(node["static"])} ${String(node["kind"])} ${key.name ?? String(key.value)}`;
}
