/**
 * Results of calls and constructions: the declared or inferred result of the callee, with the type parameters of the callee inferred from
 * the arguments and those of its class taken from the receiver.
 */
import type { Externals, ExternalType } from "./externals.ts";
import type { ShapeMember } from "../knowledge/parse-shapes.ts";
import type { FunctionIR, ModuleIR } from "./ir.ts";
import type { Scopes } from "./scopes.ts";
import type { Substitution } from "./substitution.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { type Environment, NEVER, type Scope, type TypeTable } from "./type-table.ts";
import type { TypeTerm } from "./type-term.ts";
import { unify, type UnifyNeeds } from "./unify.ts";

export interface CallNeeds extends UnifyNeeds {
  readonly table: TypeTable;
  readonly scopes: Scopes;
  readonly substitution: Substitution;
  readonly externals: Externals;
  returnOf(module: ModuleIR, fn: FunctionIR): TracedType;
  bound(type: TracedType): TracedType | null;
  constructed(module: ModuleIR, fn: FunctionIR): TracedType | null;
  constructorOf(module: ModuleIR, class_: (TracedType & { readonly kind: "class" })["class"]): { readonly module: ModuleIR; readonly function: FunctionIR } | null;
}

/** The arguments of a call, traced when asked for. */
export interface Arguments {
  readonly count: number;
  /** Undefined where it cannot be told apart (after a spread). */
  readonly typeOf: (index: number) => TracedType | undefined;
  /** Whether the argument is a function written in place, which takes its parameters' types from the call. */
  readonly isCallback: (index: number) => boolean;
  readonly typeArgs: readonly TracedType[];
}

export const NO_ARGUMENTS: Arguments = { count: 0, typeOf: () => undefined, isCallback: () => false, typeArgs: [] };

/** A parameter list and what its terms mean. */
interface Signature {
  readonly params: readonly { readonly type: TypeTerm | null; readonly rest: boolean }[];
  readonly scope: Scope;
  /** The type parameters that a call infers. */
  readonly own: readonly TracedType[];
  readonly environment: Environment;
}

export class Calls {
  readonly #needs: CallNeeds;

  constructor(needs: CallNeeds) {
    this.#needs = needs;
  }

  result(callee: TracedType, args: Arguments): TracedType {
    const { table, substitution, evaluate, returnOf } = this.#needs;
    switch (callee.kind) {
      case "function": {
        const signature = this.#ofFunction(callee);
        return substitution.of(returnOf(callee.module, callee.function), this.#infer(signature, args, true));
      }
      case "callable": {
        const signature = this.#ofCallable(callee);
        if (signature === null || callee.term.returns === null) return UNKNOWN;
        return substitution.of(evaluate(callee.term.returns, signature.scope), this.#infer(signature, args, true));
      }
      case "external": return this.#resultOfExternal(callee, args);
      case "interface": case "shape": {
        const call = this.#callSignature(callee);
        return call === null ? UNKNOWN : this.result(call, args);
      }
      case "union": return table.join(this.#fitting(callee.members, args).map((member) => this.result(member, args)));
      case "unknown": {
        const bound = this.#needs.bound(callee);
        return bound === null ? callee : this.result(bound, args);
      }
      default: return UNKNOWN;
    }
  }

  /** Of several signatures of one function those that the arguments fit; members that cannot be called are left out. */
  #fitting(members: readonly TracedType[], args: Arguments): readonly TracedType[] {
    const callable = members.filter((member) => member.kind !== "primitive");
    const isOverloaded = callable.every((member) => member.kind === "function" && member.function.opaque && member.function.name === (callable[0]?.kind === "function" ? callable[0].function.name : ""));
    if (!isOverloaded) return callable;
    const fitting = callable.filter((member) => member.kind === "function" && this.#fits(member, args));
    return fitting.length === 0 ? callable : fitting;
  }

  #fits(callee: TracedType & { readonly kind: "function" }, args: Arguments): boolean {
    const { params } = callee.function;
    const required = params.filter((param) => !param.optional && !param.rest).length;
    if (args.count < required || (args.count > params.length && params.at(-1)?.rest !== true)) return false;
    return params.every((param, index) => {
      const actual = index < args.count && !args.isCallback(index) ? args.typeOf(index) : undefined;
      const declared = param.type === null || param.rest ? undefined : this.#parameter(this.#ofFunction(callee), index);
      return actual?.kind !== "primitive" || declared?.kind !== "primitive" || actual.name === declared.name;
    });
  }

  #resultOfExternal(callee: ExternalType, args: Arguments): TracedType {
    const found = callee.side === "value" ? this.#needs.externals.signature(callee) : null;
    if (found === null) return UNKNOWN;
    const member = overload(found.member, args.count);
    if (member.term.kind !== "function" || member.term.returns === null) return UNKNOWN;
    const signature = fromTerm(member.term, found.scope(member), found.environment);
    return this.#needs.substitution.of(this.#needs.evaluate(member.term.returns, signature.scope), this.#infer(signature, args, true));
  }

  /** Of `new callee(...)`. */
  constructed(callee: TracedType, args: Arguments): TracedType {
    const { table } = this.#needs;
    switch (callee.kind) {
      case "class": return this.#constructedClass(callee, args);
      case "function": return this.#constructedFunction(callee);
      case "external": return this.#constructedExternal(callee, args);
      case "callable": return this.#needs.instanceOf(callee, []);
      case "interface": case "shape": {
        const call = this.#callSignature(callee);
        return call === null ? UNKNOWN : this.#needs.instanceOf(call, []);
      }
      case "union": return table.join(callee.members.filter((member) => member.kind !== "primitive").map((member) => this.constructed(member, args)));
      default: return callee.kind === "unknown" ? callee : UNKNOWN;
    }
  }

  /** What it returns where that is an object, which `new` gives in place of the instance: `function State() { ... return { reset, apply }; }`. */
  #constructedFunction(callee: TracedType & { readonly kind: "function" }): TracedType {
    const { table, constructed, returnOf } = this.#needs;
    const instance = constructed(callee.module, callee.function) ?? UNKNOWN;
    if (callee.function.kind !== "function" || callee.function.async || callee.function.generator) return instance;
    const returned = returnOf(callee.module, callee.function);
    const members = returned.kind === "union" ? returned.members : [returned];
    const objects = members.filter((member) => member.kind !== "primitive" && member.kind !== "unknown");
    if (objects.length === 0) return instance;
    return table.join(objects.length === members.length ? objects : [...objects, instance]);
  }

