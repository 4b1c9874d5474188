/** How frees of other agents' memory are deferred: when the owner takes them back, and what happens when its queue is full. */
import { badOption } from "../errors.ts";
import { MAX_CAPACITY } from "./ring.ts";

/** When an agent processes what others freed of its memory. But for "explicit", some of it also when a value is made and the agent has no free memory of that size. */
export type DeferredProcessing = "atFrameBegin" | "atFrameEnd" | "incremental" | "explicit";
export const DeferredProcessing = { AtFrameBegin: "atFrameBegin", AtFrameEnd: "atFrameEnd", Incremental: "incremental", Explicit: "explicit" } as const;

/**
 * What the freeing agent does when the owner's queue is full: frees the memory at once, and the owner finds it when it has nothing else (`processImmediately`), gives up what was queued first
 * (`dropOldest`: it is counted, and lost), throws FA204 and frees nothing (`fail`), or keeps it until there is room (`grow`).
 */
export type FullPolicy = "processImmediately" | "dropOldest" | "fail" | "grow";
export const FullPolicy = { ProcessImmediately: "processImmediately", DropOldest: "dropOldest", Fail: "fail", Grow: "grow" } as const;

/** Everything can be left out. */
export interface DeferredOptions {
  /** Frees that the queue of an agent holds; 0 for no queues: memory is then free at once, and its owner finds it when it has nothing else. That of the allocator which shares. Default 1024. */
  readonly capacity?: number;
  /** Default "atFrameBegin". */
  readonly processing?: DeferredProcessing;
  /** With "incremental": frees that an allocation of transfer memory processes. Default 16. */
  readonly perAlloc?: number;
  /** Default "processImmediately". */
  readonly fullPolicy?: FullPolicy;
}

const NAMES: readonly string[] = ["capacity", "processing", "perAlloc", "fullPolicy"];

export class DeferredConfig implements Required<DeferredOptions> {
  readonly capacity: number;
  readonly processing: DeferredProcessing;
  readonly perAlloc: number;
  readonly fullPolicy: FullPolicy;

  /** Throws `FrameAllocError` (`config`) that names the option, its value and what it may be. */
  constructor(options: DeferredOptions = {}) {
    if (typeof options !== "object" || options === null) throw badOption("deferred", options, "a `DeferredConfig`, or { capacity, processing, perAlloc, fullPolicy }");
    for (const [name, value] of Object.entries(options)) if (!NAMES.includes(name)) throw badOption(`deferred.${name}`, value, `left out: there are ${NAMES.join(", ")}`);
    const { capacity = 1024, processing = "atFrameBegin", perAlloc = 16, fullPolicy = "processImmediately" } = options;
    if (!Number.isInteger(capacity) || capacity < 0 || capacity > MAX_CAPACITY) throw badOption("deferred.capacity", capacity, `an integer from 0 to ${MAX_CAPACITY}`);
    if (!Number.isInteger(perAlloc) || perAlloc < 1) throw badOption("deferred.perAlloc", perAlloc, "an integer of at least 1");
    oneOf("deferred.fullPolicy", fullPolicy, FullPolicy);
    this.capacity = capacity;
    this.processing = checkProcessing(processing);
    this.perAlloc = perAlloc;
    this.fullPolicy = fullPolicy;
  }

  /** At most `capacity` frees wait for their owner, which processes them when its frame begins. */
  static bounded(capacity: number): DeferredConfig {
    return new DeferredConfig({ capacity });
  }

  /** Each allocation of transfer memory processes `perAlloc` frees. */
  static incremental(perAlloc: number): DeferredConfig {
    return new DeferredConfig({ processing: "incremental", perAlloc });
  }

  /** Only `processDeferredFrees` processes. */
  static explicit(): DeferredConfig {
    return new DeferredConfig({ processing: "explicit" });
  }

  /** Nothing is queued: memory is free at once, and its owner finds it when it has nothing else. */
  static disabled(): DeferredConfig {
    return new DeferredConfig({ capacity: 0 });
  }

  withFullPolicy(fullPolicy: FullPolicy): DeferredConfig {
    return new DeferredConfig({ ...this, fullPolicy });
  }

  withProcessing(processing: DeferredProcessing): DeferredConfig {
    return new DeferredConfig({ ...this, processing });
  }
}

/** @internal */
export function checkProcessing(processing: unknown): DeferredProcessing {
  return oneOf("deferred.processing", processing, DeferredProcessing);
}

function oneOf<T extends string>(option: string, value: unknown, allowed: Readonly<Record<string, T>>): T {
  if (!Object.values<unknown>(allowed).includes(value)) throw badOption(option, value, `one of ${Object.values(allowed).map((each) => `"${each}"`).join(", ")}`);
  return value as T;
}
