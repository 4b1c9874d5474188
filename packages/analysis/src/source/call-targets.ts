/**
 * What a call may reach, by class hierarchy: the method that the receiver's class has and every method that overrides it in a subclass; for an
 * interface the methods of its implementers and of the object literals typed by it, or else of the classes of its shape. May-analysis over the loaded program (a closed world): code
 * that is not loaded may add overriders, which `complete` does not speak of. A function of a loaded package is also listed under the names by
 * which the knowledge tables know it.
 */
import { append } from "./append.ts";
import type { ClassMembers } from "./class-members.ts";
import type { Context } from "./context.ts";
import type { Elements } from "./elements.ts";
import type { Externals } from "./externals.ts";
import { Found } from "./found-targets.ts";
import { functionIndex } from "./function-index.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { FunctionIR, ModuleIR, Op, Temp, TypeDeclarationIR } from "./ir.ts";
import { isSameList, kept, ProgramQuestion } from "./kept-facts.ts";
import { moduleOps } from "./module-ops.ts";
import type { Linker } from "./link.ts";
import type { Members } from "./members.ts";
import type { ModelledFunctions } from "./modelled-functions.ts";
import { onceFor } from "./once-for.ts";
import { isOp, type ProgramIndex } from "./program-index.ts";
import type { Structural } from "./structural.ts";
import type { ThisTypes } from "./this-types.ts";
import { type CallTargets, type TracedType, UNKNOWN } from "./traced-type.ts";
import type { TypeTable } from "./type-table.ts";
import type { Values } from "./values.ts";

export interface CallTargetNeeds {
  readonly table: TypeTable;
  readonly linker: Linker;
  readonly index: ProgramIndex;
  readonly members: Members;
  readonly elements: Elements;
  readonly thisTypes: ThisTypes;
  readonly classMembers: ClassMembers;
  readonly externals: Externals;
  readonly hierarchy: Hierarchy;
  readonly structural: Structural;
  readonly values: Values;
  readonly context: Context;
  readonly modelled: ModelledFunctions;
  readonly modules: readonly ModuleIR[];
}

type Instance = TracedType & { readonly kind: "instance" };

/** An object literal, and the interface that its place expects. */
interface Literal {
  readonly declaration: TypeDeclarationIR;
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly temp: Temp;
}

const NO_TARGETS: CallTargets = { functions: [], apis: [], complete: true };

export class CallTargetFinder {
  readonly #needs: CallTargetNeeds;
  #literals: Map<TypeDeclarationIR, Literal[]> | null = null;

  constructor(needs: CallTargetNeeds) {
    this.#needs = needs;
  }

  of(module: ModuleIR, fn: FunctionIR, temp: Temp): CallTargets {
    const index = this.#needs.index.ofFunction(fn);
    for (const definition of index.definitions(temp) ?? [index.definition(temp)]) {
      if (isOp(definition, "call") || isOp(definition, "new") || isOp(definition, "super-call")) return this.#ofOperation(module, fn, definition);
      if (isOp(definition, "get")) return this.#ofGetter(module, fn, definition);
    }
    return NO_TARGETS;
  }

  #ofOperation(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" | "new" | "super-call" }): CallTargets {
    const { values, index, thisTypes } = this.#needs;
    const found = new Found(this.#needs);
    if (op.op === "super-call") found.addConstructed(thisTypes.superValue(module, fn));
    else if (op.op === "new") found.addConstructed(values.typeOfTemp(module, fn, op.callee));
    else {
      const callee = index.ofFunction(fn).definition(op.callee);
      if (isOp(callee, "get") && callee.key !== null) {
        const isSuper = isOp(index.ofFunction(fn).definition(callee.object), "super");
        this.#addMethod(found, values.typeOfTemp(module, fn, callee.object), callee.key, values.typeOfTemp(module, fn, op.callee), isSuper);
      } else found.addCalled(values.typeOfTemp(module, fn, op.callee));
    }
    return op.op === "super-call" ? found.targets() : this.#withModel(module, fn, op, found.targets());
  }

