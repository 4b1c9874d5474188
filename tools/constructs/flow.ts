/** Flow: the ways through a function. */
import { type AnyNode, child, type Construct, type ConstructGroup, nameOf } from "./construct.ts";

const FLOW = ["dirtymem", "async-safety"];

const ofType = (...types: readonly string[]) => ({ node }: { readonly node: AnyNode }): boolean => types.includes(node.type);
const asksOf = (name: string) => ({ node, parents }: { readonly node: AnyNode; readonly parents: readonly AnyNode[] }): boolean =>
  nameOf(node.type === "CallExpression" ? child(node, "callee") : node) === name && parents.some(({ type }) => ["IfStatement", "ConditionalExpression", "LogicalExpression", "UnaryExpression", "VariableDeclarator"].includes(type));

const constructs: readonly Construct[] = [
  { name: "`for`", families: FLOW, at: ofType("ForStatement") },
  { name: "`for of`", families: FLOW, at: ofType("ForOfStatement") },
  { name: "`for in`", families: ["dirtymem"], at: ofType("ForInStatement") },
  { name: "`while`", families: FLOW, at: ofType("WhileStatement") },
  { name: "`do while`", families: ["dirtymem"], at: ofType("DoWhileStatement") },
  { name: "label", families: ["dirtymem"], at: ofType("LabeledStatement") },
  { name: "`break`, `continue`", families: FLOW, at: ofType("BreakStatement", "ContinueStatement") },
  { name: "`switch`", families: FLOW, at: ofType("SwitchStatement") },
  { name: "`try catch`", families: FLOW, at: ({ node }) => node.type === "TryStatement" && child(node, "handler") !== undefined },
  { name: "`try finally`", families: FLOW, at: ({ node }) => node.type === "TryStatement" && child(node, "finalizer") !== undefined },
  { name: "`throw`", families: FLOW, at: ofType("ThrowStatement") },
  { name: "early return", families: FLOW, at: ({ node, parents }) => node.type === "ReturnStatement" && parents.some(({ type }) => type === "IfStatement") },
  { name: "short circuit", families: FLOW, at: ({ node, parents }) => node.type === "LogicalExpression" && ["ExpressionStatement", "IfStatement"].includes(parents[0]?.type ?? "") },
  { name: "optional chain", families: FLOW, at: ofType("ChainExpression") },
  { name: "`using`", families: FLOW, at: ({ node }) => node.type === "VariableDeclaration" && node["kind"] === "using" },
  { name: "`await using`", families: ["async-safety"], at: ({ node }) => node.type === "VariableDeclaration" && node["kind"] === "await using" },
  { name: "`for await`", families: ["async-safety"], at: ({ node }) => node.type === "ForOfStatement" && node["await"] === true },
  { name: "`await`", families: ["async-safety"], at: ofType("AwaitExpression") },
  { name: "`yield`", families: FLOW, at: ofType("YieldExpression") },
  { name: "guard by `inFrame()`", families: FLOW, at: asksOf("inFrame") },
  { name: "guard by `isAlive`, `isValid`", families: ["dirtymem"], harmless: true, at: (place) => asksOf("isAlive")(place) || asksOf("isValid")(place) },
  { name: "correlated conditions", families: ["dirtymem"], at: ({ node }) => node.type === "VariableDeclarator" && /^(!|is|owns?|owner|opened)/i.test(nameOf(child(node, "id"))) && ["UnaryExpression", "CallExpression", "LogicalExpression"].includes(child(node, "init")?.type ?? "") },
];

export const FLOW_CONSTRUCTS: ConstructGroup = { title: "Flow", constructs };
