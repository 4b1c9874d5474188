/** From which figures on memory behaves otherwise than it was declared to. A figure that is exactly at its threshold is still fine. */
import { badArgument } from "../errors.ts";

export interface BehaviorThresholds {
  /** Frames that promoted frame memory of a tag may live on the average. */
  readonly frameSurvivalFrames: number;
  /** Part of a tag's frame allocations that may be promoted, 0 to 1. */
  readonly frameSurvivalRate: number;
  /** Part of a tag's pool allocations that may be freed in the frame that made them, 0 to 1. */
  readonly poolSameFrameFreeRate: number;
  /** Promotions of a tag for each frame. */
  readonly promotionChurnRate: number;
  /** Heap allocations of a tag in frames, in 60 consecutive ones. */
  readonly heapInHotPathCount: number;
  /** Allocations of a tag and a kind before which nothing is said of them. */
  readonly minSamples: number;
  /** Allocations that one place in the code may make in a frame. Default 100. */
  readonly loopAllocationLimit?: number;
}

/** The thresholds of the manual: for a game that runs, for tests, and for a game in the making. */
export const BehaviorThresholds = {
  default: (): BehaviorThresholds => ({ frameSurvivalFrames: 60, frameSurvivalRate: 0.5, poolSameFrameFreeRate: 0.8, promotionChurnRate: 0.5, heapInHotPathCount: 100, minSamples: 10 }),
  strict: (): BehaviorThresholds => ({ frameSurvivalFrames: 10, frameSurvivalRate: 0.2, poolSameFrameFreeRate: 0.5, promotionChurnRate: 0.2, heapInHotPathCount: 10, minSamples: 5 }),
  relaxed: (): BehaviorThresholds => ({ frameSurvivalFrames: 300, frameSurvivalRate: 0.8, poolSameFrameFreeRate: 0.95, promotionChurnRate: 0.8, heapInHotPathCount: 1000, minSamples: 50 }),
};

/** Those of the manual by name, or some that replace the default ones. */
export type GivenThresholds = keyof typeof BehaviorThresholds | Partial<BehaviorThresholds>;

/** Which of them are parts of all. */
const PARTS: readonly string[] = ["frameSurvivalRate", "poolSameFrameFreeRate"];

/** Fills in what was left out, or is undefined. Throws `argument` for names that are none, values that are no numbers of at least 0, and parts above 1. */
export function checkThresholds(given: GivenThresholds): Required<BehaviorThresholds> {
  const call = "enableBehaviorFilter";
  const isName = typeof given === "string" && Object.hasOwn(BehaviorThresholds, given);
  if (!isName && (typeof given !== "object" || given === null)) throw badArgument(call, "thresholds", given, '"default", "strict", "relaxed", or an object of thresholds');
  const some = isName ? BehaviorThresholds[given]() : (Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<BehaviorThresholds>);
  const thresholds: Required<BehaviorThresholds> = { loopAllocationLimit: 100, ...BehaviorThresholds.default(), ...some };
  const known = Object.keys({ loopAllocationLimit: 100, ...BehaviorThresholds.default() });
  for (const [name, value] of Object.entries(thresholds)) {
    if (!known.includes(name)) throw badArgument(call, name, value, `left out: the thresholds are ${known.join(", ")}`);
    if (typeof value !== "number" || !(value >= 0)) throw badArgument(call, name, value, "a number of at least 0");
    if (PARTS.includes(name) && value > 1) throw badArgument(call, name, value, "a part of all, from 0 to 1");
  }
  return thresholds;
}
