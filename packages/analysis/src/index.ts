/** The public names of the engine. */
export { type AnalysisInput, type AnalysisResult, analyze, linkProgram, type RuleFailure } from "./analyze.ts";
export { compareDiagnostics, compareText, type Confidence, type Diagnostic, type Fix, type Related, type Severity, type TextEdit } from "./diagnostic.ts";
export { createFactReader, defineFact, type Fact, type FactReader } from "./fact.ts";
export { type AnalysisSettings, DEFAULT_SETTINGS, type Program, type Resolution, type Resolve } from "./program.ts";
export type { Facts, Finding, Needs, Report, Rule, RuleDocs } from "./rule.ts";
export type { ModuleIR } from "./source/ir.ts";
export { lowerModule } from "./source/lower-module.ts";
export type { ParsedComment, ParsedModule } from "./source/parsed-module.ts";
export { type ScannedImport, scanImports } from "./source/scan-imports.ts";
export type { Location, Span } from "./source/span.ts";
export type { OracleAnswer, TypeOracle } from "./source/type-oracle.ts";
