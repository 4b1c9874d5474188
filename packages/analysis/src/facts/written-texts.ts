/**
 * Which texts a value may be, and where each is written: literals, constants of any module, members of constant objects, enums and arguments, static
 * and instance fields that are set once, local variables, parameters by what their callers pass.
 *
 * Theory: may, backwards from the value, each path to a text on its own; a path that leads to anything else gives nothing. A parameter is asked of its
 * callers once, by the first path that comes to it. A text that comes through a
 * parameter is at the argument of the call that passes it, in that call's module, or at the parameter's default; one that comes by a name is where the name is used.
 * Known misses: template strings, texts put together, fields and other functions' variables that are written again, callers that nobody names.
 */
import type { Related } from "../diagnostic.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import type { Location, Span } from "../source/span.ts";
import { functionLabel } from "./function-name.ts";
import type { ModuleNames } from "./module-names.ts";
import type { ProgramCalls } from "./program-calls.ts";

export interface WrittenText {
  readonly text: string;
  readonly at: Location;
  /** The function that passes or uses it. */
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  /** The literal itself, when that is what stands there. */
  readonly isLiteral: boolean;
  /** The calls from there down to the use. */
  readonly chain: readonly Related[];
}

interface Place {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly temp: Temp;
}

/** Where a text that is found counts as written. */
interface Use {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  /** Null: at the literal. */
  readonly span: Span | null;
  readonly chain: readonly Related[];
  /** Parameters, and members of such, that callers were asked for: another path to one tells no other texts. */
  readonly asked: Set<string>;
}

const MAX_DEPTH = 12;
const MAX_TEXTS = 64;

export class WrittenTexts {
  readonly #program: Program;
  readonly #names: ModuleNames;
  readonly #calls: ProgramCalls;

  constructor(program: Program, names: ModuleNames, calls: ProgramCalls) {
    this.#program = program;
    this.#names = names;
    this.#calls = calls;
  }

  of(module: ModuleIR, fn: FunctionIR, temp: Temp): readonly WrittenText[] {
    return this.#at({ module, fn, temp }, { module, fn, span: null, chain: [], asked: new Set() }, 0).slice(0, MAX_TEXTS);
  }

  #at(place: Place, use: Use, depth: number): readonly WrittenText[] {
    if (depth > MAX_DEPTH) return [];
    const index = functionIndex(place.fn);
    const definitions = index.definitions(place.temp) ?? [index.definition(place.temp)];
    return definitions.flatMap((op) => (op === undefined || !("op" in op) ? [] : this.#by(op, place, use, depth + 1)));
  }

  #by(op: Op, place: Place, use: Use, depth: number): readonly WrittenText[] {
    switch (op.op) {
      case "const": {
        if (typeof op.value !== "string") return [];
        return [{ text: op.value, at: { file: use.module.file, span: use.span ?? op.span }, module: use.module, fn: use.fn, isLiteral: use.span === null, chain: use.chain }];
      }
      case "copy": case "cast": return this.#at({ ...place, temp: op.src }, use, depth);
      case "load": return this.#ofVariable(place, op, { ...use, span: use.span ?? op.span }, depth);
      case "get": return op.key === null ? [] : this.#ofMember(place, op.object, op.key, { ...use, span: use.span ?? op.span }, depth);
      default: return [];
    }
  }

