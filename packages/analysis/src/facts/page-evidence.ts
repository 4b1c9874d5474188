/**
 * What shows, in one module, where it runs: it touches the page's own globals, hands functions to a drawing loop, or behaves as a worker or a program of Node.
 *
 * Theory: by declaration; a touch under a test of the environment, or by `typeof` alone, shows nothing.
 */
import { distinctiveEntry, entryMethods } from "../knowledge/hot-entries.ts";
import { GLOBAL_OBJECTS, isNodeModule, isPagePackage, PAGE_GLOBALS, runsOnPage, WORKER_GLOBALS, WORKER_HANDLERS } from "../knowledge/page-api.ts";
import type { Program } from "../program.ts";
import { functionIndex, type FunctionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import type { Location, Span } from "../source/span.ts";
import { classKeys } from "./class-keys.ts";
import { methodsOf } from "./class-methods.ts";
import { environmentGuards } from "./environment-tests.ts";
import { functionsOf, type FunctionValue } from "./function-values.ts";

/** A function that runs on the main thread, and what shows it. */
export interface PageRoot extends FunctionValue {
  readonly at: Location;
  /** Completes "runs on the main thread of the page: ...". */
  readonly why: string;
}

export interface PageEvidence {
  /** Touches the page's own globals. */
  readonly touches: readonly PageRoot[];
  /** The same under a test of the environment: so only that part of the function. */
  readonly guarded: readonly PageRoot[];
  /** Handed to a loop that draws. */
  readonly loops: readonly PageRoot[];
  /** Is the code of a worker or of Node, by what it imports and calls. */
  readonly isElsewhere: boolean;
}

export function pageEvidence(program: Program, module: ModuleIR): PageEvidence {
  const touches: PageRoot[] = [];
  const guarded: PageRoot[] = [];
  const loops: PageRoot[] = [];
  let isElsewhere = module.imports.some((each) => !each.typeOnly && isNodeModule(each.specifier));
  for (const fn of module.functions) {
    const guards = environmentGuards(program, module, fn);
    const index = functionIndex(fn);
    for (const block of fn.blocks) {
      const guard = guards(block.id);
      for (const op of block.ops) {
        if (isWorkersOwn(fn, index, op) && guard === null) isElsewhere = true;
        if (guard === "elsewhere" || guard === "unsure") continue;
        const name = touched(fn, index, op);
        if (name !== null) (guard === null ? touches : guarded).push({ module, function: fn, at: placed(module, op.span), why: `it uses \`${name}\`` });
        if (op.op === "call") loops.push(...handedToLoop(program, module, fn, op));
      }
    }
  }
  return { touches, guarded, loops: [...loops, ...engineMethods(program, module)], isElsewhere };
}

/** The page's global that an operation reads, other than by `typeof`. */
function touched(fn: FunctionIR, index: FunctionIndex, op: Op): string | null {
  if (op.op === "global" && PAGE_GLOBALS.has(op.name)) return isAskedOnly(fn, op.dst) ? null : op.name;
  if (op.op !== "get" || op.key === null || !PAGE_GLOBALS.has(op.key)) return null;
  const holder = index.definition(op.object);
  return holder !== undefined && "op" in holder && holder.op === "global" && GLOBAL_OBJECTS.has(holder.name) && !isAskedOnly(fn, op.dst) ? op.key : null;
}

/** Read by `typeof`, `instanceof` or as a condition alone. */
function isAskedOnly(fn: FunctionIR, temp: number): boolean {
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if ((op.op === "get" && op.object === temp) || (op.op === "set" && (op.object === temp || op.src === temp)) || (op.op === "store" && op.src === temp)) return false;
      if ((op.op === "call" || op.op === "new") && (op.callee === temp || op.args.some((arg) => arg.temp === temp))) return false;
    }
  }
  return true;
}

/** `self.onmessage = ...`, `onmessage = ...`, a bare `postMessage(...)`, `importScripts`, `registerProcessor`. */
function isWorkersOwn(fn: FunctionIR, index: FunctionIndex, op: Op): boolean {
  if (op.op === "store-global") return WORKER_HANDLERS.has(op.name);
  if (op.op === "global") return WORKER_GLOBALS.has(op.name) && !isAskedOnly(fn, op.dst);
  if (op.op === "call" && op.receiver === null) {
    const callee = index.definition(op.callee);
    return callee !== undefined && "op" in callee && callee.op === "global" && callee.name === "postMessage";
  }
  const object = op.op === "set" && op.key !== null && WORKER_HANDLERS.has(op.key) ? op.object : op.op === "call" && op.receiver !== null && (op.key === "postMessage" || op.key === "addEventListener") ? op.receiver : null;
  const holder = object === null ? undefined : index.definition(object);
  if (holder === undefined || !("op" in holder) || holder.op !== "global" || !GLOBAL_OBJECTS.has(holder.name)) return false;
  return op.op === "set" || (op.op === "call" && op.key === "postMessage" && op.args.length < 2) || (op.op === "call" && op.key === "addEventListener" && isText(index, op, "message"));
}

function isText(index: FunctionIndex, op: Op & { readonly op: "call" }, text: string): boolean {
  const first = op.args[0] === undefined ? undefined : index.definition(op.args[0].temp);
  return first !== undefined && "op" in first && first.op === "const" && first.value === text;
}

function handedToLoop(program: Program, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): PageRoot[] {
  if (op.args.length === 0) return [];
  const { apis, functions } = program.tracer.targets(module, fn, op.dst);
  const unnamed = apis.length === 0 && functions.length === 0 && op.receiver !== null && op.key !== null && distinctiveEntry(op.key) !== undefined;
  if (!unnamed && !apis.some(runsOnPage)) return [];
  const name = op.key ?? apis[0]?.replace(/^.*[:#.]/, "") ?? "the loop";
  return op.args.flatMap((arg) => functionsOf(program, module, fn, arg.temp).map((value) => ({ ...value, at: placed(module, op.calleeSpan), why: `\`${name}\` calls it` })));
}

/** Methods that an engine calls on the classes that extend its own. */
function engineMethods(program: Program, module: ModuleIR): PageRoot[] {
  return module.classes.flatMap((class_) => {
    const names = new Set(classKeys(program, module, class_).filter((key) => isPagePackage(key.slice(0, key.lastIndexOf(":")))).flatMap((key) => entryMethods(key, class_.name)));
    if (names.size === 0) return [];
    return methodsOf(module, class_).filter(({ name }) => names.has(name)).map(({ name, function: fn }) => ({ module, function: fn, at: placed(module, fn.nameSpan), why: `the engine calls \`${name}\`` }));
  });
}

function placed(module: ModuleIR, span: Span): Location {
  return { file: module.file, span };
}
