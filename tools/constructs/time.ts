/** Time: when a callback runs, and where. */
import { calledName, child, type Construct, type ConstructGroup, nameOf, passesFunction, type Place } from "./construct.ts";

const LATER = ["async-safety"];
const NOW = ["dirtymem", "async-safety"];

const calls = (...names: readonly string[]) => (place: Place): boolean => names.includes(calledName(place));
const callsWith = (...names: readonly string[]) => (place: Place): boolean => names.includes(calledName(place)) && passesFunction(place);
const importsFrom = (pattern: RegExp) => ({ node }: Place): boolean => node.type === "ImportDeclaration" && pattern.test(String(child(node, "source")?.["value"]));

const constructs: readonly Construct[] = [
  { name: "array methods (now)", families: NOW, at: callsWith("forEach", "map", "filter", "reduce", "some", "every", "find", "sort", "flatMap") },
  { name: "scopes of the runtime (now)", families: NOW, at: callsWith("withFrame", "withTag", "withPhase", "speculative", "iterate") },
  { name: "`replace`, `JSON` revivers (now)", harmless: true, families: ["async-safety"], at: callsWith("replace", "replaceAll", "parse", "stringify") },
  { name: "`Promise` executor (now)", harmless: true, families: LATER, at: (place) => place.node.type === "NewExpression" && calledName(place) === "Promise" },
  { name: "timers (later)", families: LATER, at: calls("setTimeout", "setInterval", "setImmediate") },
  { name: "animation frames (later)", families: LATER, at: calls("requestAnimationFrame", "requestIdleCallback", "requestVideoFrameCallback") },
  { name: "microtasks (later)", families: LATER, at: calls("queueMicrotask", "nextTick") },
  { name: "promise callbacks (later)", families: LATER, at: calls("then", "catch", "finally") },
  { name: "event listeners (later)", families: LATER, at: calls("addEventListener", "on", "once") },
  { name: "handler properties (later)", families: LATER, at: ({ node }) => node.type === "AssignmentExpression" && /^on[a-z]/.test(nameOf(child(node, "left"))) },
  { name: "observers (later)", families: LATER, at: (place) => place.node.type === "NewExpression" && /Observer$/.test(calledName(place)) },
  { name: "streams (later)", families: LATER, at: (place) => place.node.type === "NewExpression" && /Stream$/.test(calledName(place)) },
  { name: "`postMessage` (another agent)", families: ["threading"], at: calls("postMessage") },
  { name: "`Worker` of a page", families: ["threading"], at: (place) => place.node.type === "NewExpression" && calledName(place) === "Worker" },
  { name: "`worker_threads`", families: ["threading"], at: importsFrom(/^(node:)?worker_threads$/) },
  { name: "BroadcastChannel, MessageChannel", families: ["threading"], at: (place) => place.node.type === "NewExpression" && /^(Broadcast|Message)Channel$/.test(calledName(place)) },
  { name: "comlink", families: ["threading"], at: importsFrom(/^comlink$/) },
  { name: "worker pools", families: ["threading"], at: importsFrom(/^(workerpool|piscina|threads|tinypool)$/) },
  { name: "three.js", families: ["dirtymem", "intent", "integration"], at: importsFrom(/^three(\/|$)/) },
  { name: "react-three-fiber", families: ["dirtymem", "intent", "integration"], at: importsFrom(/^@react-three\/fiber/) },
  { name: "Babylon", families: ["intent", "integration"], at: importsFrom(/^@babylonjs\/|^babylonjs$/) },
  { name: "PixiJS", families: ["intent", "integration"], at: importsFrom(/^pixi\.js$|^@pixi\//) },
  { name: "PlayCanvas", families: ["intent", "integration"], at: importsFrom(/^playcanvas$/) },
  { name: "Phaser", families: ["intent", "integration"], at: importsFrom(/^phaser$/) },
  { name: "bitECS", families: ["intent"], at: importsFrom(/^bitecs$/) },
];

export const TIME: ConstructGroup = { title: "Time", constructs };