  #ofVariable(place: Place, op: Op & { readonly op: "load" }, use: Use, depth: number): readonly WrittenText[] {
    const { variable } = op;
    const declared = place.module.variables[variable];
    if (declared === undefined) return [];
    const owner = place.module.functions[declared.owner];
    // A name in a pattern is taken out of the parameter when the function is entered.
    const isWhole = owner?.params.some((param) => param.variable === variable) === true;
    if (declared.kind === "parameter" && !declared.reassigned && isWhole) return isAsked(use, place.module, variable, "") ? [] : [...this.#passed(place.module, variable, use, depth), ...this.#defaultOf(place.module, variable, use, depth)];
    if (declared.reassigned) {
      // What other functions write nobody knows.
      const isOwn = declared.owner === place.fn.id && declared.owner !== 0 && !declared.captured && declared.kind !== "parameter";
      return isOwn ? storesBefore(place.fn, op).flatMap((temp) => this.#at({ ...place, temp }, { ...use, span: null }, depth)) : [];
    }
    const init = this.#initial(place.module, variable);
    return init === null ? [] : this.#at(init, use, depth);
  }

  /** What the declaration of a constant stores, in whichever module it is. */
  #initial(module: ModuleIR, variable: VariableId): Place | null {
    const imported = module.imports.find((each) => each.variable === variable);
    const exporter = imported === undefined ? undefined : this.#program.modules.find(({ file }) => file === this.#program.resolve(module.file, imported.specifier).file);
    const value = exporter?.exports.find((each) => each.kind === "value" && each.name === imported?.imported);
    const [body] = exporter?.functions ?? [];
    if (exporter !== undefined && body !== undefined && value?.kind === "value") return { module: exporter, fn: body, temp: value.temp };
    const target = this.#names.canonical(module, variable);
    const declared = target.module.variables[target.variable];
    const owner = declared === undefined || declared.reassigned ? undefined : target.module.functions[declared.owner];
    const src = owner === undefined ? null : storedIn(owner, target.variable);
    return owner === undefined || src === null ? null : { module: target.module, fn: owner, temp: src };
  }

  #defaultOf(module: ModuleIR, variable: VariableId, use: Use, depth: number): readonly WrittenText[] {
    const owner = module.functions[module.variables[variable]?.owner ?? -1];
    const src = owner === undefined ? null : storedIn(owner, variable);
    // The other way into the same temp is the parameter itself, which is not followed round.
    const sources = owner === undefined || src === null ? [] : (functionIndex(owner).definitions(src) ?? []).flatMap((op) => ("op" in op && op.op === "copy" ? [op.src] : []));
    return sources.flatMap((temp) => (owner === undefined || readsVariable(owner, temp, variable) ? [] : this.#at({ module, fn: owner, temp }, { ...use, module, fn: owner, span: null }, depth)));
  }

  #passed(module: ModuleIR, variable: VariableId, use: Use, depth: number): readonly WrittenText[] {
    return this.#arguments(module, variable, use).flatMap(({ place, use: there }) => this.#at(place, there, depth));
  }

  /** What the calls in sight pass for a parameter. */
  #arguments(module: ModuleIR, variable: VariableId, use: Use): readonly { readonly place: Place; readonly use: Use }[] {
    const owner = module.functions[module.variables[variable]?.owner ?? -1];
    const slot = owner?.params.findIndex((param) => param.variable === variable && !param.rest) ?? -1;
    if (owner === undefined || slot < 0) return [];
    return this.#calls.of(owner).flatMap((call) => {
      const arg = call.op.args[slot];
      if (arg === undefined || call.op.args.slice(0, slot + 1).some((each) => each.spread)) return [];
      const step = { at: { file: call.module.file, span: call.op.span }, message: `${functionLabel(call.module, call.fn)} passes it to ${functionLabel(module, owner)}` };
      const place = { module: call.module, fn: call.fn, temp: arg.temp };
      return [{ place, use: { ...use, module: call.module, fn: call.fn, span: null, chain: [step, ...use.chain] } }];
    });
  }

  #ofMember(place: Place, object: Temp, key: string, use: Use, depth: number): readonly WrittenText[] {
    const definition = functionIndex(place.fn).definition(object);
    if (definition === undefined || !("op" in definition) || depth > MAX_DEPTH) return [];
    switch (definition.op) {
      case "copy": case "cast": return this.#ofMember(place, definition.src, key, use, depth + 1);
      case "object": return definition.parts.flatMap((part) => (part.kind === "value" && part.key === key ? this.#at({ ...place, temp: part.value }, use, depth + 1) : []));
      case "call": {
        // `Object.freeze({ ... })` gives its argument back.
        const [first] = definition.args;
        return definition.key === "freeze" && first !== undefined ? this.#ofMember(place, first.temp, key, use, depth + 1) : [];
      }
      case "load": return this.#ofNamed(place, definition.variable, object, key, use, depth + 1);
      default: return this.#ofField(place, object, key, use, depth + 1);
    }
  }

  /** A member of something that has a name: a constant object, an enum, a namespace, a class, an instance. */
  #ofNamed(place: Place, variable: VariableId, object: Temp, key: string, use: Use, depth: number): readonly WrittenText[] {
    const declared = place.module.variables[variable];
    if (declared?.kind === "parameter") {
      const passed = declared.reassigned || isAsked(use, place.module, variable, key) ? [] : this.#arguments(place.module, variable, use).flatMap(({ place: there, use: then }) => this.#ofMember(there, there.temp, key, then, depth));
      return passed.length > 0 ? passed : this.#ofField(place, object, key, use, depth);
    }
    const target = this.#names.canonical(place.module, variable);
    if (target.module.functions.some((fn) => setsMember(fn, target.variable, key))) return [];
    const init = this.#initial(place.module, variable);
    const found = init === null ? [] : this.#ofMember(init, init.temp, key, use, depth);
    if (found.length > 0) return found;
    for (const { imported, variable: bound, specifier } of place.module.imports) {
      if (bound !== variable || imported !== "*") continue;
      const file = this.#program.resolve(place.module.file, specifier).file;
      const module = this.#program.modules.find((each) => each.file === file);
      const exported = module?.exports.find((each) => each.kind === "local" && each.name === key);
      if (module !== undefined && exported?.kind === "local") {
        const value = this.#initial(module, exported.variable);
        return value === null ? [] : this.#at(value, use, depth);
      }
    }
    return this.#ofField(place, object, key, use, depth);
  }

  /** A field of a class that is set once: by its initialiser, or by the constructor. */
  #ofField({ module, fn, temp: _temp }: Place, object: Temp, key: string, use: Use, depth: number): readonly WrittenText[] {
    const type = this.#program.tracer.typeOf(module, fn, object);
    if (type.kind !== "instance" && type.kind !== "class") return [];
    const member = type.class.members.find((each) => each.kind === "field" && each.name === key && each.static === (type.kind === "class"));
    const initialiser = member?.function === null || member === undefined ? undefined : type.module.functions[member.function];
    const sets = type.module.functions.flatMap((each) => each.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "set" && op.key === key ? [{ fn: each, op }] : []))));
    const [only, ...others] = sets;
    if (initialiser !== undefined && only === undefined) return returnedBy(initialiser).flatMap((temp) => this.#at({ module: type.module, fn: initialiser, temp }, use, depth));
    if (only === undefined || others.length > 0 || initialiser !== undefined || only.fn.id !== type.class.constructor_) return [];
    return this.#at({ module: type.module, fn: only.fn, temp: only.op.src }, use, depth);
  }
}

