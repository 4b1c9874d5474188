/** The targets of a call, while they are collected: functions, and the names under which packages and the platform know them. */
import type { ClassMembers } from "./class-members.ts";
import type { Externals } from "./externals.ts";
import type { Hierarchy } from "./hierarchy.ts";
import type { FunctionIR, ModuleIR } from "./ir.ts";
import type { Linker } from "./link.ts";
import type { ApiKey, CallTargets, TracedType } from "./traced-type.ts";

export interface FoundNeeds {
  readonly linker: Linker;
  readonly classMembers: ClassMembers;
  readonly externals: Externals;
  readonly hierarchy: Hierarchy;
}

type Instance = TracedType & { readonly kind: "instance" };

/** Of one call. */
export class Found {
  readonly #needs: FoundNeeds;
  readonly #functions = new Map<FunctionIR, ModuleIR>();
  readonly #apis = new Set<ApiKey>();
  #complete = true;
  /** A method without a body: its overriders are what may be called. */
  #abstract = false;

  constructor(needs: FoundNeeds) {
    this.#needs = needs;
  }

  targets(): CallTargets {
    return { functions: [...this.#functions].map(([fn, module]) => ({ module, function: fn })), apis: [...this.#apis], complete: this.#complete && !(this.#abstract && this.#functions.size === 0) };
  }

  addCalled(type: TracedType, receiver: TracedType | null = null): void {
    switch (type.kind) {
      case "function":
        this.addFunction(type.module, type.function, receiver);
        break;
      case "external":
        if (type.side === "value" && type.path !== "") for (const key of this.#needs.externals.keys(type)) this.#apis.add(key);
        else this.#complete = false;
        if (receiver?.kind === "instance") this.#addInherited(receiver, type.path.slice(type.path.lastIndexOf("#")));
        break;
      case "union":
        for (const member of type.members) if (member.kind !== "primitive") this.addCalled(member, receiver);
        break;
      case "primitive": case "class":
        break;
      default:
        this.#complete = false;
    }
  }

  addConstructed(type: TracedType): void {
    switch (type.kind) {
      case "class":
        this.#addConstructor(type.module, type.class);
        break;
      case "function":
        this.addFunction(type.module, type.function, null);
        break;
      case "external":
        if (type.side === "value" && type.path !== "") this.#apis.add(`${type.package}:${type.path}`);
        else this.#complete = false;
        break;
      case "union":
        for (const member of type.members) if (member.kind !== "primitive") this.addConstructed(member);
        break;
      case "primitive":
        break;
      default:
        this.#complete = false;
    }
  }

  #addConstructor(module: ModuleIR, class_: (TracedType & { readonly kind: "class" })["class"]): void {
    const { hierarchy, linker } = this.#needs;
    const constructor = hierarchy.constructorOf(module, class_);
    if (constructor !== null && !constructor.function.opaque) this.#functions.set(constructor.function, constructor.module);
    const package_ = linker.packageOf(module);
    if (package_ !== null) this.#apis.add(`${package_}:${class_.name}`);
    if (constructor !== null) return;
    const last = hierarchy.ancestors(module, class_).at(-1);
    if (last?.kind === "external") this.#apis.add(`${last.package}:${last.path}`);
    else if (class_.superTemp !== null && last === undefined) this.#complete = false;
  }

  /** A function of a loaded module; the receiver says under which classes' names its package knows it. */
  addFunction(module: ModuleIR, fn: FunctionIR, receiver: TracedType | null): void {
    const package_ = this.#needs.linker.packageOf(module);
    if (package_ !== null) this.#addKeys(module, fn, package_, receiver);
    if (!fn.opaque) this.#functions.set(fn, module);
    else if (package_ === null) this.#abstract = true;
  }

  #addKeys(module: ModuleIR, fn: FunctionIR, package_: string, receiver: TracedType | null): void {
    const class_ = fn.class === null ? undefined : module.classes[fn.class];
    if (class_ === undefined) {
      if (fn.name !== "") this.#apis.add(`${package_}:${fn.name}`);
      return;
    }
    this.#apis.add(fn.kind === "constructor" ? `${package_}:${class_.name}` : `${package_}:${class_.name}${fn.static ? "." : "#"}${fn.name}`);
    if (receiver?.kind !== "instance" || fn.static) return;
    for (const { instance } of this.#needs.classMembers.chain(receiver, receiver)) {
      if (instance.kind !== "instance" || instance.class === class_) break;
      const owner = this.#needs.linker.packageOf(instance.module);
      if (owner !== null) this.#apis.add(`${owner}:${instance.class.name}#${fn.name}`);
    }
  }

  /** A method of an external class, called on a loaded class that extends it: loaded packages' classes in between have names, too. */
  #addInherited(receiver: Instance, method: string): void {
    for (const { instance } of this.#needs.classMembers.chain(receiver, receiver)) {
      const owner = instance.kind === "instance" ? this.#needs.linker.packageOf(instance.module) : null;
      if (instance.kind === "instance" && owner !== null) this.#apis.add(`${owner}:${instance.class.name}${method}`);
    }
  }

  /** A method of an interface of a package. */
  addDeclared(receiver: TracedType & { readonly kind: "interface" }, name: string): void {
    const package_ = this.#needs.linker.packageOf(receiver.module);
    if (package_ !== null) this.#apis.add(`${package_}:${receiver.declaration.name}#${name}`);
  }
}
