/**
 * Where allocations are made, for debug mode: "at update (game.ts:12:5)", read from a stack trace.
 *
 * A stack trace costs as much as thousands of allocations, so it is taken while something is new, and then now and again: code that allocates the same over
 * and over, at one place, is believed to go on so. A site that was not looked at says so.
 */
import type { Life } from "./guarded-types.ts";

/** A place in the code. One object for each text, so that places are compared by identity. */
export class AllocationSite {
  /** "at update (game.ts:12:5)", or "at an unknown place" where the engine gives no stack trace. */
  readonly text: string;
  /** The life of what the open frame allocated here last, while it may be used for more (frame-records.ts). */
  life: Life | undefined = undefined;
  /** When `life` may be used; -1 without one. */
  era = -1;

  constructor(text: string) {
    this.text = text;
  }
}

/** A place, and the same as a guess. */
export interface KnownSite {
  readonly seen: AllocationSite;
  readonly guessed: AllocationSite;
}

/** The places seen so far by one allocator. */
export class AllocationSites {
  private readonly byText: Map<string, KnownSite> = new Map();

  /** Where the runtime was called from, right now. */
  look(): KnownSite {
    const text = callerOfRuntime();
    let site = this.byText.get(text);
    if (site === undefined) {
      site = { seen: new AllocationSite(text), guessed: new AllocationSite(`${text}, as far as known`) };
      this.byText.set(text, site);
    }
    return site;
  }
}

/** Looks at every one of so many first allocations. */
const LOOKED_AT = 2048;
/** After so many at one place in a row, only one of `SAMPLED` is looked at. */
const STREAK = 16;
const SAMPLED = 64;

/** Sites of values that come one by one from anywhere: those of one type in the pool or the heap. */
export class SiteSampler {
  private readonly sites: AllocationSites;
  private last: KnownSite | undefined = undefined;
  private looked = 0;
  private streak = 0;
  private guesses = 0;

  constructor(sites: AllocationSites) {
    this.sites = sites;
  }

  next(): AllocationSite {
    const { last } = this;
    if (last !== undefined && this.looked >= LOOKED_AT && this.streak >= STREAK && this.guesses < SAMPLED) {
      this.guesses += 1;
      return last.guessed;
    }
    const site = this.sites.look();
    this.looked += 1;
    this.streak = site === last ? this.streak + 1 : 0;
    this.guesses = 0;
    this.last = site;
    return site.seen;
  }
}

/** "at update (game.ts:12:5)": the caller of the runtime. */
export function callerOfRuntime(): string {
  // Sixteen is enough unless the runtime called itself; every line costs.
  const caller = stackLines(16).find((line) => !isOwn(line)) ?? stackLines(50).find((line) => !isOwn(line));
  return caller === undefined ? "at an unknown place" : caller.trim().replace(/^([^@]*)@(.*)$/, "at $1 ($2)");
}

/** V8 writes "    at name (file:1:2)", other engines "name@file:1:2". The first line is this function's. */
function stackLines(count: number): readonly string[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = count;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  const lines = stack.split("\n").filter((line) => /^\s*at |@/.test(line));
  ownFolder ??= /[^\s()@]*[\\/]runtime[\\/](?:src|dist)[\\/]/.exec(lines[0] ?? "")?.[0] ?? "";
  return lines;
}

/** Where the runtime's files are; empty when they were put into a bundle, whose code they cannot be told from by their place. */
let ownFolder: string | undefined;

function isOwn(line: string): boolean {
  return ownFolder === undefined || ownFolder === "" ? OWN_FUNCTION.test(line) : line.includes(ownFolder);
}

const OWN_FUNCTION = /^(?:\s*at )?(?:new )?(?:stackLines|callerOfRuntime|(?:AllocationSites|SiteSampler|FrameRecords|BumpArena|FrameArena|RewindableArena|PoisonedFrameArena|FrameContainers|FrameWatchers|FrameTaps|Observation|BehaviorFilter|LoopSites|Lifecycle|Retention|SmartAlloc|SlotStock|WatchedSlot|OwnedValues|PoisonedValues|WatchedBoxes|Vec)\b)/;
