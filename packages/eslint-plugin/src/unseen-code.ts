/**
 * What a file alone does not show: where its functions hand control, or a decision, to code of the project that is in other files.
 *
 * Theory: may-analysis, flow-insensitive, by one fixed point over the file. *Foreign* is what comes from an import that is not a package's: the
 * import itself, what is read from it, called of it, stored from it (fields by name), and what is declared with its types. A function is
 * *blind* when it calls something foreign of which the tracer knows no target, hands an object of the runtime to a call without targets, sets a property of something
 * foreign, which may have a setter for it, or branches on something foreign. It is *unsized* when it hands something
 * foreign to the runtime: a type or a count, on which sizes hang.
 * Misses: a parameter without a type that only its callers in other files know; overriders in other files.
 */
import type { ModuleIR, Program } from "@framealloc/analysis";

type FunctionIR = ModuleIR["functions"][number];
type Op = FunctionIR["blocks"][number]["ops"][number];
type CallOp = Op & { readonly op: "call" | "new" | "super-call" };
type TypeTerm = NonNullable<FunctionIR["returnType"]>;

export interface UnseenCode {
  readonly blind: ReadonlySet<FunctionIR>;
  readonly unsized: ReadonlySet<FunctionIR>;
}

/** Of the functions of `module`. `isProject` says of a specifier, or a package, that it is code of the project. Cost: a few passes over the file. */
export function unseenCode({ tracer, settings }: Program, module: ModuleIR, isProject: (specifier: string) => boolean): UnseenCode {
  const foreign = new Foreign(module, isProject, (fn, op) => tracer.targets(module, fn, op.dst).functions.map((target) => target.function));
  const isRuntime = (fn: FunctionIR, temp: number): boolean => {
    const type = tracer.typeOf(module, fn, temp);
    return type.kind === "external" && type.side === "instance" && settings.runtimePackages.includes(type.package);
  };
  const isBlindCall = (fn: FunctionIR, op: CallOp): boolean => {
    const { functions, apis } = tracer.targets(module, fn, op.dst);
    if (functions.length > 0 || apis.some((api) => !isProject(packageOfApi(api)))) return false;
    return foreign.isCalled(fn, op) || op.args.some((arg) => isRuntime(fn, arg.temp));
  };
  const isBlindOp = (fn: FunctionIR, op: Op): boolean => (isCall(op) ? isBlindCall(fn, op) : op.op === "set" && op.key !== null && foreign.has(fn, op.object) && !isConstant(fn, op.src));
  const isUnsized = (fn: FunctionIR, op: Op): boolean => isCall(op) && op.args.some((arg) => foreign.has(fn, arg.temp)) && tracer.targets(module, fn, op.dst).apis.some((api) => settings.runtimePackages.includes(packageOfApi(api)));
  return {
    blind: new Set(module.functions.filter((fn) => fn.blocks.some(({ ops, terminal }) => ops.some((op) => isBlindOp(fn, op)) || (terminal.kind === "branch" && foreign.has(fn, terminal.test))))),
    unsized: new Set(module.functions.filter((fn) => fn.blocks.some(({ ops }) => ops.some((op) => isUnsized(fn, op))))),
  };
}

function isConstant({ blocks }: FunctionIR, temp: number): boolean {
  return blocks.some(({ ops }) => ops.some((op) => op.op === "const" && op.dst === temp));
}

/** `three` of `three:Vector3#clone`, `node:fs` of `node:fs:readFile`. */
function packageOfApi(api: string): string {
  return api.slice(0, api.lastIndexOf(":"));
}

export function isCall(op: Op): op is CallOp {
  return op.op === "call" || op.op === "new" || op.op === "super-call";
}

class Foreign {
  readonly #module: ModuleIR;
  readonly #isProject: (specifier: string) => boolean;
  readonly #targetsOf: (fn: FunctionIR, op: CallOp) => readonly FunctionIR[];
  readonly #variables = new Set<number>();
  /** Interfaces and aliases by name. */
  readonly #types = new Set<string>();
  readonly #classes = new Set<number>();
  readonly #keys = new Set<string>();
  readonly #returning = new Set<FunctionIR>();
  readonly #temps = new Map<FunctionIR, Set<number>>();
  #grown = true;

  constructor(module: ModuleIR, isProject: (specifier: string) => boolean, targetsOf: (fn: FunctionIR, op: CallOp) => readonly FunctionIR[]) {
    this.#module = module;
    this.#isProject = isProject;
    this.#targetsOf = targetsOf;
    for (const { variable, specifier } of module.imports) if (variable !== null && isProject(specifier)) this.#variables.add(variable);
    while (this.#grown) {
      this.#grown = false;
      this.#spreadByTypes();
      for (const fn of module.functions) this.#spreadIn(fn);
    }
  }

