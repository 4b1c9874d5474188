/** Values: what a frame value goes through and stays one. */
import { type AnyNode, child, children, type Construct, type ConstructGroup, isFunction, makesMemory, nameOf } from "./construct.ts";

const FRAMES = ["dirtymem", "threading", "async-safety"];

const calls = (node: AnyNode, ...names: readonly string[]): boolean => node.type === "CallExpression" && names.includes(nameOf(child(node, "callee")));
const makes = (node: AnyNode, name: string): boolean => node.type === "NewExpression" && nameOf(child(node, "callee")) === name;

const constructs: readonly Construct[] = [
  { name: "reassignment", families: FRAMES, at: ({ node }) => node.type === "AssignmentExpression" && node["operator"] === "=" && child(node, "left")?.type === "Identifier" },
  { name: "destructuring", families: FRAMES, at: ({ node }) => node.type === "ObjectPattern" || node.type === "ArrayPattern" },
  { name: "spread into a holder", families: FRAMES, at: ({ node, parents }) => node.type === "SpreadElement" && parents[0]?.type !== "CallExpression" },
  { name: "conditional expression", families: FRAMES, at: ({ node }) => node.type === "ConditionalExpression" },
  { name: "logical expression", families: FRAMES, at: ({ node }) => node.type === "LogicalExpression" },
  { name: "array literal", families: FRAMES, at: ({ node }) => node.type === "ArrayExpression" && children(node, "elements").some(({ type }) => type !== "Literal") },
  { name: "object literal", families: FRAMES, at: ({ node }) => node.type === "ObjectExpression" && children(node, "properties").some((each) => child(each, "value")?.type !== "Literal") },
  { name: "`as`, `!`, `satisfies`", families: FRAMES, at: ({ node }) => ["TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression"].includes(node.type) },
  { name: "getter", families: FRAMES, at: ({ node }) => (node.type === "MethodDefinition" || node.type === "Property") && node["kind"] === "get" },
  { name: "view of a view", families: FRAMES, at: ({ node }) => calls(node, "subarray", "at", "cursor") },
  { name: "nested struct field", families: ["dirtymem", "async-safety"], at: ({ node, parents }) => node.type === "Property" && nameOf(child(child(node, "value"), "callee")) === "struct" || (node.type === "VariableDeclarator" && child(node, "init")?.type === "MemberExpression" && parents.length > 1) },
  { name: "class instance that holds it", families: FRAMES, at: ({ node }) => node.type === "NewExpression" && children(node, "arguments").length > 0 && /^[A-Z]/.test(nameOf(child(node, "callee"))) && !["SmartAlloc", "Error", "Map", "Set", "Worker", "Promise"].includes(nameOf(child(node, "callee"))) },
  { name: "Map member", families: FRAMES, at: ({ node }) => makes(node, "Map") || makes(node, "WeakMap") },
  { name: "Set member", families: ["dirtymem", "async-safety"], at: ({ node }) => makes(node, "Set") || makes(node, "WeakSet") },
  { name: "array member", families: FRAMES, at: ({ node }) => calls(node, "push", "unshift", "splice") },
  { name: "default parameter", families: ["dirtymem"], at: ({ node, parents }) => node.type === "AssignmentPattern" && isFunction(parents[0]) },
  { name: "tagged template", families: ["dirtymem"], at: ({ node }) => node.type === "TaggedTemplateExpression" },
  { name: "`bind`", families: ["dirtymem", "async-safety"], at: ({ node }) => calls(node, "bind") },
  { name: "`call`, `apply`", families: ["dirtymem"], at: ({ node }) => calls(node, "call", "apply") },
  { name: "generator", families: ["dirtymem", "async-safety"], at: ({ node }) => isFunction(node) && node["generator"] === true },
  { name: "scalar copied out", harmless: true, families: FRAMES, at: ({ node }) => calls(node, "slice", "from") || (node.type === "SpreadElement") },
  { name: "memory made in an expression", families: FRAMES, at: ({ node, parents }) => makesMemory(node) && !["VariableDeclarator", "ExpressionStatement"].includes(parents[0]?.type ?? "") },
];

export const VALUES: ConstructGroup = { title: "Values", constructs };
