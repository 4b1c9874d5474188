/** How a program shows that it runs on the main thread of a page, in a worker, or in Node: globals, modules, and the engines' loops. */
import type { ApiKey } from "../source/traced-type.ts";
import { callEntry } from "./hot-entries.ts";

/** Exist on the main thread of a page only. */
export const PAGE_GLOBALS: ReadonlySet<string> = new Set(["document", "window", "localStorage", "sessionStorage", "alert", "HTMLElement", "HTMLCanvasElement"]);

/** Exist in workers and worklets only. */
export const WORKER_GLOBALS: ReadonlySet<string> = new Set(["importScripts", "WorkerGlobalScope", "DedicatedWorkerGlobalScope", "SharedWorkerGlobalScope", "ServiceWorkerGlobalScope", "registerProcessor", "AudioWorkletProcessor", "AudioWorkletGlobalScope"]);

/** Setting or calling these as globals is what a worker does: a page does it on a worker. */
export const WORKER_HANDLERS: ReadonlySet<string> = new Set(["onmessage"]);

/** Names of the global object, by which the others are reached too. */
export const GLOBAL_OBJECTS: ReadonlySet<string> = new Set(["globalThis", "self"]);

/** Modules of Node: a program that imports one runs there. */
export function isNodeModule(specifier: string): boolean {
  return specifier.startsWith("node:") || NODE_MODULES.has(specifier);
}

const NODE_MODULES: ReadonlySet<string> = new Set(["worker_threads", "fs", "fs/promises", "path", "os", "child_process", "http", "https", "net", "cluster", "process", "perf_hooks", "stream", "zlib", "readline"]);

/** Values that say where the program runs, by import: asking them is a guard. */
export const ENVIRONMENT_IMPORTS: ReadonlySet<string> = new Set(["isMainThread", "capabilities"]);

const PAGE_PACKAGES: ReadonlySet<string> = new Set([
  "three", "@react-three/fiber", "@react-three/rapier", "@threlte/core", "@tresjs/core", "@pixi/react", "framer-motion", "motion/react", "pixi.js", "gsap", "@babylonjs/core", "playcanvas", "phaser", "kaplay", "littlejsengine",
]);
const PAGE_FUNCTIONS: ReadonlySet<ApiKey> = new Set(["global:requestAnimationFrame", "global:webkitRequestAnimationFrame", "global:Window#requestAnimationFrame", "global:requestIdleCallback"]);

/** Whether a function handed to this API runs on the main thread, where nothing says that the caller is a worker. */
export function runsOnPage(api: ApiKey): boolean {
  return PAGE_FUNCTIONS.has(api) || (callEntry(api) !== undefined && isPagePackage(api.slice(0, api.lastIndexOf(":"))));
}

/** Engines that draw on a page. */
export function isPagePackage(name: string): boolean {
  return PAGE_PACKAGES.has(name);
}
