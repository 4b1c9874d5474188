/**
 * The tracer: what the names and values of a linked program are, without a type checker. The parts ask one another; this file joins them.
 *
 *     link -> program index -> values <-> members, elements <-> class members, externals
 *                                 |  \-> calls -> unify
 *                                 |-> signatures -> context, call sites, hierarchy
 *                                 \-> type evaluation, type functions -> scopes
 *
 * Theory: flow-insensitive but for `instanceof`, memoised by question (`memo-cells.ts`); the lattice and its join are in `type-table.ts`. Every
 * answer is what declarations and stores say, `unknown` rather than a guess. Known misses: conditional and mapped types, overloads (the
 * first signature counts), properties that code outside a class adds to its instances, `eval`, `with`.
 */
import type { AnalysisSettings, Resolve } from "../program.ts";
import { knowsName } from "../knowledge/shapes.ts";
import { AmbientNames } from "./ambient-names.ts";
import { CallSites } from "./call-sites.ts";
import { CallTargetFinder } from "./call-targets.ts";
import { Calls } from "./calls.ts";
import { ClassMembers } from "./class-members.ts";
import { ConstructorFunctions } from "./constructor-functions.ts";
import { Context } from "./context.ts";
import { Elements } from "./elements.ts";
import { TypeEvaluator } from "./eval-type.ts";
import { Externals } from "./externals.ts";
import { Heritage } from "./heritage.ts";
import { Hierarchy } from "./hierarchy.ts";
import type { FunctionIR, ModuleIR, Temp } from "./ir.ts";
import { Linker } from "./link.ts";
import { Members } from "./members.ts";
import { MemoCells } from "./memo-cells.ts";
import { MergedDeclarations } from "./merged-declarations.ts";
import { ModelledFunctions } from "./modelled-functions.ts";
import { Narrowing } from "./narrowing.ts";
import { askOracle, KeptAnswers, openModules, packagesOf } from "./oracle-answers.ts";
import { ProgramGlobals } from "./program-globals.ts";
import { ProgramIndex } from "./program-index.ts";
import { note, type Remembered, remembered, unnoted } from "./reads.ts";
import { Scopes } from "./scopes.ts";
import { Signatures } from "./signatures.ts";
import { Structural } from "./structural.ts";
import { Substitution } from "./substitution.ts";
import type { Supplied } from "./supplied-types.ts";
import { ThisTypes } from "./this-types.ts";
import { type CallTargets, type TracedType, type Tracer, UNKNOWN } from "./traced-type.ts";
import type { TypeOracle } from "./type-oracle.ts";
import { TypeFunctions } from "./type-functions.ts";
import { NEVER, TypeTable } from "./type-table.ts";
import { Values } from "./values.ts";

/** Costs nothing until the first question; then one pass over all operations, and after that what is asked. */
export function createTracer(modules: readonly ModuleIR[], resolve: Resolve, settings: AnalysisSettings, oracle: TypeOracle | undefined): Tracer {
  const linked = link(modules, resolve, settings);
  let parts = joinParts(modules, linked, settings);
  let ready = false;
  let supplied: Supplied = new Map();
  const prepared = (): Parts => {
    if (!ready) unnoted(makeReady);
    return parts;
  };
  const makeReady = (): void => {
    ready = true;
    const kept = oracle?.kept ?? new KeptAnswers();
    const prepare = (): void => {
      parts.linker.linkPackages();
      supplied = kept.suppliedTo(parts, modules);
      parts.values.supplied.all = supplied;
      parts.hierarchy.build();
    };
    prepare();
    if (oracle === undefined) return;
    const open = openModules(modules, resolve, kept);
    if (open.length > 0 && askOracle(oracle, kept, open, parts)) {
      // What was traced without the answers is traced anew, so that nothing depends on what was asked first.
      parts = joinParts(modules, linked, settings);
      prepare();
    }
  };
  // Asked for many times over, by many facts, and always when what they rest on is settled.
  const targets = new Asked<CallTargets>();
  // A type parameter is shown as what it extends.
  const shown = (type: TracedType): TracedType => (type === NEVER ? UNKNOWN : type.kind === "unknown" ? (parts.elements.bound(type) ?? type) : type);
  return {
    typeOf: (module, fn, temp) => shown(prepared().values.typeOfTemp(module, fn, temp)),
    typeOfVariable: (module, variable) => shown(prepared().values.typeOfVariable(module, variable)),
    typeOfThis: (module, fn) => shown(prepared().thisTypes.typeOfThis(module, fn)),
    member: (type, name) => shown(prepared().members.member(parts.table.adopt(type), name)),
    element: (type) => shown(prepared().elements.element(parts.table.adopt(type))),
    awaited: (type) => shown(prepared().elements.awaited(parts.table.adopt(type))),
    returned: (type) => shown(prepared().returned(parts.table.adopt(type))),
    targets: (module, fn, temp) => targets.of(fn, temp, () => prepared().targets.of(module, fn, temp)),
    callsOf: (fn) => prepared().callSites.of(fn),
    callsNamed: (key) => prepared().index.callsByKey(key),
    subclasses: (module, class_) => prepared().hierarchy.subclasses(module, class_),
    holders: (type) => (type.kind === "interface" ? prepared().targets.holdersOf(type) : []),
    implementers: (type, name) => (type.kind === "interface" ? prepared().targets.implementersOf(type, name) : []),
    ancestors: (module, class_) => prepared().hierarchy.ancestors(module, class_),
    answeredPackages: () => {
      if (oracle !== undefined) prepared();
      return packagesOf(supplied);
    },
    parts: prepared,
  };
}

