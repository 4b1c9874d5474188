/**
 * The analysis of a file without the rest of its program. Of what it finds, only that is said which the rest could not take back: nothing where
 * code of other files is called on the way, and of sizes nothing where another file defines one of them. Sound as far as `unseen-code.ts` sees.
 */
import { analyze, type AnalysisInput, type AnalysisResult, type AnalysisSettings, type Diagnostic, linkProgram, type Location, type ModuleIR, type Program, type Rule } from "@framealloc/analysis";
import { isCall, unseenCode } from "./unseen-code.ts";

type FunctionIR = ModuleIR["functions"][number];

/** What is found in one file, in order of place, and the rules that failed on it. */
export type FileFindings = Omit<AnalysisResult, "notes">;

/** `isProject` says of a specifier that it leads to code of the project; `packageOf` names the package of one that does not. */
export function analyzeLoneFile(module: ModuleIR, rules: readonly Rule[], packageOf: (specifier: string) => string | null, isProject: (specifier: string) => boolean, settings: Partial<AnalysisSettings> = {}): FileFindings {
  const input: AnalysisInput = { modules: [module], resolve: (_, specifier) => ({ file: null, package: packageOf(specifier), absent: isProject(specifier) }), settings: { ...settings, wholeProgram: false } };
  const found = analyze(input, rules);
  if (found.diagnostics.length === 0) return found;
  const program = linkProgram(input);
  const isRuntime = (specifier: string): boolean => program.settings.runtimePackages.includes(packageOf(specifier) ?? "");
  const { blind, unsized } = unseenCode(program, module, (specifier) => !isRuntime(specifier) && isProject(specifier));
  const sized = new Set(rules.filter((rule) => rule.weighsSizes === true).map((rule) => rule.code));
  const isSaid = (diagnostic: Diagnostic): boolean => {
    const functions = functionsBehind(program, module, diagnostic);
    return !touches(blind, functions) && !(sized.has(diagnostic.code) && touches(unsized, functions));
  };
  return { ...found, diagnostics: found.diagnostics.filter(isSaid) };
}

function touches(blind: ReadonlySet<FunctionIR>, functions: ReadonlySet<FunctionIR>): boolean {
  return [...functions].some((fn) => blind.has(fn));
}

/** The functions whose places a finding names, those around and inside them, and what they call in the file. */
function functionsBehind(program: Program, module: ModuleIR, { at, related, chain }: Diagnostic): ReadonlySet<FunctionIR> {
  const functions = new Set<FunctionIR>();
  for (const place of [at, ...[...related, ...chain].map((step) => step.at)]) {
    for (let fn = innermostAround(module, place); fn !== undefined; fn = outerOf(module, fn)) functions.add(fn);
  }
  // The set grows while it is walked, and is walked to its end.
  for (const fn of functions) {
    for (const inner of module.functions) if (fn.kind !== "module" && inner.parent === fn.id) functions.add(inner);
    for (const block of fn.blocks) {
      for (const op of block.ops) if (isCall(op)) for (const target of program.tracer.targets(module, fn, op.dst).functions) functions.add(target.function);
    }
  }
  return functions;
}

function innermostAround({ functions }: ModuleIR, { span }: Location): FunctionIR | undefined {
  let innermost = functions[0];
  for (const fn of functions) if (fn.span.start <= span.start && span.end <= fn.span.end && (innermost === undefined || length(fn) <= length(innermost))) innermost = fn;
  return innermost;
}

function length({ span }: FunctionIR): number {
  return span.end - span.start;
}

/** The function around one, short of the module itself, which all of them are in. */
function outerOf({ functions }: ModuleIR, { parent }: FunctionIR): FunctionIR | undefined {
  const outer = parent === null ? undefined : functions[parent];
  return outer?.kind === "module" ? undefined : outer;
}
