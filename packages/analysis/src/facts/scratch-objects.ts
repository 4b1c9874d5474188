/**
 * Objects of a module or class that may serve as scratch: constants made once, of a class of plain values, or literals and typed arrays of numbers. And what one
 * operation does with such an object: write it whole, read it, give it back, keep it.
 *
 * Theory: by declaration. An object is known under every name that leads to its constant: imports, namespace members aside, local constants, and the result of
 * a method that gives back its receiver. A method of a class in sight writes its receiver whole when it sets fields and reads none.
 * Fields of classes are those of `scratch-fields.ts`. Where findings of one file alone are wanted, only the objects count that a function of that file may name.
 * Known misses: scratch in fields of objects; scratch that a function makes.
 */
import { givesReceiver, keepsArguments, overwritesReceiver, scratchClass, writtenArgument } from "../knowledge/scratch-apis.ts";
import type { Program } from "../program.ts";
import { isExported } from "../source/exported-variables.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";
import type { Span } from "../source/span.ts";
import { instanceKeys } from "./class-keys.ts";
import { ModuleNames } from "./module-names.ts";
import { keysIn, namesIn, soughtNames } from "./sought-names.ts";
import { fieldRead, type FieldPlace, scratchFields } from "./scratch-fields.ts";

/** A constant object; one object for one declaration. */
export interface ScratchObject {
  readonly module: ModuleIR;
  /** The class's field that holds it; null for a constant of the module. */
  readonly field: FieldPlace | null;
  /** Its declaration. */
  readonly span: Span;
  readonly name: string;
  readonly exported: boolean;
  readonly kind: "value" | "literal" | "own";
  /** `three:Vector3`, for a class of an engine. */
  readonly classKey: string | null;
}

export interface ScratchEvent {
  readonly object: ScratchObject;
  readonly does: "write" | "read" | "return" | "keep";
  readonly span: Span;
}

const MAX_DEPTH = 8;
const NO_VARIABLES: ReadonlySet<VariableId> = new Set();

export class ScratchObjects {
  readonly all: readonly ScratchObject[];
  readonly #program: Program;
  readonly #names: ModuleNames;
  readonly #byVariable = new Map<ModuleIR, Map<VariableId, ScratchObject>>();
  readonly #fields: ReadonlyMap<string, readonly ScratchObject[]>;
  readonly #held = new Map<FunctionIR, (ScratchObject | null | undefined)[]>();
  #given: ReadonlySet<string> | null = null;

  constructor(program: Program) {
    this.#program = program;
    this.#names = new ModuleNames(program);
    const all: ScratchObject[] = [];
    const sought = soughtNames(program, this.#names);
    for (const module of program.modules) {
      const variables = sought?.variables.get(module);
      if (module.role !== "project" || (sought !== null && variables === undefined)) continue;
      for (const block of module.functions[0]?.blocks ?? []) {
        for (const op of block.ops) {
          if (op.op !== "store" || !op.init || block.loopDepth > 0 || variables?.has(op.variable) === false) continue;
          const object = this.#objectOf(module, op.variable, op.src);
          if (object === null) continue;
          all.push(object);
          const known = this.#byVariable.get(module);
          if (known === undefined) this.#byVariable.set(module, new Map([[op.variable, object]]));
          else known.set(op.variable, object);
        }
      }
    }
    this.#fields = scratchFields(program, sought?.keys ?? null, (field, fn, value) => {
      const made = this.#made(field.module, fn, value);
      const isOpen = !field.name.startsWith("#") && field.module.exports.some((entry) => entry.kind === "local" && field.module.variables[entry.variable]?.name === field.class.name);
      return made === null ? null : { module: field.module, field, span: field.member.span, name: field.isStatic ? `${field.class.name}.${field.name}` : `this.${field.name}`, exported: isOpen, ...made };
    });
    this.all = [...all, ...[...this.#fields.values()].flat()];
  }

  #objectOf(module: ModuleIR, variable: VariableId, src: Temp): ScratchObject | null {
    const declared = module.variables[variable];
    const body = module.functions[0];
    if (declared === undefined || body === undefined || declared.reassigned || declared.owner !== 0) return null;
    const exported = isExported(module, variable);
    const made = this.#made(module, body, src);
    return made === null ? null : { module, field: null, span: declared.span, name: declared.name, exported, ...made };
  }

