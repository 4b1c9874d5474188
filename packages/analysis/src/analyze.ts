/** The one entry of the engine: linked modules and rules in, diagnostics out. Pure: no file, clock or environment is read. */
import { compareDiagnostics, type Diagnostic } from "./diagnostic.ts";
import { createFactReader, type FactReader } from "./fact.ts";
import { compareText } from "./diagnostic.ts";
import { type AnalysisSettings, DEFAULT_SETTINGS, type Program, type Resolve } from "./program.ts";
import { frameAnalysis } from "./facts/frame-analysis.ts";
import { type LimitNote, limitNotes } from "./facts/limit-notes.ts";
import type { Finding, Rule } from "./rule.ts";
import type { ModuleIR } from "./source/ir.ts";
import { type KeptFacts, keepingSteps } from "./source/kept-facts.ts";
import { createTracer } from "./source/tracer.ts";
import type { TypeOracle } from "./source/type-oracle.ts";

export interface AnalysisInput {
  readonly modules: readonly ModuleIR[];
  readonly resolve: Resolve;
  readonly settings?: Partial<AnalysisSettings>;
  /** Asked in batches for what the tracer leaves open. */
  readonly oracle?: TypeOracle;
  /** Findings are wanted of this file alone: the same as without, those of other files left out, for less. */
  readonly only?: string;
  /** What is known of the program before an edit, and then of this one: under the same settings. */
  readonly kept?: KeptFacts;
}

/** A rule that failed: reported as one FA901, the others still run. */
export interface RuleFailure {
  readonly code: string;
  readonly error: unknown;
}

export interface AnalysisResult {
  /** Sorted; the same for the same input whatever the order of modules. */
  readonly diagnostics: readonly Diagnostic[];
  readonly failures: readonly RuleFailure[];
  /** Where the analysis stopped at a limit; what no rule asked for was not analysed. */
  readonly notes: readonly LimitNote[];
}

/**
 * Runs the rules over the program. Never throws on a program; an exception inside a rule or a fact becomes a failure of the rules
 * that need it. A caller that asks for facts too gives the reader of them, so that none is computed twice.
 */
export function analyze(input: AnalysisInput, rules: readonly Rule[], get?: FactReader): AnalysisResult {
  const diagnostics: Diagnostic[] = [];
  const failures: RuleFailure[] = [];
  const notes: LimitNote[] = [];
  for (const { found, failure, notes: more } of analyzeInSteps(input, rules, get)) {
    diagnostics.push(...found);
    notes.push(...more);
    if (failure !== null) failures.push(failure);
  }
  diagnostics.sort(compareDiagnostics);
  return { diagnostics, failures, notes };
}

/** One step of an analysis, when it is done. */
export interface AnalysisStep {
  /** A rule's code, or the name of a fact that the next rule needs. */
  readonly name: string;
  readonly kind: "link" | "fact" | "rule";
  /** Of a rule: sorted, each once. */
  readonly found: readonly Diagnostic[];
  readonly failure: RuleFailure | null;
  /** Where what this step computed stopped at a limit. */
  readonly notes: readonly LimitNote[];
}

/**
 * The same a step at a time, for callers that measure, show progress or stop early: the rules in their order, before each the facts that it needs
 * and that are not known yet. What a fact throws is the failure of each rule that needs it.
 */
export function* analyzeInSteps(input: AnalysisInput, rules: readonly Rule[], given?: FactReader): Generator<AnalysisStep, void> {
  if (given !== undefined) return yield* stepsOf(input, rules, given);
  const program = linkProgram(input);
  const steps = stepsOf(input, rules, createFactReader(program));
  yield* input.kept === undefined ? steps : keepingSteps(input.kept, program, steps);
}

function* stepsOf(input: AnalysisInput, rules: readonly Rule[], get: FactReader): Generator<AnalysisStep, void> {
  yield { name: "link", kind: "link", found: [], failure: null, notes: [] };
  let isTold = false;
  const newNotes = (): readonly LimitNote[] => {
    const frames = isTold ? undefined : get.known(frameAnalysis);
    if (frames === undefined) return [];
    isTold = true;
    return limitNotes(frames);
  };
  const tried = new Set<unknown>();
  for (const rule of rules) {
    for (const fact of Object.values(rule.needs)) {
      if (tried.has(fact)) continue;
      tried.add(fact);
      try {
        get(fact);
      } catch {
        // Asked for again by the rule, which fails by it.
      }
      yield { name: fact.name, kind: "fact", found: [], failure: null, notes: newNotes() };
    }
    yield { ...stepOfRule(rule, get, input.only), notes: newNotes() };
  }
}

function stepOfRule(rule: Rule, get: FactReader, only: string | undefined): Omit<AnalysisStep, "notes"> {
  try {
    const found = runRule(rule, get).filter(({ at }) => only === undefined || at.file === only).sort(compareDiagnostics);
    return { name: rule.code, kind: "rule", found: withoutRepeats(found), failure: null };
  } catch (error) {
    return { name: rule.code, kind: "rule", found: [], failure: { code: rule.code, error } };
  }
}

/** Links modules into a program; exported for `fa why` and for tests that read facts. */
export function linkProgram(input: AnalysisInput): Program {
  const modules = [...input.modules].sort((a, b) => compareText(a.file, b.file));
  const settings = { ...DEFAULT_SETTINGS, ...input.settings };
  const tracer = createTracer(modules, input.resolve, settings, input.oracle);
  return { modules, resolve: input.resolve, tracer, settings, only: input.only ?? null };
}

function runRule(rule: Rule, get: FactReader): Diagnostic[] {
  const facts: Record<string, unknown> = {};
  for (const [name, fact] of Object.entries(rule.needs)) facts[name] = get(fact);
  const found: Diagnostic[] = [];
  rule.check(facts, (finding) => found.push(toDiagnostic(rule, finding)));
  return found;
}

function toDiagnostic(rule: Rule, finding: Finding): Diagnostic {
  return {
    code: rule.code,
    name: rule.name,
    severity: finding.severity ?? rule.severity,
    message: finding.message,
    at: finding.at,
    related: finding.related ?? [],
    chain: finding.chain ?? [],
    help: finding.help ?? null,
    fixes: finding.fixes ?? [],
    confidence: finding.confidence ?? "traced",
    ...(finding.cost === undefined ? {} : { cost: finding.cost }),
  };
}

/** One finding a code, place and message: a second path to the same fault says nothing new. */
function withoutRepeats(sorted: readonly Diagnostic[]): Diagnostic[] {
  return sorted.filter((diagnostic, index) => {
    const before = sorted[index - 1];
    return before === undefined || compareDiagnostics(before, diagnostic) !== 0;
  });
}
