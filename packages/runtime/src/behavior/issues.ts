/** What the behaviour filter makes of its counts: the issues, in words. */
import { BehaviorReport, type BehaviorIssue, type BehaviorKind, type TagBehaviorStats } from "./behavior-report.ts";
import type { BehaviorFilter, FoundPlace } from "./behavior-filter.ts";
import type { TagBehavior } from "./tag-behavior.ts";
import type { BehaviorThresholds } from "./thresholds.ts";
import { BEHAVIOR_CODES } from "../diagnostics/behavior-codes.ts";

/** O(tags). Allocates what it returns. */
export function reportOf(filter: BehaviorFilter | undefined): BehaviorReport {
  if (filter === undefined) return new BehaviorReport([], [], 0, false);
  const { thresholds, framesAnalyzed } = filter;
  const now = filter.frameNumber();
  const behaviors = [...filter.behaviors()];
  const issues = behaviors.flatMap((of) => issuesOf(of, thresholds, framesAnalyzed, now));
  const stats = behaviors.flatMap((of) => statsOf(of, now));
  return new BehaviorReport([...issues, ...filter.places.map((found) => placeIssue(found, thresholds))], stats, framesAnalyzed, true);
}

function issuesOf(of: TagBehavior, thresholds: Required<BehaviorThresholds>, frames: number, now: number): BehaviorIssue[] {
  const tag = of.tag.path;
  const issues: BehaviorIssue[] = [];
  const judge = (code: keyof typeof BEHAVIOR_CODES, kind: BehaviorKind, observed: number, threshold: number, message: string, location: string | undefined): void => {
    const [severity, , help] = BEHAVIOR_CODES[code];
    if (observed > threshold) issues.push({ code, severity, tag, kind, observed, threshold, message: `${message}${tag === "" ? "" : `, under the tag ${JSON.stringify(tag)}`}`, help, location });
  };
  const frameAllocs = of.frameAllocs();
  if (frameAllocs >= thresholds.minSamples) {
    const mean = of.meanLifetime(now);
    judge("FA501", "frame", mean, thresholds.frameSurvivalFrames, `promoted frame memory lives ${shown(mean)} frames on the average, expected at most ${thresholds.frameSurvivalFrames}`, of.retainSite);
    const survival = of.promotions / frameAllocs;
    judge("FA502", "frame", survival, thresholds.frameSurvivalRate, `${of.promotions} of ${frameAllocs} frame allocations survive their frame, expected at most ${percent(thresholds.frameSurvivalRate)}`, of.retainSite);
    const churn = of.promotions / Math.max(1, frames);
    judge("FA520", "frame", churn, thresholds.promotionChurnRate, `${shown(churn)} promotions a frame, expected at most ${thresholds.promotionChurnRate}`, of.retainSite);
  }
  if (of.poolAllocs >= thresholds.minSamples) {
    const rate = of.poolSameFrameFrees / of.poolAllocs;
    judge("FA510", "pool", rate, thresholds.poolSameFrameFreeRate, `${of.poolSameFrameFrees} of ${of.poolAllocs} pool values are freed in the frame that made them, expected at most ${percent(thresholds.poolSameFrameFreeRate)}`, of.freeSite);
  }
  if (of.heapAllocs >= thresholds.minSamples) {
    judge("FA530", "heap", of.heapInFrames.most, thresholds.heapInHotPathCount, `${of.heapInFrames.most} heap allocations within 60 frames, expected at most ${thresholds.heapInHotPathCount}`, of.heapSite);
  }
  return issues;
}

function placeIssue({ what, tag, kind, place }: FoundPlace, { loopAllocationLimit }: Required<BehaviorThresholds>): BehaviorIssue {
  const code = what === "loop" ? "FA602" : what === "open" ? "FA601" : "FA603";
  const [severity, , help] = BEHAVIOR_CODES[code];
  const message = {
    loop: `one place makes more than ${loopAllocationLimit} ${kind} allocations in a frame`,
    open: "a frame that was opened in one task is allocated in by another",
    stale: "a frame value is used after the task of its frame has ended",
  }[what];
  const threshold = what === "loop" ? loopAllocationLimit : 0;
  return { code, severity, tag, kind, message: `${message}${tag === "" ? "" : `, under the tag ${JSON.stringify(tag)}`}`, help, observed: threshold + 1, threshold, location: place };
}

function statsOf(of: TagBehavior, now: number): TagBehaviorStats[] {
  const tag = of.tag.path;
  const none = { promotionCount: 0, meanLifetimeFrames: 0, sameFrameFrees: 0, busiestFrames: 0 };
  const all: TagBehaviorStats[] = [
    { tag, kind: "frame", totalAllocs: of.frameAllocs(), ...none, promotionCount: of.promotions, meanLifetimeFrames: of.meanLifetime(now) },
    { tag, kind: "pool", totalAllocs: of.poolAllocs, ...none, sameFrameFrees: of.poolSameFrameFrees },
    { tag, kind: "heap", totalAllocs: of.heapAllocs, ...none, busiestFrames: of.heapInFrames.most },
  ];
  return all.filter(({ totalAllocs }) => totalAllocs > 0);
}

function shown(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function percent(rate: number): string {
  return `${shown(rate * 100)} %`;
}