  /** What a value is that is made here; null for no scratch. */
  #made(module: ModuleIR, body: FunctionIR, src: Temp): Pick<ScratchObject, "kind" | "classKey"> | null {
    const literal = { kind: "literal", classKey: null } as const;
    const made = definition(body, src);
    if (made?.op === "object") return made.parts.length > 0 && made.parts.every((part) => part.kind === "value" && part.key !== null && isNumber(body, part.value)) ? literal : null;
    if (made?.op === "array") return made.elements.length > 0 && made.elements.every((element) => element !== null && !element.spread && isNumber(body, element.temp)) ? literal : null;
    if (made?.op === "call") return this.#program.tracer.targets(module, body, made.dst).apis.some((api) => /^gl-matrix:\w+\.create$/.test(api)) ? literal : null;
    if (made?.op !== "new") return null;
    const type = this.#program.tracer.typeOf(module, body, made.dst);
    if (type.kind === "external" && type.package === "global") return /^(?:Float|Int|Uint|BigInt|BigUint)\d+(?:Clamped)?Array$/.test(type.path) ? literal : null;
    const classKey = [...instanceKeys(this.#program, type), ...this.#program.tracer.targets(module, body, made.dst).apis].find((key) => scratchClass(key) !== undefined) ?? null;
    if (classKey !== null) return { kind: "value", classKey };
    return type.kind === "instance" && type.module.role === "project" && holdsNumbersAlone(type.module, type.class.id) ? { kind: "own", classKey: null } : null;
  }

  /** The functions of a module that name any of the objects at all: asked for before their operations are looked at. */
  namingIn(module: ModuleIR): readonly FunctionIR[] {
    const fields = [...this.#fields.keys()].filter((key) => keysIn(module).has(key));
    const named = this.#byVariable.size === 0 ? NO_VARIABLES : this.#variablesNamed(module);
    if (named.size === 0 && fields.length === 0) return [];
    return module.functions.filter((fn) => {
      const { variables, keys } = namesIn(fn);
      return variables.some((variable) => named.has(variable)) || (fields.length > 0 && keys.some((key) => this.#fields.has(key)));
    });
  }

  #variablesNamed(module: ModuleIR): ReadonlySet<VariableId> {
    const named = new Set(this.#byVariable.get(module)?.keys() ?? []);
    for (const { variable, imported } of module.imports) {
      if (variable === null || !this.#isGivenAs(imported)) continue;
      const { module: owner, variable: own } = this.#names.canonical(module, variable);
      if (this.#byVariable.get(owner)?.has(own) === true) named.add(variable);
    }
    return named;
  }

  /** Whether any module gives an object under this name, itself or from another one: asked before the import is followed. */
  #isGivenAs(imported: string): boolean {
    this.#given ??= givenNames(this.#program.modules, this.#byVariable);
    return this.#given.has(imported);
  }

  /** The object that a temp holds; null for none, or one of several. */
  of(module: ModuleIR, fn: FunctionIR, temp: Temp): ScratchObject | null {
    let known = this.#held.get(fn);
    if (known === undefined) this.#held.set(fn, (known = []));
    let object = known[temp];
    if (object === undefined) known[temp] = object = this.#find(module, fn, temp, 0);
    return object;
  }

  #find(module: ModuleIR, fn: FunctionIR, temp: Temp, depth: number): ScratchObject | null {
    const op = definition(fn, temp);
    if (op === undefined || depth > MAX_DEPTH) return null;
    if (op.op === "load") {
      const { module: owner, variable } = this.#names.canonical(module, op.variable);
      const known = this.#byVariable.get(owner)?.get(variable);
      if (known !== undefined) return known;
      const declared = module.variables[op.variable];
      if (declared === undefined || declared.reassigned || declared.owner !== fn.id) return null;
      const [only, ...others] = functionIndex(fn).stores(op.variable);
      return only === undefined || others.length > 0 ? null : this.#find(module, fn, only.op.src, depth + 1);
    }
    if (op.op === "get") {
      const candidates = op.key === null ? undefined : this.#fields.get(op.key);
      return candidates === undefined ? null : fieldRead(this.#program, candidates, module, fn, op);
    }
    if (op.op !== "call") return null;
    if (op.receiver !== null && op.key !== null) {
      const receiver = this.#find(module, fn, op.receiver, depth + 1);
      if (receiver !== null) return this.#givesReceiver(receiver, module, fn, op) ? receiver : null;
    }
    // gl-matrix gives back what it has written into.
    const [first] = op.args;
    const given = first === undefined ? null : this.#find(module, fn, first.temp, depth + 1);
    return given !== null && this.#program.tracer.targets(module, fn, op.dst).apis.some((api) => api.startsWith("gl-matrix:")) ? given : null;
  }

  #givesReceiver(object: ScratchObject, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): boolean {
    const known = object.classKey === null ? undefined : scratchClass(object.classKey);
    if (known !== undefined) return givesReceiver(known, op.key ?? "");
    const { functions } = this.#program.tracer.targets(module, fn, op.dst);
    return functions.length > 0 && functions.every(({ function: target }) => target.blocks.every(({ terminal }) => terminal.kind !== "return" || (terminal.value !== null && definition(target, terminal.value)?.op === "this")) && target.blocks.some(({ terminal }) => terminal.kind === "return"));
  }

  /** What an operation does with scratch objects, reads first. `writesParameter` answers for a project function and an argument's number. */
  events(module: ModuleIR, fn: FunctionIR, op: Op, writesParameter: (fn: FunctionIR, slot: number) => boolean): readonly ScratchEvent[] {
    const found: ScratchEvent[] = [];
    const add = (temp: Temp, does: ScratchEvent["does"], span: Span): void => {
      const object = this.of(module, fn, temp);
      if (object !== null) found.push({ object, does, span });
    };
    switch (op.op) {
      case "set":
        add(op.src, "keep", op.span);
        add(op.object, "write", op.span);
        break;
      case "get": if (!isCallee(fn, op.dst) && op.key !== "length") add(op.object, "read", op.span); break;
      case "iterate": case "rest": add(op.src, "read", op.span); break;
      case "call": this.#ofCall(module, fn, op, writesParameter, add); break;
      case "new": for (const arg of op.args) add(arg.temp, "read", arg.span); break;
      case "array": for (const element of op.elements) if (element?.spread === true) add(element.temp, "read", element.span); break;
      case "object": for (const part of op.parts) if (part.kind === "spread") add(part.value, "read", part.span); break;
      default: break;
    }
    return [...found.filter(({ does }) => does !== "write"), ...found.filter(({ does }) => does === "write")];
  }

  #ofCall(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }, writesParameter: (fn: FunctionIR, slot: number) => boolean, add: (temp: Temp, does: ScratchEvent["does"], span: Span) => void): void {
    const receiver = op.receiver === null ? null : this.of(module, fn, op.receiver);
    const handed = op.args.map((arg) => this.of(module, fn, arg.temp));
    // Most calls have to do with none: nobody asks what they call.
    if (receiver === null && handed.every((object) => object === null)) return;
    const { apis, functions } = this.#program.tracer.targets(module, fn, op.dst);
    op.args.forEach((arg, slot) => {
      const object = handed[slot] ?? null;
      if (object === null) return;
      const written = writtenArgument(apis, op.key, object.classKey?.startsWith("three:") === true);
      const ownWrite = functions.length > 0 && functions.every((target) => target.module.role === "project" && writesParameter(target.function, slot));
      add(arg.temp, written === slot || ownWrite ? "write" : apis.some(keepsArguments) ? "keep" : "read", arg.span);
    });
    if (receiver === null || op.receiver === null || op.key === null) return;
    add(op.receiver, this.#overwrites(receiver, op.key, functions) ? "write" : "read", op.calleeSpan);
  }

  #overwrites(object: ScratchObject, member: string, functions: readonly { readonly module: ModuleIR; readonly function: FunctionIR }[]): boolean {
    const known = object.classKey === null ? undefined : scratchClass(object.classKey);
    if (known !== undefined) return overwritesReceiver(known, member);
    if (object.kind === "literal") return member === "fill" || member === "set";
    return functions.length > 0 && functions.every(({ function: target }) => setsThisAlone(target));
  }
}

/** The names under which modules export the objects, also under new names from module to module. */
function givenNames(modules: readonly ModuleIR[], objects: ReadonlyMap<ModuleIR, ReadonlyMap<VariableId, ScratchObject>>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [module, variables] of objects) {
    for (const entry of module.exports) {
      if (entry.kind === "local" && variables.has(entry.variable)) names.add(entry.name);
      // `module.exports = { scratch }`
      else if (entry.kind === "value") for (const { name } of variables.values()) names.add(name);
    }
  }
  const renames = modules.flatMap(({ exports }) => exports.flatMap((entry) => (entry.kind === "from" && entry.imported !== entry.name ? [entry] : [])));
  for (let size = -1; size !== names.size; ) {
    size = names.size;
    for (const { imported, name } of renames) if (names.has(imported)) names.add(name);
  }
  return names;
}

/** The operation that alone makes a value, seen through casts and copies. */
export function definition(fn: FunctionIR, temp: Temp): Op | undefined {
  const index = functionIndex(fn);
  let at = temp;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const found = index.definitions(at) === null ? index.definition(at) : undefined;
    if (found === undefined || !("op" in found)) return undefined;
    if (found.op !== "copy" && found.op !== "cast") return found;
    at = found.src;
  }
  return undefined;
}

function isNumber(fn: FunctionIR, temp: Temp): boolean {
  const op = definition(fn, temp);
  return (op?.op === "const" && op.type === "number") || (op?.op === "unary" && op.operator === "-" && isNumber(fn, op.src));
}

function isCallee(fn: FunctionIR, temp: Temp): boolean {
  return callees(fn).has(temp);
}

const callees = onceFor((fn: FunctionIR) => new Set(fn.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "call" && op.receiver !== null ? [op.callee] : [])))));

