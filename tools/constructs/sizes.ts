/** Sizes: how many bytes, how often, and whether anything bounds it. */
import { calledName, child, children, type Construct, type ConstructGroup, makesMemory, nameOf, type Place } from "./construct.ts";

const BUDGETS = ["budgets"];
const BOTH = ["budgets", "dirtymem"];

const isCallOf = (...names: readonly string[]) => (place: Place): boolean => names.includes(calledName(place));

/** The nearest loop around a place, if there is one in its function. */
function loopAround({ parents }: Place): Place["node"] | undefined {
  const inside = parents.slice(0, Math.max(0, parents.findIndex((each) => /Function/.test(each.type))));
  return inside.find((each) => /^(For|While|DoWhile)/.test(each.type));
}

const constructs: readonly Construct[] = [
  { name: "units (`megabytes(4)`)", families: BOTH, at: isCallOf("kilobytes", "megabytes", "gigabytes") },
  { name: "arithmetic of sizes", families: BOTH, at: ({ node, parents }) => node.type === "BinaryExpression" && /^(\*|\*\*|<<|\+)$/.test(String(node["operator"])) && parents[0] !== undefined && makesMemory(parents[0]) },
  { name: "constant behind a name", families: BOTH, at: ({ node, parents }) => node.type === "Identifier" && /^[A-Z][A-Z_]+$/.test(nameOf(node)) && parents[0]?.type === "CallExpression" },
  { name: "layout of a struct", families: BOTH, at: isCallOf("struct") },
  { name: "counted loop around an allocation", families: BOTH, at: (place) => makesMemory(place.node) && loopAround(place)?.type === "ForStatement" },
  { name: "`while` around an allocation", families: BUDGETS, at: (place) => makesMemory(place.node) && /^(While|DoWhile)/.test(loopAround(place)?.type ?? "") },
  { name: "loop without a test", families: BUDGETS, at: (place) => { const loop = makesMemory(place.node) ? loopAround(place) : undefined; return loop?.type === "ForStatement" && child(loop, "test") === undefined; } },
  { name: "tag or scope around an allocation", families: BUDGETS, at: isCallOf("withTag", "tagScope") },
  { name: "options of a configuration", families: BUDGETS, at: ({ node, parents }) => node.type === "ObjectExpression" && parents[0]?.type === "NewExpression" && children(node, "properties").length > 0 },
  { name: "container that is filled", families: BUDGETS, at: isCallOf("push", "add", "set", "unshift") },
];

export const SIZES: ConstructGroup = { title: "Sizes", constructs };