  has(fn: FunctionIR, temp: number): boolean {
    return this.#temps.get(fn)?.has(temp) === true;
  }

  isCalled(fn: FunctionIR, op: CallOp): boolean {
    if (op.op === "super-call") return this.#isForeignThis(fn);
    return this.has(fn, op.callee) || (op.op === "call" && op.receiver !== null && this.has(fn, op.receiver));
  }

  #add<T>(set: Set<T>, item: T): void {
    if (set.has(item)) return;
    set.add(item);
    this.#grown = true;
  }

  #spreadByTypes(): void {
    for (const { name, term, extends: bases } of this.#module.types) if (this.#names(term) || bases.some((base) => this.#names(base))) this.#add(this.#types, name);
    for (const { id, type } of this.#module.variables) if (this.#names(type)) this.#add(this.#variables, id);
    for (const { id, variable, superTerm, superTemp, within, members } of this.#module.classes) {
      const outer = this.#module.functions[within];
      const isForeign = this.#names(superTerm) || (superTemp !== null && outer !== undefined && this.has(outer, superTemp));
      if (isForeign) this.#add(this.#classes, id);
      if (isForeign && variable !== null) this.#add(this.#variables, variable);
      for (const { name, type } of members) if (name !== null && this.#names(type)) this.#add(this.#keys, name);
    }
  }

  /** Whether a type as written mentions a foreign one. */
  #names(term: TypeTerm | null): boolean {
    const open: unknown[] = [term];
    for (let at = open.pop(); at !== undefined || open.length > 0; at = open.pop()) {
      if (typeof at !== "object" || at === null) continue;
      const { kind, variable, parts, specifier } = at as { readonly kind?: string; readonly variable?: number | null; readonly parts?: readonly string[]; readonly specifier?: string };
      if (typeof variable === "number" && this.#variables.has(variable)) return true;
      if (kind === "name" && parts !== undefined && this.#types.has(parts.join("."))) return true;
      if (kind === "import" && specifier !== undefined && this.#isProject(specifier)) return true;
      open.push(...Object.values(at));
    }
    return false;
  }

  #spreadIn(fn: FunctionIR): void {
    let temps = this.#temps.get(fn);
    if (temps === undefined) this.#temps.set(fn, (temps = new Set()));
    for (const { ops, terminal } of fn.blocks) {
      for (const op of ops) {
        this.#store(fn, op);
        if ("dst" in op && this.#makes(fn, op)) this.#add(temps, op.dst);
      }
      if (terminal.kind === "next" && this.has(fn, terminal.iterator)) this.#add(temps, terminal.value);
      if (terminal.kind === "return" && terminal.value !== null && this.has(fn, terminal.value)) this.#add(this.#returning, fn);
    }
    if (this.#names(fn.returnType)) this.#add(this.#returning, fn);
  }

  #store(fn: FunctionIR, op: Op): void {
    if (op.op === "store" && this.has(fn, op.src)) this.#add(this.#variables, op.variable);
    if (op.op === "set" && op.key !== null && this.has(fn, op.src)) this.#add(this.#keys, op.key);
    if (op.op === "object") for (const part of op.parts) if (part.key !== null && this.has(fn, part.value)) this.#add(this.#keys, part.key);
  }

  #makes(fn: FunctionIR, op: Op): boolean {
    switch (op.op) {
      case "load": return this.#variables.has(op.variable);
      case "copy": case "await": case "iterate": case "rest": case "unary": return this.has(fn, op.src);
      case "cast": return this.has(fn, op.src) || this.#names(op.type);
      case "get": return this.has(fn, op.object) || (op.key !== null && this.#keys.has(op.key));
      case "binary": return this.has(fn, op.left) || this.has(fn, op.right);
      case "this": case "super": return this.#isForeignThis(fn);
      case "import": return op.specifier === null || this.#isProject(op.specifier);
      case "call": case "new": case "super-call": return this.isCalled(fn, op) || this.#targetsOf(fn, op).some((target) => this.#returning.has(target));
      default: return false;
    }
  }

  /** `this` of a class whose base is elsewhere; an arrow's is that of the function around it. */
  #isForeignThis(fn: FunctionIR): boolean {
    if (fn.class !== null) return this.#classes.has(fn.class);
    const outer = fn.kind === "arrow" && fn.parent !== null ? this.#module.functions[fn.parent] : undefined;
    return outer !== undefined && this.#isForeignThis(outer);
  }
}
