/** Who is an allocator: the ways in which one comes to a place. */
import { type AnyNode, child, children, type Construct, type ConstructGroup, nameOf } from "./construct.ts";

const FRAMES = ["dirtymem", "threading", "async-safety"];

const RUNTIME = /^@framealloc\/runtime/;

const sourceOf = (node: AnyNode): string => {
  const value = child(node, "source")?.["value"];
  return typeof value === "string" ? value : "";
};

const isRuntime = (node: AnyNode): boolean => RUNTIME.test(sourceOf(node));

/** A file of the program: a barrel that may give the runtime. */
const isOwnFile = (node: AnyNode): boolean => sourceOf(node).startsWith(".");

function isRenamed(node: AnyNode): boolean {
  if (node.type === "ImportSpecifier") return nameOf(child(node, "imported")) !== nameOf(child(node, "local"));
  return node.type === "ExportSpecifier" && nameOf(child(node, "exported")) !== nameOf(child(node, "local"));
}

/** A type annotation of a parameter, field or variable names an allocator. */
function isTypedAllocator(node: AnyNode | undefined): boolean {
  const annotation = child(child(node, "typeAnnotation"), "typeAnnotation");
  const name = nameOf(child(annotation, "typeName"));
  return name === "SmartAlloc" || name === "FrameArena";
}

const makesAllocator = (node: AnyNode | undefined): boolean => node?.type === "NewExpression" && ["SmartAlloc", "FrameArena"].includes(nameOf(child(node, "callee")));

const constructs: readonly Construct[] = [
  { name: "import under another name", families: FRAMES, at: ({ node, parents }) => parents[0] !== undefined && isRuntime(parents[0]) && isRenamed(node) },
  { name: "namespace import", families: FRAMES, at: ({ node, parents }) => node.type === "ImportNamespaceSpecifier" && parents[0] !== undefined && (isRuntime(parents[0]) || isOwnFile(parents[0])) },
  { name: "re-export, barrel", families: FRAMES, at: ({ node }) => node.type === "ExportAllDeclaration" || (node.type === "ExportNamedDeclaration" && child(node, "source") !== undefined) },
  { name: "`require`", families: ["dirtymem"], at: ({ node }) => node.type === "CallExpression" && nameOf(child(node, "callee")) === "require" },
  { name: "dynamic import", families: ["dirtymem"], at: ({ node }) => node.type === "ImportExpression" },
  { name: "class field", families: FRAMES, at: ({ node }) => node.type === "PropertyDefinition" && (isTypedAllocator(node) || makesAllocator(child(node, "value"))) },
  { name: "constructor injection", families: FRAMES, at: ({ node, parents }) => isTypedAllocator(node) && (node.type === "Identifier" || node.type === "TSParameterProperty") && parents.some((each) => each["kind"] === "constructor") },
  { name: "parameter", families: FRAMES, at: ({ node, parents }) => node.type === "Identifier" && isTypedAllocator(node) && children(parents[0], "params").includes(node) },
  { name: "destructuring", families: FRAMES, at: ({ node, parents }) => node.type === "ObjectPattern" && /alloc/i.test(JSON.stringify(children(node, "properties").map((each) => nameOf(child(each, "key"))))) && parents.length > 0 },
  { name: "generics", families: ["dirtymem"], at: ({ node }) => node.type === "TSTypeParameter" && ["SmartAlloc", "FrameArena"].includes(nameOf(child(child(node, "constraint"), "typeName"))) },
  { name: "factory function", families: FRAMES, at: ({ node }) => (node.type === "ReturnStatement" && makesAllocator(child(node, "argument"))) || (node.type === "ArrowFunctionExpression" && makesAllocator(child(node, "body"))) },
  { name: "`this.alloc`", families: FRAMES, at: ({ node }) => node.type === "MemberExpression" && child(node, "object")?.type === "MemberExpression" && child(child(node, "object"), "object")?.type === "ThisExpression" && /alloc|arena/i.test(nameOf(child(node, "object"))) },
  { name: "context object", families: FRAMES, at: ({ node }) => node.type === "TSPropertySignature" && isTypedAllocator(node) },
  { name: "optional chaining", families: ["dirtymem"], at: ({ node }) => node.type === "MemberExpression" && node["optional"] === true },
  { name: "subclass", families: ["dirtymem"], at: ({ node }) => node.type === "ClassDeclaration" && ["SmartAlloc", "FrameArena"].includes(nameOf(child(node, "superClass"))) },
  { name: "wrapper class", families: FRAMES, at: ({ node, parents }) => node.type === "ReturnStatement" && /Alloc|Box|Slice|Vec/.test(nameOf(child(child(node, "argument"), "callee"))) && parents.some((each) => each.type === "MethodDefinition") },
  { name: "plain JavaScript", families: FRAMES, wholly: (files) => [...files.keys()].some((file) => /\.[cm]?jsx?$/.test(file)) },
  { name: "types in JSDoc", families: FRAMES, wholly: (files) => [...files].some(([file, text]) => /\.[cm]?jsx?$/.test(file) && /@(param|type|returns)\b/.test(text)) },
];

export const ALLOCATORS: ConstructGroup = { title: "Who is an allocator", constructs };
