/**
 * The tracer: what the names and values of a linked program are, without a type checker. The parts ask one another; this file joins them.
 *
 *     link -> program index -> values <-> members <-> class members, externals
 *                                 |  \-> calls -> unify
 *                                 |-> signatures -> context, hierarchy
 *                                 \-> type evaluation -> scopes
 *
 * Theory: flow-insensitive but for `instanceof`, memoised by question (`memo-cells.ts`); the lattice and its join are in `type-table.ts`. Every
 * answer is what declarations and stores say, `unknown` rather than a guess. Known misses: conditional and mapped types, overloads (the
 * first signature counts), properties that code outside a class adds to its instances, `eval`, `with`.
 */
import type { AnalysisSettings, Resolve } from "../program.ts";
import { knowsName } from "../knowledge/shapes.ts";
import { CallTargetFinder } from "./call-targets.ts";
import { Calls } from "./calls.ts";
import { ClassMembers } from "./class-members.ts";
import { ConstructorFunctions } from "./constructor-functions.ts";
import { Context } from "./context.ts";
import { TypeEvaluator } from "./eval-type.ts";
import { Externals } from "./externals.ts";
import { Hierarchy } from "./hierarchy.ts";
import type { ClassIR, FunctionIR, ModuleIR } from "./ir.ts";
import { Linker } from "./link.ts";
import { Members } from "./members.ts";
import { MemoCells } from "./memo-cells.ts";
import { MergedDeclarations } from "./merged-declarations.ts";
import { Narrowing } from "./narrowing.ts";
import { askOracle } from "./oracle-answers.ts";
import { ProgramIndex } from "./program-index.ts";
import { Scopes } from "./scopes.ts";
import { Signatures } from "./signatures.ts";
import { Substitution } from "./substitution.ts";
import { type TracedType, type Tracer, UNKNOWN } from "./traced-type.ts";
import type { TypeOracle } from "./type-oracle.ts";
import { NEVER, TypeTable } from "./type-table.ts";
import { Values } from "./values.ts";

/** Costs nothing until the first question; then one pass over all operations, and after that what is asked. */
export function createTracer(modules: readonly ModuleIR[], resolve: Resolve, settings: AnalysisSettings, oracle: TypeOracle | undefined): Tracer {
  let parts = joinParts(modules, resolve, settings);
  let ready = false;
  const prepared = (): Parts => {
    if (ready) return parts;
    ready = true;
    parts.index.build();
    parts.hierarchy.build();
    const answers = oracle === undefined ? null : askOracle(oracle, modules, parts);
    if (answers !== null) {
      // What was traced without the answers is traced anew, so that nothing depends on what was asked first.
      parts = joinParts(modules, resolve, settings);
      parts.index.build();
      parts.values.supply(answers(parts));
      parts.hierarchy.build();
    }
    return parts;
  };
  // A type parameter is shown as what it extends.
  const shown = (type: TracedType): TracedType => (type === NEVER ? UNKNOWN : type.kind === "unknown" ? (parts.members.bound(type) ?? type) : type);
  return {
    typeOf: (module, fn, temp) => shown(prepared().values.typeOfTemp(module, fn, temp)),
    typeOfVariable: (module, variable) => shown(prepared().values.typeOfVariable(module, variable)),
    typeOfThis: (module, fn) => shown(prepared().values.typeOfThis(module, fn)),
    member: (type, name) => shown(prepared().members.member(parts.table.adopt(type), name)),
    element: (type) => shown(prepared().members.element(parts.table.adopt(type))),
    awaited: (type) => shown(prepared().members.awaited(parts.table.adopt(type))),
    returned: (type) => shown(prepared().returned(parts.table.adopt(type))),
    targets: (module, fn, temp) => prepared().targets.of(module, fn, temp),
    subclasses: (module, class_) => prepared().hierarchy.subclasses(module, class_),
    ancestors: (module, class_) => prepared().hierarchy.ancestors(module, class_),
  };
}

