/** What the behaviour filter has found: the same for the same program, whenever it is asked. */
import type { Diagnostic, Severity } from "../diagnostics/diagnostic.ts";
import { textOf } from "../diagnostics/diagnostic.ts";

/** Kinds of memory that are looked at. */
export type BehaviorKind = "frame" | "pool" | "heap";

/** One thing that behaves otherwise than it was declared. */
export interface BehaviorIssue extends Diagnostic {
  /** "ai::pathfinding"; empty for what was allocated under no tag. */
  readonly tag: string;
  readonly kind: BehaviorKind;
  /** What was seen, and the most that is fine; in the unit that the message names. */
  readonly observed: number;
  readonly threshold: number;
  /** The first place in the code that did it. */
  readonly location: string | undefined;
}

/** The figures of a tag's memory of one kind, since the filter is on. */
export interface TagBehaviorStats {
  readonly tag: string;
  readonly kind: BehaviorKind;
  readonly totalAllocs: number;
  /** Frame memory: promotions, and frames that what was promoted lived on the average. */
  readonly promotionCount: number;
  readonly meanLifetimeFrames: number;
  /** Pool memory: freed in the frame that made it. */
  readonly sameFrameFrees: number;
  /** Heap memory: the most in 60 consecutive frames. */
  readonly busiestFrames: number;
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, hint: 2 };

export class BehaviorReport {
  /** Errors first, then warnings, then hints; by code, tag and kind. */
  readonly issues: readonly BehaviorIssue[];
  readonly stats: readonly TagBehaviorStats[];
  /** Frames that ended since the filter is on. */
  readonly framesAnalyzed: number;
  readonly filterEnabled: boolean;

  constructor(issues: readonly BehaviorIssue[], stats: readonly TagBehaviorStats[], framesAnalyzed: number, filterEnabled: boolean) {
    this.issues = [...issues].sort((a, b) => RANK[a.severity] - RANK[b.severity] || compare(a.code, b.code) || compare(a.tag, b.tag) || compare(a.kind, b.kind) || compare(a.location ?? "", b.location ?? ""));
    this.stats = [...stats].sort((a, b) => compare(a.tag, b.tag) || compare(a.kind, b.kind));
    this.framesAnalyzed = framesAnalyzed;
    this.filterEnabled = filterEnabled;
  }

  hasErrors(): boolean {
    return this.issues.some(({ severity }) => severity === "error");
  }

  /** Whether there are warnings or errors. */
  hasWarnings(): boolean {
    return this.issuesAtLevel("warning").length > 0;
  }

  /** Issues of the severity, or of a worse one. */
  issuesAtLevel(severity: Severity): BehaviorIssue[] {
    return this.issues.filter((issue) => RANK[issue.severity] <= RANK[severity]);
  }

  /** `1 error, 2 warnings, 0 hints in 600 frames and 3 tags` */
  summary(): string {
    const count = (wanted: Severity): string => {
      const n = this.issues.filter(({ severity }) => severity === wanted).length;
      return `${n} ${wanted}${n === 1 ? "" : "s"}`;
    };
    const tags = new Set(this.stats.map(({ tag }) => tag)).size;
    return `${count("error")}, ${count("warning")}, ${count("hint")} in ${this.framesAnalyzed} frame${this.framesAnalyzed === 1 ? "" : "s"} and ${tags} tag${tags === 1 ? "" : "s"}`;
  }

  /** The summary, and the issues as diagnostics. */
  toString(): string {
    return [this.summary(), ...this.issues.map(textOf)].join("\n");
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