/** Whether callers were asked for the parameter before; now they are. */
function isAsked({ asked }: Use, { file }: ModuleIR, variable: VariableId, key: string): boolean {
  const name = `${file}\0${variable}\0${key}`;
  if (asked.has(name)) return true;
  asked.add(name);
  return false;
}

function storedIn(fn: FunctionIR, variable: VariableId): Temp | null {
  for (const block of fn.blocks) for (const op of block.ops) if (op.op === "store" && op.init && op.variable === variable) return op.src;
  return null;
}

/** What the stores of a local variable hold that may still be there when it is read: backwards from the read, each way up to its first store. */
function storesBefore(fn: FunctionIR, load: Op & { readonly op: "load" }): readonly Temp[] {
  const found: Temp[] = [];
  const seen = new Set<number>();
  const start = fn.blocks.find(({ ops }) => ops.includes(load));
  const queue = start === undefined ? [] : [{ block: start, until: start.ops.indexOf(load) }];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const store = at.block.ops.slice(0, at.until).findLast((op) => op.op === "store" && op.variable === load.variable);
    if (store?.op === "store") found.push(store.src);
    else {
      for (const id of at.block.predecessors) {
        const block = fn.blocks[id];
        if (block === undefined || seen.has(id)) continue;
        seen.add(id);
        queue.push({ block, until: block.ops.length });
      }
    }
  }
  return found;
}

function readsVariable(fn: FunctionIR, temp: Temp, variable: VariableId): boolean {
  const definition = functionIndex(fn).definition(temp);
  return definition !== undefined && "op" in definition && definition.op === "load" && definition.variable === variable;
}

/** Whether the function writes a member of what the variable names. */
function setsMember(fn: FunctionIR, variable: VariableId, key: string): boolean {
  return fn.blocks.some((block) => block.ops.some((op) => op.op === "set" && (op.key === key || op.key === null) && readsVariable(fn, op.object, variable)));
}

function returnedBy(fn: FunctionIR): readonly Temp[] {
  return fn.blocks.flatMap(({ terminal }) => (terminal.kind === "return" && terminal.value !== null ? [terminal.value] : []));
}