/** The parts of a tracer, as far as its own files share them. */
export interface Parts {
  readonly table: TypeTable;
  readonly linker: Linker;
  readonly index: ProgramIndex;
  readonly values: Values;
  readonly members: Members;
  readonly hierarchy: Hierarchy;
  readonly targets: CallTargetFinder;
  readonly evaluator: TypeEvaluator;
  returned(type: TracedType): TracedType;
}

/** The questions that parts ask of parts made after them. */
interface Late {
  values: Values;
  members: Members;
  calls: Calls;
  signatures: Signatures;
  hierarchy: Hierarchy;
  evaluator: TypeEvaluator;
}

function joinParts(modules: readonly ModuleIR[], resolve: Resolve, settings: AnalysisSettings): Parts {
  const table = new TypeTable();
  const linker = new Linker(modules, resolve, settings, knowsName);
  const index = new ProgramIndex(modules, linker);
  const cells = new MemoCells();
  const scopes = new Scopes(table);
  const constructors = new ConstructorFunctions(table, index);
  const merged = new MergedDeclarations(modules, linker);
  const late: Partial<Late> = {};
  const substitution = new Substitution(table, (name, arg) => given(late.evaluator).applied(name, arg));
  const questions = askLate(late);
  const shared = { table, linker, index, cells, scopes, substitution, modules, ...questions };
  const evaluator = (late.evaluator = new TypeEvaluator({ ...shared }));
  const externals = new Externals(shared);
  const classMembers = new ClassMembers({ ...shared, constructorFunction: (class_: ClassIR) => constructors.functionOf(class_), merged: (module: ModuleIR, class_: ClassIR) => merged.ofClass(module, class_) });
  const constructed = (module: ModuleIR, fn: FunctionIR): TracedType | null => constructors.instanceOf(module, fn);
  const members = (late.members = new Members({ ...shared, classMembers, externals, constructed, mergedDeclarations: (module, declaration) => merged.ofDeclaration(module, declaration) }));
  const hierarchy = (late.hierarchy = new Hierarchy({ ...shared, classMembers }));
  const calls = (late.calls = new Calls({ ...shared, externals, constructed, constructorOf: (module, class_) => hierarchy.constructorOf(module, class_), above: (type) => above(type, classMembers, externals), substitute: (type, environment) => substitution.of(type, environment) }));
  const narrowing = new Narrowing({ ...shared, hierarchy });
  const values = (late.values = new Values({ ...shared, members, classMembers, externals, calls, constructors, ambientValue: (name) => evaluator.ambientValue(name), narrowed: (module, fn, op, type) => narrowing.narrow(module, fn, op, type) }));
  const context = new Context({ ...shared, members, calls, values });
  late.signatures = new Signatures({ ...shared, members, classMembers, hierarchy, values, calls, context, constructors });
  const targets = new CallTargetFinder({ ...shared, members, classMembers, externals, hierarchy, values, context });
  return { table, linker, index, values, members, hierarchy, targets, evaluator, returned: questions.returned };
}

/** Questions to parts that are joined later: asked only once all are there. */
function askLate(late: Partial<Late>) {
  return {
    evaluate: (...args: Parameters<TypeEvaluator["evaluate"]>) => given(late.evaluator).evaluate(...args),
    instanceOf: (...args: Parameters<TypeEvaluator["instanceOf"]>) => given(late.evaluator).instanceOf(...args),
    typeOfEntity: (...args: Parameters<Values["typeOfEntity"]>) => given(late.values).typeOfEntity(...args),
    typeOfTemp: (...args: Parameters<Values["typeOfTemp"]>) => given(late.values).typeOfTemp(...args),
    typeOfVariable: (...args: Parameters<Values["typeOfVariable"]>) => given(late.values).typeOfVariable(...args),
    member: (...args: Parameters<Members["member"]>) => given(late.members).member(...args),
    lookup: (...args: Parameters<Members["lookup"]>) => given(late.members).lookup(...args),
    element: (type: TracedType) => given(late.members).element(type),
    bound: (type: TracedType) => given(late.members).bound(type),
    awaited: (type: TracedType) => given(late.members).awaited(type),
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
