/**
 * Types of temps and variables, by what writes them: the join over the operations that write a temp, and over the stores to a variable that
 * has no annotation. Flow-insensitive but for `instanceof`, whose branch sees the narrower type (`narrowing.ts`).
 */
import type { ClassMembers } from "./class-members.ts";
import type { Arguments, Calls } from "./calls.ts";
import type { Elements } from "./elements.ts";
import type { Externals } from "./externals.ts";
import type { Definition } from "./function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "./ir.ts";
import type { Entity, Linker } from "./link.ts";
import type { Members } from "./members.ts";
import { createCell, type Cell, type MemoCells } from "./memo-cells.ts";
import { globalName, isPlatformName } from "./program-globals.ts";
import { isOp, type ProgramIndex, thisFunction } from "./program-index.ts";
import type { Scopes } from "./scopes.ts";
import type { Substitution } from "./substitution.ts";
import { SuppliedTypes } from "./supplied-types.ts";
import type { ThisTypes } from "./this-types.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type PrimitiveName, type Scope, type TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";

export interface ValueNeeds {
  readonly table: TypeTable;
  readonly linker: Linker;
  readonly cells: MemoCells;
  readonly scopes: Scopes;
  readonly substitution: Substitution;
  readonly index: ProgramIndex;
  readonly members: Members;
  readonly classMembers: ClassMembers;
  readonly externals: Externals;
  readonly calls: Calls;
  readonly elements: Elements;
  readonly thisTypes: ThisTypes;
  evaluate(term: TypeTerm, scope: Scope): TracedType;
  ambientValue(name: string): Entity | undefined;
  /** Of a global that scripts of the program share; null when none gives it a value. */
  sharedValue(path: string): TracedType | null;
  typeOfParameterVariable(module: ModuleIR, variable: VariableId): TracedType;
  narrowed(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "load" }, type: TracedType): TracedType;
}

const IMMEDIATE: ReadonlySet<Op["op"]> = new Set(["const", "load", "this", "super", "object", "array", "function", "class", "template", "delete", "unary", "global"]);
const COMPARISONS = new Set(["==", "!=", "===", "!==", "<", "<=", ">", ">=", "in", "instanceof"]);

export class Values {
  readonly #needs: ValueNeeds;
  readonly #temps = new Map<FunctionIR, (Cell | undefined)[]>();
  readonly #variables = new Map<ModuleIR, (Cell | undefined)[]>();
  /** What a type checker said of temps: it stands in where tracing gives nothing. */
  readonly supplied = new SuppliedTypes();

  constructor(needs: ValueNeeds) {
    this.#needs = needs;
  }