/** Answers by function and temp. */
class Asked<T extends object> {
  readonly #answers = new Map<FunctionIR, (Remembered<T> | undefined)[]>();

  of(fn: FunctionIR, temp: Temp, ask: () => T): T {
    let known = this.#answers.get(fn);
    if (known === undefined) this.#answers.set(fn, (known = []));
    let answer = known[temp];
    if (answer === undefined) known[temp] = answer = remembered(ask);
    else note(answer);
    return answer.value;
  }
}

/** The parts of a tracer, as far as its own files share them. */
export interface Parts {
  readonly table: TypeTable;
  readonly linker: Linker;
  readonly index: ProgramIndex;
  readonly values: Values;
  readonly thisTypes: ThisTypes;
  readonly members: Members;
  readonly elements: Elements;
  readonly hierarchy: Hierarchy;
  readonly targets: CallTargetFinder;
  readonly ambient: AmbientNames;
  readonly globals: ProgramGlobals;
  readonly merged: MergedDeclarations;
  readonly structural: Structural;
  readonly callSites: CallSites;
  returned(type: TracedType): TracedType;
}

/** The questions that parts ask of parts made after them. */
interface Late {
  classMembers: ClassMembers;
  values: Values;
  members: Members;
  elements: Elements;
  calls: Calls;
  signatures: Signatures;
  evaluator: TypeEvaluator;
}

/** What follows from links alone, whoever traces. */
interface Linked {
  readonly linker: Linker;
  readonly heritage: Heritage;
}

function link(modules: readonly ModuleIR[], resolve: Resolve, settings: AnalysisSettings): Linked {
  const linker = new Linker(modules, resolve, settings, knowsName);
  return { linker, heritage: new Heritage(modules, linker) };
}