  #constructedClass(callee: TracedType & { readonly kind: "class" }, args: Arguments): TracedType {
    const { table, scopes } = this.#needs;
    const names = callee.class.typeParameters;
    if (names.length === 0) return table.instance(callee.module, callee.class, []);
    const own = scopes.ofClass(callee.module, callee.class).own;
    if (args.typeArgs.length > 0) return table.instance(callee.module, callee.class, own.map((_, index) => args.typeArgs[index] ?? UNKNOWN));
    const constructor = this.#needs.constructorOf(callee.module, callee.class);
    const isOwn = constructor !== null && constructor.module === callee.module && constructor.function.id === callee.class.constructor_;
    if (!isOwn) return table.instance(callee.module, callee.class, own.map(() => UNKNOWN));
    const scope = scopes.ofFunction(callee.module, constructor.function);
    const environment = this.#infer({ params: constructor.function.params, scope, own, environment: scope.identity }, args, true);
    return table.instance(callee.module, callee.class, own.map((parameter) => environment.get(parameter) ?? UNKNOWN));
  }

  #constructedExternal(callee: ExternalType, args: Arguments): TracedType {
    const { table, externals } = this.#needs;
    if (callee.side !== "value" || callee.path === "") return UNKNOWN;
    if (args.typeArgs.length > 0) return table.external(callee.package, callee.path, "instance", args.typeArgs);
    const found = externals.constructSignature(callee);
    if (found === null || found.member.term.kind !== "function" || found.member.typeParameters.length === 0) return table.external(callee.package, callee.path, "instance");
    const signature = fromTerm(found.member.term, found.scope, found.scope.identity);
    const environment = this.#infer(signature, args, true);
    const inferred = found.scope.own.map((parameter) => environment.get(parameter) ?? UNKNOWN);
    return table.external(callee.package, callee.path, "instance", inferred.every((each) => each === UNKNOWN) ? [] : inferred);
  }

  /** What a callee expects of an argument; null when it says nothing. */
  expected(callee: TracedType, slot: number, args: Arguments, construct: boolean): TracedType | null {
    switch (callee.kind) {
      case "function": return this.#expectedIn(this.#ofFunction(callee), slot, args);
      case "callable": {
        const signature = this.#ofCallable(callee);
        return signature === null ? null : this.#expectedIn(signature, slot, args);
      }
      case "class": {
        const constructor = this.#needs.constructorOf(callee.module, callee.class);
        if (constructor === null) return null;
        const scope = this.#needs.scopes.ofFunction(constructor.module, constructor.function);
        return this.#expectedIn({ params: constructor.function.params, scope, own: [...scope.own, ...this.#needs.scopes.ofClass(callee.module, callee.class).own], environment: scope.identity }, slot, args);
      }
      case "external": return this.#expectedByExternal(callee, slot, args, construct);
      case "interface": case "shape": {
        const call = this.#callSignature(callee);
        return call === null ? null : this.expected(call, slot, args, construct);
      }
      case "union": {
        const all = callee.members.map((member) => this.expected(member, slot, args, construct)).filter((each) => each !== null);
        return all.length === 0 ? null : this.#needs.table.join(all);
      }
      case "unknown": return callee === NEVER ? NEVER : null;
      default: return null;
    }
  }

  #expectedByExternal(callee: ExternalType, slot: number, args: Arguments, construct: boolean): TracedType | null {
    if (callee.side !== "value") return null;
    if (construct) {
      const found = this.#needs.externals.constructSignature(callee);
      return found === null || found.member.term.kind !== "function" ? null : this.#expectedIn(fromTerm(found.member.term, found.scope, found.scope.identity), slot, args);
    }
    const found = this.#needs.externals.signature(callee);
    if (found === null) return null;
    const member = overload(found.member, args.count);
    return member.term.kind !== "function" ? null : this.#expectedIn(fromTerm(member.term, found.scope(member), found.environment), slot, args);
  }

  #expectedIn(signature: Signature, slot: number, args: Arguments): TracedType | null {
    const declared = this.#parameter(signature, slot);
    if (declared === null || declared === UNKNOWN) return null;
    if (!this.#needs.table.isOpen(declared)) return declared;
    return this.#needs.substitution.of(declared, this.#infer(signature, args, false));
  }

  /** The declared type of what stands at a position, with the type parameters in it; null without an annotation. */
  #parameter(signature: Signature, slot: number): TracedType | null {
    const last = signature.params.length - 1;
    const param = signature.params[slot] ?? (signature.params[last]?.rest === true ? signature.params[last] : undefined);
    if (param?.type == null) return null;
    const type = this.#needs.evaluate(param.type, signature.scope);
    return param.rest ? this.#needs.element(type) : type;
  }

  /** The environment of the signature with `own` added: given, inferred, or unknown. */
  #infer(signature: Signature, args: Arguments, callbacks: boolean): Environment {
    const { own } = signature;
    if (own.length === 0) return signature.environment;
    const environment = new Map(signature.environment);
    if (args.typeArgs.length > 0) {
      own.forEach((parameter, index) => environment.set(parameter, args.typeArgs[index] ?? UNKNOWN));
      return environment;
    }
    const wanted = new Set(own);
    const found = new Map<TracedType, TracedType>();
    const outer = new Map([...signature.environment].filter(([parameter]) => !wanted.has(parameter)));
    let seen = true;
    const holdAgainst = (index: number): void => {
      const declared = this.#parameter(signature, index);
      const actual = declared === null || !this.#needs.table.isOpen(declared) ? undefined : args.typeOf(index);
      if (actual === NEVER) seen = false;
      if (declared !== null && actual !== undefined) unify(this.#needs, this.#needs.substitution.of(declared, outer), actual, wanted, found);
    };
    for (let index = 0; index < args.count; index++) if (!args.isCallback(index)) holdAgainst(index);
    if (callbacks) for (let index = 0; index < args.count; index++) if (args.isCallback(index)) holdAgainst(index);
    for (const parameter of own) environment.set(parameter, found.get(parameter) ?? (seen ? this.#bound(parameter) : NEVER));
    return environment;
  }

  /** What is known of a type parameter of which nothing was inferred. */
  #bound(parameter: TracedType): TracedType {
    const bound = this.#needs.bound(parameter);
    return bound === null || this.#needs.table.isOpen(bound) ? UNKNOWN : bound;
  }

  #ofFunction(callee: TracedType & { readonly kind: "function" }): Signature {
    const { environment, receiver } = this.#needs.table.hidden(callee);
    const scope = this.#needs.scopes.ofFunction(callee.module, callee.function);
    const bound = new Map(environment);
    if (scope.self !== null && receiver !== null && receiver.kind !== "class") bound.set(scope.self, receiver);
    return { params: callee.function.params, scope, own: scope.own, environment: bound };
  }

  #ofCallable(callee: TracedType & { readonly kind: "callable" }): Signature | null {
    const { scope, environment } = this.#needs.table.hidden(callee);
    // The parameters in scope are those of what is around the function type: nothing is inferred for them here.
    return scope === null ? null : { ...fromTerm(callee.term, scope, environment), own: [] };
  }

  /** The call or construct signature of an object type. */
  #callSignature(type: TracedType & { readonly kind: "interface" | "shape" }): TracedType | null {
    const { table, scopes, substitution } = this.#needs;
    if (type.kind === "shape") {
      const { scope, environment } = table.hidden(type);
      return type.term.call === null || scope === null ? null : substitution.of(this.#needs.evaluate(type.term.call, scope), environment);
    }
    const { term } = type.declaration;
    if (term.kind !== "object" || term.call === null) return null;
    const scope = scopes.ofDeclaration(type.module, type.declaration);
    return substitution.of(this.#needs.evaluate(term.call, scope), new Map(scope.own.map((parameter, index) => [parameter, type.args[index] ?? UNKNOWN])));
  }
}

function fromTerm(term: TypeTerm & { readonly kind: "function" }, scope: Scope, environment: Environment): Signature {
  return { params: term.params.map((param) => ({ type: param.type, rest: param.name.startsWith("...") })), scope, own: scope.own, environment };
}

function overload(first: ShapeMember, count: number): ShapeMember {
  for (let member: ShapeMember | null = first; member !== null; member = member.next) {
    if (member.term.kind === "function" && (member.term.params.length >= count || member.next === null)) return member;
  }
  return first;
}
