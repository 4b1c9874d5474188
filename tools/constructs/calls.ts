/** Calls: how one function reaches another. */
import { type AnyNode, calledName, child, children, type Construct, type ConstructGroup, isFunction, nameOf, passesFunction } from "./construct.ts";

const FRAMES = ["dirtymem", "threading", "async-safety"];

const enclosing = (parents: readonly AnyNode[]): AnyNode | undefined => parents.find((each) => isFunction(each));

function callsItself({ node, parents }: { readonly node: AnyNode; readonly parents: readonly AnyNode[] }): boolean {
  const name = nameOf(child(node, "callee"));
  return node.type === "CallExpression" && name !== "" && parents.some((each) => (isFunction(each) && nameOf(child(each, "id")) === name) || (each.type === "MethodDefinition" && nameOf(child(each, "key")) === name));
}

/** A parameter is stored in a field, a variable outside or a container. */
function keepsParameter({ node, parents }: { readonly node: AnyNode; readonly parents: readonly AnyNode[] }): boolean {
  const parameters = children(enclosing(parents), "params").map(nameOf);
  if (node.type === "AssignmentExpression") return child(node, "left")?.type === "MemberExpression" && parameters.includes(nameOf(child(node, "right")));
  return node.type === "CallExpression" && ["push", "set", "add"].includes(nameOf(child(node, "callee"))) && children(node, "arguments").some((argument) => argument.type === "Identifier" && parameters.includes(nameOf(argument)));
}

const constructs: readonly Construct[] = [
  { name: "another file", families: FRAMES, wholly: (files) => files.size > 1 },
  { name: "a function that keeps its parameter", families: FRAMES, at: keepsParameter },
  { name: "a function that gives its parameter back", families: FRAMES, at: ({ node, parents }) => node.type === "ReturnStatement" && child(node, "argument")?.type === "Identifier" && children(enclosing(parents), "params").map(nameOf).includes(nameOf(child(node, "argument"))) },
  { name: "a function that opens or closes the frame", families: FRAMES, at: (place) => ["beginFrame", "endFrame"].includes(calledName(place)) && !["beginFrame", "endFrame"].every((name) => JSON.stringify(child(enclosing(place.parents), "body") ?? null).includes(name)) },
  { name: "method by class hierarchy", families: FRAMES, at: ({ node }) => (node.type === "ClassDeclaration" || node.type === "ClassExpression") && child(node, "superClass") !== undefined },
  { name: "interface that classes implement", families: ["dirtymem"], at: ({ node }) => node.type === "ClassDeclaration" && children(node, "implements").length > 0 },
  { name: "callback as an argument", families: FRAMES, at: passesFunction },
  { name: "function in an object literal", families: FRAMES, at: ({ node, parents }) => node.type === "Property" && parents[0]?.type === "ObjectExpression" && isFunction(child(node, "value")) },
  { name: "default export", families: ["dirtymem"], at: ({ node }) => node.type === "ExportDefaultDeclaration" },
  { name: "overloads", families: ["dirtymem"], at: ({ node }) => node.type === "TSDeclareFunction" || (node.type === "MethodDefinition" && child(node, "value")?.type === "TSEmptyBodyFunctionExpression") },
  { name: "recursion", families: ["dirtymem", "async-safety"], at: callsItself },
  { name: "closure over it", families: FRAMES, at: ({ node, parents }) => isFunction(node) && parents.some((each) => isFunction(each)) },
  { name: "rest parameter or spread argument", families: ["dirtymem"], at: ({ node, parents }) => (node.type === "RestElement" && isFunction(parents[0])) || (node.type === "SpreadElement" && parents[0]?.type === "CallExpression") },
  { name: "static method", families: ["dirtymem"], at: ({ node }) => node.type === "MethodDefinition" && node["static"] === true },
];

export const CALLS: ConstructGroup = { title: "Calls", constructs };