  /** What the settings say of a function stands before what tables say of it. */
  #withModel(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" | "new" }, targets: CallTargets): CallTargets {
    const { modelled, values } = this.#needs;
    if (modelled.isEmpty) return targets;
    const own = modelled.ofCallee(module, fn, op.callee, values.typeOfTemp(module, fn, op.callee));
    const keys = [own, ...targets.functions.map((target) => modelled.ofFunction(target.module, target.function)), ...targets.apis.map((api) => modelled.ofApi(api))].filter((key) => key !== null);
    if (keys.length === 0) return targets;
    return { functions: targets.functions, apis: [...new Set([...keys, ...targets.apis.filter((api) => modelled.ofApi(api) === null)])], complete: targets.complete || own !== null };
  }

  #addMethod(found: Found, receiver: TracedType, name: string, callee: TracedType, isSuper: boolean): void {
    const { members } = this.#needs;
    if (callee.kind === "external" && (callee.path === "Function#call" || callee.path === "Function#apply") && callee.package === "global") {
      found.addCalled(receiver);
      return;
    }
    const bound = this.#needs.elements.bound(receiver);
    if (bound !== null) {
      this.#addMethod(found, bound, name, callee, isSuper);
      return;
    }
    switch (receiver.kind) {
      case "union":
        for (const member of receiver.members) {
          if (member.kind === "primitive" && (member.name === "null" || member.name === "undefined")) continue;
          const own = members.lookup(member, name);
          if (own !== null) this.#addMethod(found, member, name, own, isSuper);
        }
        break;
      case "instance":
        found.addCalled(callee, receiver);
        if (!isSuper) this.#addOverriders(found, receiver, name);
        break;
      case "interface":
        this.#addImplementers(found, receiver, name, callee);
        break;
      default:
        found.addCalled(callee, receiver);
    }
  }

  #addOverriders(found: Found, receiver: Instance, name: string): void {
    const { hierarchy, classMembers } = this.#needs;
    for (const each of hierarchy.subclasses(receiver.module, receiver.class)) {
      if (each.class === receiver.class || classMembers.membersNamed(each.class, name).length === 0) continue;
      const own = classMembers.own(each.module, each.class, name, false);
      if (own?.kind === "function") found.addFunction(own.module, own.function, this.#needs.table.instance(each.module, each.class, []));
    }
  }

  #addImplementers(found: Found, receiver: TracedType & { readonly kind: "interface" }, name: string, callee: TracedType): void {
    const { members } = this.#needs;
    const implementers = this.implementersOf(receiver, name);
    for (const type of implementers) found.addCalled(members.lookup(type, name) ?? UNKNOWN, type);
    found.addDeclared(receiver, name);
    if (implementers.length === 0) found.addCalled(callee.kind === "function" ? callee : UNKNOWN);
  }

  /**
   * What has a function under the name of an interface's member: instances of classes that say that they implement it, object literals of its type; where there are none,
   * instances of classes of its shape.
   */
  implementersOf(type: TracedType & { readonly kind: "interface" }, name: string): readonly TracedType[] {
    const { members, structural } = this.#needs;
    const declared = this.holdersOf(type).filter((each) => members.lookup(each, name)?.kind === "function");
    return declared.length > 0 ? declared : structural.instancesOf(type, name);
  }

  /** Instances of the classes that say that they implement an interface, and the object literals of its type. */
  holdersOf(type: TracedType & { readonly kind: "interface" }): readonly TracedType[] {
    const { hierarchy, table } = this.#needs;
    return [...hierarchy.implementers(type.declaration).map((each) => table.instance(each.module, each.class, each.class.typeParameters.map(() => UNKNOWN))), ...this.#literalsOf(type.declaration)];
  }

  /** Object literals whose place expects the interface. */
  #literalsOf(declaration: TypeDeclarationIR): readonly TracedType[] {
    return literalsOf.of(this, declaration).map(({ module, function: fn, temp }) => this.#needs.table.literal(module, fn, temp));
  }

  literals(declaration: TypeDeclarationIR): readonly Literal[] {
    if (this.#literals === null) {
      this.#literals = new Map();
      for (const module of this.#needs.modules) for (const literal of kept("literals", module, () => this.#literalsIn(module))) append(this.#literals, literal.declaration, literal);
    }
    return this.#literals.get(declaration) ?? [];
  }

  #literalsIn(module: ModuleIR): readonly Literal[] {
    const literals: Literal[] = [];
    for (const { fn, op } of literalsWithFunctions(module)) {
      const expected = this.#needs.context.expected(module, fn, op.dst);
      for (const type of expected?.kind === "union" ? expected.members : [expected]) {
        if (type?.kind === "interface") literals.push({ declaration: type.declaration, module, function: fn, temp: op.dst });
      }
    }
    return literals;
  }

  /** The getter that a property read runs, with its overriders. */
  #ofGetter(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "get" }): CallTargets {
    if (op.key === null) return NO_TARGETS;
    const receiver = this.#needs.values.typeOfTemp(module, fn, op.object);
    const found = new Found(this.#needs);
    for (const type of receiver.kind === "union" ? receiver.members : [receiver]) this.#addGetters(found, type, op.key);
    return found.targets();
  }

  #addGetters(found: Found, type: TracedType, name: string): void {
    const { classMembers, hierarchy } = this.#needs;
    const getterOf = (module: ModuleIR, members: ReturnType<ClassMembers["membersNamed"]>, isStatic: boolean): boolean => {
      const getter = members.find((member) => member.kind === "getter" && member.static === isStatic);
      const fn = getter?.function == null ? undefined : module.functions[getter.function];
      if (fn !== undefined) found.addFunction(module, fn, type);
      return fn !== undefined;
    };
    if (type.kind === "class") getterOf(type.module, classMembers.membersNamed(type.class, name), true);
    if (type.kind === "literal") this.#addLiteralGetter(found, type, name);
    if (type.kind === "interface") for (const each of this.holdersOf(type)) this.#addGetters(found, each, name);
    if (type.kind !== "instance") return;
    for (const { instance } of classMembers.chain(type, type)) if (instance.kind === "instance" && getterOf(instance.module, classMembers.membersNamed(instance.class, name), false)) break;
    for (const each of hierarchy.subclasses(type.module, type.class)) if (each.class !== type.class) getterOf(each.module, classMembers.membersNamed(each.class, name), false);
  }

  #addLiteralGetter(found: Found, type: TracedType & { readonly kind: "literal" }, name: string): void {
    const getter = accessorOf(type, name, "getter");
    if (getter !== null) found.addFunction(type.module, getter, null);
  }
}

/** The getter or setter that an object literal has under a name; null for none. */
export function accessorOf({ module, function: fn, temp }: TracedType & { readonly kind: "literal" }, name: string, kind: "getter" | "setter"): FunctionIR | null {
  const made = functionIndex(fn).definition(temp);
  const part = isOp(made, "object") ? made.parts.findLast((each) => each.key === name && each.kind === kind) : undefined;
  const body = part === undefined ? undefined : functionIndex(fn).definition(part.value);
  return isOp(body, "function") ? (module.functions[body.function] ?? null) : null;
}

const literalsOf = new ProgramQuestion((program) => program.tracer.parts().targets, (targets: CallTargetFinder, declaration: TypeDeclarationIR) => targets.literals(declaration), isSameList);

const literalsWithFunctions = onceFor((module: ModuleIR): readonly { readonly fn: FunctionIR; readonly op: Op & { readonly op: "object" } }[] =>
  moduleOps(module).listed.flatMap(({ fn, op }) => (op.op === "object" && op.parts.some((part) => part.kind === "method" || isOp(functionIndex(fn).definition(part.value), "function")) ? [{ fn, op }] : [])));