  typeOfTemp(module: ModuleIR, fn: FunctionIR, temp: Temp): TracedType {
    const index = this.#needs.index.ofFunction(fn);
    const definition = index.definition(temp);
    // Most temps are read off at once or are remembered elsewhere: they need no cell.
    if (definition !== undefined && "op" in definition && IMMEDIATE.has(definition.op) && index.definitions(temp) === null) {
      const type = this.#ofDefinition(module, fn, definition);
      return type === UNKNOWN ? this.supplied.of(fn, temp) : type;
    }
    let cells = this.#temps.get(fn);
    if (cells === undefined) this.#temps.set(fn, (cells = []));
    let cell = cells[temp];
    if (cell === undefined) cells[temp] = cell = createCell();
    else if (cell.state === 2) return cell.settled;
    return this.#needs.cells.evaluate(cell, () => {
      const traced = this.#traceTemp(module, fn, temp);
      if (traced !== UNKNOWN) return traced;
      return this.supplied.of(fn, temp);
    });
  }

  #traceTemp(module: ModuleIR, fn: FunctionIR, temp: Temp): TracedType {
    const index = this.#needs.index.ofFunction(fn);
    const all = index.definitions(temp);
    if (all !== null) return this.#needs.table.join(all.map((each) => this.#ofDefinition(module, fn, each)));
    const definition = index.definition(temp);
    return definition === undefined ? UNKNOWN : this.#ofDefinition(module, fn, definition);
  }

  #ofDefinition(module: ModuleIR, fn: FunctionIR, definition: Definition): TracedType {
    const { table, elements } = this.#needs;
    if (!("op" in definition)) return elements.element(this.typeOfTemp(module, fn, definition.iterator));
    const op = definition;
    switch (op.op) {
      case "const": return op.type === "regexp" ? table.global("RegExp") : table.primitive(op.type);
      case "copy": return this.typeOfTemp(module, fn, op.src);
      case "load": return this.#needs.narrowed(module, fn, op, this.typeOfVariable(module, op.variable));
      case "get": return this.#ofGet(module, fn, op);
      case "call": return this.#ofCall(module, fn, op);
      case "new": return this.#ofNew(module, fn, op);
      case "cast": return this.#ofCast(module, fn, op);
      case "this": case "super-call": return this.#needs.thisTypes.typeOfThis(module, fn);
      case "super": return this.#needs.thisTypes.typeOfSuper(module, fn);
      case "global": return this.#ofGlobal(op.name);
      case "object": case "array": return table.literal(module, fn, op.dst);
      case "function": return this.#ofFunction(module, fn, op.function);
      case "class": {
        const class_ = module.classes[op.class];
        return class_ === undefined ? UNKNOWN : table.classValue(module, class_);
      }
      case "rest": return op.form === "array" ? table.global("Array", [elements.element(this.typeOfTemp(module, fn, op.src))]) : UNKNOWN;
      case "iterate": return table.global("Iterator", [op.form === "in" ? table.primitive("string") : elements.element(this.typeOfTemp(module, fn, op.src))]);
      case "await": return elements.awaited(this.typeOfTemp(module, fn, op.src));
      case "import": return this.#ofImport(module, op.specifier);
      case "template": return table.primitive("string");
      case "delete": return table.primitive("boolean");
      case "unary": return table.primitive(({ "!": "boolean", typeof: "string", void: "undefined" } as Record<string, PrimitiveName>)[op.operator] ?? "number");
      case "binary": return this.#ofBinary(module, fn, op);
      default: return UNKNOWN;
    }
  }

  /** A function written inside a generic class or function keeps the parameters of what is around it, to be replaced later. */
  #ofFunction(module: ModuleIR, around: FunctionIR, id: number): TracedType {
    const fn = module.functions[id];
    return fn === undefined ? UNKNOWN : this.#needs.table.function(module, fn, this.#needs.scopes.ofFunction(module, around).identity);
  }

  #ofGet(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "get" }): TracedType {
    const { members, elements, table, index } = this.#needs;
    const object = this.typeOfTemp(module, fn, op.object);
    if (object === NEVER) return NEVER;
    if (op.key === null) return elements.element(object);
    if (isOp(index.ofFunction(fn).definition(op.object), "super")) {
      const own = this.#needs.scopes.ofFunction(module, thisFunction(module, fn)).self;
      if (object.kind === "instance") return this.#needs.classMembers.ofInstance(object, op.key, own ?? object) ?? UNKNOWN;
    }
    if (object.kind === "external" && object.package === "global" && object.path === "") return this.#ofGlobal(op.key);
    const found = members.lookup(object, op.key);
    if (found !== null && found !== UNKNOWN) return found;
    const shared = this.#needs.sharedValue(`${globalName(module, fn, op.object) ?? ""}.${op.key}`);
    // What an object literal has not is undefined, which matters to a default.
    return shared ?? found ?? (object.kind === "literal" ? table.primitive("undefined") : UNKNOWN);
  }

  #ofCall(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): TracedType {
    const required = this.#required(module, fn, op);
    if (required !== null) return required;
    return this.#needs.calls.result(this.typeOfTemp(module, fn, op.callee), this.argumentsOf(module, fn, op));
  }

  /** `require("x")` where nothing declares `require`. */
  #required(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): TracedType | null {
    const index = this.#needs.index.ofFunction(fn);
    const callee = index.definition(op.callee);
    if (!isOp(callee, "global") || callee.name !== "require") return null;
    const specifier = index.definition(op.args[0]?.temp ?? -1);
    if (!isOp(specifier, "const") || typeof specifier.value !== "string") return UNKNOWN;
    const entity = this.#needs.linker.named(module, specifier.value, "*", "value");
    return entity === null ? UNKNOWN : this.typeOfEntity(entity);
  }

  #ofNew(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "new" }): TracedType {
    const made = this.#needs.calls.constructed(this.typeOfTemp(module, fn, op.callee), this.argumentsOf(module, fn, op));
    if (made.kind !== "external" || made.package !== "global" || made.args.length > 0) return made;
    return this.#container(module, fn, op.dst, made);
  }

  /** An array, a map or a set made empty holds what is put into it. */
  #container(module: ModuleIR, fn: FunctionIR, temp: Temp, made: TracedType & { readonly kind: "external" }): TracedType {
    const { table, elements } = this.#needs;
    const keyed = made.path === "Map" || made.path === "WeakMap";
    if (!keyed && made.path !== "Set" && made.path !== "WeakSet" && made.path !== "Array") return made;
    const writes = elements.contents(module, fn, temp);
    if (writes.length === 0) return made;
    const values = table.join(writes.map((write) => (write.spread ? elements.element(this.typeOfTemp(module, write.function, write.temp)) : this.typeOfTemp(module, write.function, write.temp))));
    if (!keyed) return table.global(made.path, [values]);
    const keys = table.join(writes.map((write) => (write.keyTemp === null ? UNKNOWN : this.typeOfTemp(module, write.function, write.keyTemp))));
    return table.global(made.path, [keys, values]);
  }

  #ofCast(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "cast" }): TracedType {
    const { table } = this.#needs;
    if (op.form === "as" && op.type !== null) {
      const type = this.#needs.evaluate(op.type, this.#needs.scopes.ofFunction(module, fn));
      // `as any` and `as const` leave the value what it was.
      if (type !== UNKNOWN) return type;
    }
    const type = this.typeOfTemp(module, fn, op.src);
    return type.kind === "primitive" && (type.name === "null" || type.name === "undefined") && op.form === "non-null" ? NEVER : type.kind === "union" ? table.join(type.members) : type;
  }

  #ofGlobal(name: string): TracedType {
    const declared = this.#needs.ambientValue(name);
    if (declared !== undefined) return this.typeOfEntity(declared);
    const shared = isPlatformName(name) ? null : this.#needs.sharedValue(name);
    return shared === null || shared === UNKNOWN ? this.#needs.externals.globalValue(name) : shared;
  }

  #ofImport(module: ModuleIR, specifier: string | null): TracedType {
    const { linker, table } = this.#needs;
    const entity = specifier === null ? null : linker.named(module, specifier, "*", "value");
    return table.global("Promise", [entity === null ? UNKNOWN : this.typeOfEntity(entity)]);
  }

  #ofBinary(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "binary" }): TracedType {
    const { table } = this.#needs;
    if (COMPARISONS.has(op.operator)) return table.primitive("boolean");
    if (op.operator !== "+") return table.primitive("number");
    const sides = [this.typeOfTemp(module, fn, op.left), this.typeOfTemp(module, fn, op.right)];
    if (sides.includes(NEVER)) return NEVER;
    if (sides.some((side) => side.kind === "primitive" && side.name === "string")) return table.primitive("string");
    return sides.every((side) => side.kind === "primitive" && side.name === "number") ? table.primitive("number") : UNKNOWN;
  }

  /** The arguments of a call or construction, traced on demand. */
  argumentsOf(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" | "new" | "super-call" }): Arguments {
    const index = this.#needs.index.ofFunction(fn);
    const spread = op.args.findIndex((arg) => arg.spread);
    // A tagged template's first argument is its strings.
    return {
      count: op.args.length,
      typeOf: (slot) => {
        const arg = op.args[slot];
        return arg === undefined || (spread >= 0 && slot >= spread) ? undefined : this.typeOfTemp(module, fn, arg.temp);
      },
      isCallback: (slot) => {
        const arg = op.args[slot];
        return arg !== undefined && isOp(index.definition(arg.temp), "function");
      },
      typeArgs: op.op === "super-call" ? [] : op.typeArgs.map((term) => this.#needs.evaluate(term, this.#needs.scopes.ofFunction(module, fn))),
    };
  }

  typeOfVariable(module: ModuleIR, variable: VariableId): TracedType {
    let cells = this.#variables.get(module);
    if (cells === undefined) this.#variables.set(module, (cells = []));
    let cell = cells[variable];
    if (cell === undefined) cells[variable] = cell = createCell();
    else if (cell.state === 2) return cell.settled;
    return this.#needs.cells.evaluate(cell, () => {
      const owner = module.functions[module.variables[variable]?.owner ?? 0];
      const type = this.#traceVariable(module, variable);
      return owner === undefined ? type : this.#needs.substitution.close(type, this.#needs.scopes.ofFunction(module, owner));
    });
  }

  #traceVariable(module: ModuleIR, variable: VariableId): TracedType {
    const { table, linker, index } = this.#needs;
    const declared = module.variables[variable];
    if (declared === undefined) return UNKNOWN;
    switch (declared.kind) {
      case "import": {
        const entity = linker.imported(module, variable, "value");
        return entity === null ? UNKNOWN : this.typeOfEntity(entity);
      }
      case "class": {
        const class_ = index.of(module).classOfVariable.get(variable);
        if (class_ !== undefined) return table.classValue(module, class_);
        break;
      }
      case "enum": {
        const declaration = linker.typesNamed(module, declared.name)[0];
        return declaration === undefined ? UNKNOWN : table.interface(module, declaration, []);
      }
      case "parameter": return this.#needs.typeOfParameterVariable(module, variable);
      case "arguments": return table.global("Array", [UNKNOWN]);
      default: break;
    }
    if (declared.type !== null) {
      const owner = module.functions[declared.owner];
      const type = this.#needs.evaluate(declared.type, owner === undefined ? this.#needs.scopes.ofModule(module) : this.#needs.scopes.ofFunction(module, owner));
      if (type !== UNKNOWN) return type;
    }
    return this.stored(module, variable);
  }

  /** The join of what is stored in a variable; null alone says nothing. */
  stored(module: ModuleIR, variable: VariableId): TracedType {
    const stores = this.#needs.index.of(module).stores.get(variable);
    if (stores === undefined) return UNKNOWN;
    return this.#needs.table.join(stores.map((store) => this.typeOfTemp(module, store.function, store.temp)));
  }

  typeOfEntity(entity: Entity): TracedType {
    const { table, members } = this.#needs;
    switch (entity.kind) {
      case "variable": return this.typeOfVariable(entity.module, entity.variable);
      case "value": {
        const body = entity.module.functions[0];
        return body === undefined ? UNKNOWN : this.typeOfTemp(entity.module, body, entity.temp);
      }
      case "module": return table.namespace(entity.module);
      case "external": return table.external(entity.package, entity.path, "value");
      case "member": return members.member(this.typeOfEntity(entity.of), entity.name);
      case "type": return entity.declaration.kind === "enum" ? table.interface(entity.module, entity.declaration, []) : UNKNOWN;
    }
  }
}