function joinParts(modules: readonly ModuleIR[], { linker, heritage }: Linked, settings: AnalysisSettings): Parts {
  const late: Partial<Late> = {};
  const table = new TypeTable((types) => given(late.classMembers).sharedBase(types));
  const index = new ProgramIndex(modules, linker);
  const cells = new MemoCells();
  const scopes = new Scopes(table);
  const constructors = new ConstructorFunctions(table, index);
  const merged = new MergedDeclarations(modules, linker);
  const ambient = new AmbientNames(modules, linker);
  const questions = askLate(late);
  const globals = new ProgramGlobals({ ...questions, modules, table, cells });
  const functions = new TypeFunctions({ ...questions, table });
  const substitution = new Substitution(table, (name, arg) => functions.applied(name, arg));
  const instanceOf: TypeFunctions["instanceOf"] = (type, args) => functions.instanceOf(type, args);
  const shared = { table, linker, index, cells, scopes, substitution, modules, ambient, functions, instanceOf, ...questions };
  late.evaluator = new TypeEvaluator(shared);
  const externals = new Externals(shared);
  const classMembers = (late.classMembers = new ClassMembers({ ...shared, constructorFunction: (class_) => constructors.functionOf(class_), merged: (module, class_) => merged.ofClass(module, class_) }));
  const constructed = (module: ModuleIR, fn: FunctionIR): TracedType | null => constructors.instanceOf(module, fn);
  const members = (late.members = new Members({ ...shared, classMembers, externals, constructed, mergedDeclarations: (module, declaration) => merged.ofDeclaration(module, declaration) }));
  const elements = (late.elements = new Elements({ ...shared, classMembers, externals }));
  const hierarchy = new Hierarchy({ ...shared, heritage, classMembers });
  const substitute: Substitution["of"] = (type, environment) => substitution.of(type, environment);
  const calls = (late.calls = new Calls({ ...shared, externals, constructed, substitute, constructorOf: (module, class_) => hierarchy.constructorOf(module, class_), above: (type) => above(type, classMembers, externals) }));
  const narrowing = new Narrowing({ ...shared, hierarchy });
  const thisTypes = new ThisTypes({ ...shared, classMembers, constructors });
  const values = (late.values = new Values({ ...shared, members, elements, classMembers, externals, calls, thisTypes, ambientValue: (name) => ambient.value(name), sharedValue: (path) => globals.value(path), narrowed: (module, fn, op, type) => narrowing.narrow(module, fn, op, type) }));
  const context = new Context({ ...shared, members, elements, calls, values, thisTypes });
  const callSites = new CallSites({ ...shared, classMembers, hierarchy, constructors });
  late.signatures = new Signatures({ ...shared, members, elements, classMembers, values, calls, context, callSites });
  const structural = new Structural({ ...shared, classMembers });
  const modelled = new ModelledFunctions(settings.model, shared);
  const targets = new CallTargetFinder({ ...shared, members, elements, classMembers, externals, hierarchy, structural, values, thisTypes, context, modelled });
  return { table, linker, index, values, thisTypes, members, elements, hierarchy, targets, ambient, globals, merged, structural, callSites, returned: questions.returned };
}

/** Questions to parts that are joined later: asked only once all are there. */
function askLate(late: Partial<Late>) {
  return {
    evaluate: (...args: Parameters<TypeEvaluator["evaluate"]>) => given(late.evaluator).evaluate(...args),
    typeOfEntity: (...args: Parameters<Values["typeOfEntity"]>) => given(late.values).typeOfEntity(...args),
    typeOfTemp: (...args: Parameters<Values["typeOfTemp"]>) => given(late.values).typeOfTemp(...args),
    typeOfVariable: (...args: Parameters<Values["typeOfVariable"]>) => given(late.values).typeOfVariable(...args),
    member: (...args: Parameters<Members["member"]>) => given(late.members).member(...args),
    lookup: (...args: Parameters<Members["lookup"]>) => given(late.members).lookup(...args),
    element: (type: TracedType) => given(late.elements).element(type),
    bound: (type: TracedType) => given(late.elements).bound(type),
    awaited: (type: TracedType) => given(late.elements).awaited(type),
    returned: (type: TracedType) => given(late.calls).result(type, NO_ARGUMENTS),
    returnOf: (...args: Parameters<Signatures["returnOf"]>) => given(late.signatures).returnOf(...args),
    typeOfParameter: (...args: Parameters<Signatures["typeOfParameter"]>) => given(late.signatures).typeOfParameter(...args),
    typeOfParameterVariable: (...args: Parameters<Signatures["typeOfParameterVariable"]>) => given(late.signatures).typeOfParameterVariable(...args),
  };
}

const NO_ARGUMENTS = { count: 0, typeOf: () => undefined, isCallback: () => false, typeArgs: [] };

/** A type and what it extends, nearest first. */
function above(type: TracedType, classMembers: ClassMembers, externals: Externals): readonly TracedType[] {
  if (type.kind === "instance") return [...classMembers.chain(type, type)].flatMap(({ instance, environment }) => [instance, ...(instance.kind === "instance" ? classMembers.implemented(instance, environment) : [])]);
  return type.kind === "external" && type.side === "instance" ? externals.chain(type) : [type];
}

function given<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("the tracer was asked before it was joined");
  return part;
}
