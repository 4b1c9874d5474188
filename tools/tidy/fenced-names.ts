/** Names that may stand in a few files only: what reaches the world outside, and what shares memory between agents. */
import { areaOf, isShipped } from "./areas.ts";
import { type Node, type SourceText, type TidyFault, walkTree } from "./source-text.ts";

/** The files of `fa` that read files, clock and environment, and print. */
export const HOST_FILES: ReadonlySet<string> = new Set([
  "packages/fa-cli/src/host.ts", "packages/fa-cli/src/disk.ts", "packages/fa-cli/src/output-stream.ts", "packages/fa-cli/src/answer-process.ts",
  "packages/fa-cli/src/host-process.ts", "packages/fa-cli/src/deep-parser.ts",
  // What runs in the process that is measured.
  "packages/fa-cli/src/measure-child.ts", "packages/fa-cli/src/measure-hooks.ts", "packages/fa-cli/src/source-place.ts",
]);

const ATOMICS_FILE = "packages/runtime/src/shared/words.ts";

const HOST_NAMES = new Set(["process", "console", "Date", "performance", "fetch", "setTimeout", "setInterval"]);

const PURE_AREAS = new Set(["analysis", "rules", "fa-cli"]);

/** `Atomics` outside the one file that explains each of its uses; the process, the clock and printing outside the host. */
export function checkFencedNames(file: SourceText): TidyFault[] {
  const area = areaOf(file.path);
  if (!isShipped(area)) return [];
  const faults: TidyFault[] = [];
  walkTree(file.program, (node, ancestors) => {
    if (node.type !== "Identifier" || !isReference(node, ancestors.at(-1))) return;
    const name = String(node["name"]);
    const line = file.lineOf(node.start);
    if (name === "Atomics" && file.path !== ATOMICS_FILE) faults.push({ path: file.path, line, message: `\`Atomics\` belongs in ${ATOMICS_FILE}` });
    if (HOST_NAMES.has(name) && PURE_AREAS.has(area) && !HOST_FILES.has(file.path)) faults.push({ path: file.path, line, message: `\`${name}\` belongs in ${[...HOST_FILES].join(", ")}` });
  });
  return faults;
}

/** False for a name that is only a key: `x.process`, `{ process: 1 }`, a member or a type's property. */
function isReference(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined || parent["computed"] === true) return true;
  if (parent.type === "MemberExpression") return parent["property"] !== node;
  if (parent.type === "Property") return parent["key"] !== node || parent["shorthand"] === true;
  if (/^(PropertyDefinition|MethodDefinition|TSPropertySignature|TSMethodSignature|AccessorProperty)$/.test(parent.type)) return parent["key"] !== node;
  return true;
}