/** Sets fields of `this` and reads none. */
function setsThisAlone(fn: FunctionIR): boolean {
  const these = new Set<Temp>();
  let sets = false;
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op === "this") these.add(op.dst);
      else if (op.op === "get" && these.has(op.object)) return false;
      else if (op.op === "set" && these.has(op.object)) sets = true;
    }
  }
  return sets;
}

/** A class whose constructor and fields put nothing but parameters and numbers into it. */
function holdsNumbersAlone(module: ModuleIR, class_: number): boolean {
  const declared = module.classes[class_];
  if (declared === undefined || declared.superTemp !== null) return false;
  const fields = declared.members.filter((member) => member.kind === "field" && !member.static);
  const initial = fields.every((member) => {
    const fn = member.function === null ? undefined : module.functions[member.function];
    const value = fn?.blocks.flatMap(({ terminal }) => (terminal.kind === "return" && terminal.value !== null ? [terminal.value] : []))[0];
    return (fn === undefined || (value !== undefined && isNumber(fn, value))) && (member.type === null || (member.type.kind === "name" ? member.type.parts.join(".") === "number" : member.type.kind === "primitive"));
  });
  const constructor_ = declared.constructor_ === null ? undefined : module.functions[declared.constructor_];
  const made = constructor_ === undefined || constructor_.blocks.every((block) => block.ops.every((op) => op.op !== "set" || ["load", "const", "binary", "unary"].includes(definition(constructor_, op.src)?.op ?? "")));
  const typed = constructor_ === undefined || constructor_.params.every(({ type }) => type === null || type.kind === "primitive");
  return initial && made && typed && (fields.length > 0 || constructor_ !== undefined);
}
