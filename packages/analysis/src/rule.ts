/** The contract between a rule and whoever runs it. A rule reads facts and words findings; it walks no tree. */
import type { Confidence, Cost, Fix, Related, Severity } from "./diagnostic.ts";
import type { Fact } from "./fact.ts";
import type { Location } from "./source/span.ts";

/** What a rule hands to `report`; code, name and severity come from the rule. */
export interface Finding {
  readonly at: Location;
  readonly message: string;
  readonly related?: readonly Related[];
  readonly chain?: readonly Related[];
  readonly help?: string;
  readonly fixes?: readonly Fix[];
  readonly confidence?: Confidence;
  /** Only for a finding graver or lighter than the rule itself (garbage is graded by its bytes). */
  readonly severity?: Severity;
  readonly cost?: Cost;
}

export type Report = (finding: Finding) => void;

/** The facts a rule asks for, by the names under which it reads them. */
export type Needs = Readonly<Record<string, Fact<unknown>>>;

/** The values of those facts. */
export type Facts<N extends Needs> = { readonly [K in keyof N]: N[K] extends Fact<infer T> ? T : never };

export interface RuleDocs {
  /** Why it matters, in prose. */
  readonly why: string;
  /** A program that the rule reports, exactly this code and no other. A line `// src/a.ts` begins a file of that name. */
  readonly bad: string;
  /** The same intent done right: no rule reports it. */
  readonly good: string;
  /** What the rule is known not to see. */
  readonly misses: string;
  /** What `.fa.toml` says where the examples stand; without it nothing. */
  readonly config?: string;
}

/** A figure of the settings under a name of the rule's own: `[lints.CODE] max_iterations = 50`. */
export interface RuleOption {
  readonly setting: "hotPathBytes" | "loopAllocationLimit";
  readonly description: string;
}

/** One diagnostic code that static analysis reports. */
export interface Rule {
  readonly code: string;
  /** The pattern, completing "allow ...": `frame-escape`. */
  readonly name: string;
  /** Keys of `families.ts`: which family flags select it. */
  readonly families: readonly string[];
  readonly severity: Severity;
  readonly since: string;
  /** One line, lower case, no full stop. */
  readonly summary: string;
  /** Names under which cargo-fa knew it. */
  readonly formerly: readonly string[];
  readonly docs: RuleDocs;
  /** What the configuration may set for this rule, by name. */
  readonly options?: Readonly<Record<string, RuleOption>>;
  /** It adds sizes up or compares them: what is not seen of one may make another finding of it, or none. */
  readonly weighsSizes?: boolean;
  readonly needs: Needs;
  // A method, so that a rule typed by its own needs is assignable to the common type.
  check(facts: Facts<Needs>, report: Report): void;
}
