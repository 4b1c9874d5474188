/** The configuration of an allocator: what can be set, what holds when it is not, and what is refused. */
import { checkThreadBudget, type ThreadBudgetConfig } from "./budgets/thread-budget.ts";
import { kilobytes, megabytes } from "./byte-units.ts";
import { deliverError } from "./diagnostics/sinks.ts";
import { debugByDefault } from "./debug-default.ts";
import { badOption, type FrameAllocError } from "./errors.ts";
import { MAX_END_BYTE } from "./memory.ts";
import { DeferredConfig, type DeferredOptions } from "./shared/deferred-config.ts";
import type { MemoryOption } from "./window.ts";

/** Everything can be left out. Sizes are bytes. */
export interface AllocOptions {
  /** The frame arena of this agent. Default 16 MB. */
  readonly frameArenaSize?: number;
  /** Sizes of pool slots: ascending multiples of 8. Default 16, 32, 64 ... 4096. */
  readonly slabSizeClasses?: readonly number[];
  /** Bytes that a size class takes at a time. Default 64 KB. */
  readonly slabPageSize?: number;
  /** Pages that a size class holds at most. Default 4. */
  readonly slabPagesPerClass?: number;
  /** Pool requests above it go to the heap. Default 4096. */
  readonly largeThreshold?: number;
  /** Default 16 MB. */
  readonly heapSize?: number;
  /** Bytes that values of the pool and the heap may hold together, rounding not included; 0 for no limit, the default. */
  readonly memoryLimit?: number;
  /** Memory for values on their way to other agents, taken when the first one is made. Default 1 MB. */
  readonly transferSize?: number;
  /** How frees of other agents' memory are deferred. Default `DeferredConfig.bounded(1024)`. */
  readonly deferred?: DeferredOptions;
  /** Count what is in use, for `budgets()`, from the start. Default false: from the first call of `budgets()`. */
  readonly budgets?: boolean;
  /** What this agent may use of frames and pool: see `setThreadBudgetConfig`. Default: no such budget. */
  readonly threadBudget?: ThreadBudgetConfig | undefined;
  /** Whether `enableStatistics()` is called from the start. Default false. */
  readonly statistics?: boolean;
  /** Whether frame memory comes zeroed. Default true. */
  readonly zeroFrameMemory?: boolean;
  /**
   * Poison freed memory, guard what is allocated, remember where, and hand out no object twice: then use after free, writes out of bounds and leaks are told.
   * Default: true where the `development` condition is set (bundlers in development, `node -C development`), else false.
   */
  readonly debug?: boolean;
  /** In debug mode, told of boxes that are garbage-collected without release (FA403). Default: a diagnostic, a warning. */
  readonly onLeak?: (error: FrameAllocError) => void;
  /** Default "auto". */
  readonly memory?: MemoryOption;
}

const DEFAULTS: Omit<Required<AllocOptions>, "debug"> = {
  frameArenaSize: /* @__PURE__ */ megabytes(16),
  slabSizeClasses: [16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
  slabPageSize: /* @__PURE__ */ kilobytes(64),
  slabPagesPerClass: 4,
  largeThreshold: 4096,
  heapSize: /* @__PURE__ */ megabytes(16),
  transferSize: /* @__PURE__ */ megabytes(1),
  deferred: {},
  budgets: false,
  threadBudget: undefined,
  statistics: false,
  memoryLimit: 0,
  zeroFrameMemory: true,
  onLeak: (error) => { deliverError(error, "warning"); },
  memory: "auto",
};

/** A whole configuration, checked. The `with...` methods give changed copies. */
export class AllocConfig implements Required<Omit<AllocOptions, "threadBudget">> {
  readonly frameArenaSize: number;
  readonly slabSizeClasses: readonly number[];
  readonly slabPageSize: number;
  readonly slabPagesPerClass: number;
  readonly largeThreshold: number;
  readonly heapSize: number;
  readonly memoryLimit: number;
  readonly transferSize: number;
  readonly deferred: DeferredConfig;
  readonly budgets: boolean;
  readonly threadBudget: ThreadBudgetConfig | undefined;
  readonly statistics: boolean;
  readonly zeroFrameMemory: boolean;
  readonly debug: boolean;
  readonly onLeak: (error: FrameAllocError) => void;
  readonly memory: MemoryOption;

  /** Throws `FrameAllocError` (`config`) that names the option, its value and what it may be. */
  constructor(options: AllocOptions = {}) {
    if (typeof options !== "object" || options === null) throw badOption("config", options, "an object");
    const defaults = { ...DEFAULTS, debug: debugByDefault() };
    for (const name of Object.keys(options)) {
      if (!Object.hasOwn(defaults, name)) throw badOption(name, (options as Record<string, unknown>)[name], `left out: the options are ${Object.keys(defaults).join(", ")}`);
    }
    const given: Required<AllocOptions> = { ...defaults, ...withoutUndefined(options) };
    this.frameArenaSize = integer(given, "frameArenaSize", 0);
    this.slabPageSize = integer(given, "slabPageSize", 64);
    this.slabPagesPerClass = integer(given, "slabPagesPerClass", 0);
    this.slabSizeClasses = sizeClasses(given.slabSizeClasses, this.slabPageSize);
    this.largeThreshold = integer(given, "largeThreshold", 0);
    this.heapSize = integer(given, "heapSize", 0);
    this.memoryLimit = integer(given, "memoryLimit", 0);
    this.transferSize = integer(given, "transferSize", 0);
    this.deferred = new DeferredConfig(given.deferred);
    this.budgets = flag(given, "budgets");
    this.threadBudget = given.threadBudget === undefined ? undefined : checkThreadBudget(given.threadBudget);
    this.statistics = flag(given, "statistics");
    this.zeroFrameMemory = flag(given, "zeroFrameMemory");
    this.debug = flag(given, "debug");
    if (typeof given.onLeak !== "function") throw badOption("onLeak", given.onLeak, "a function");
    this.onLeak = given.onLeak;
    this.memory = given.memory;
  }

  /** A few hundred kilobytes in all: for tests and small tools. */
  static minimal(): AllocConfig {
    return new AllocConfig({ frameArenaSize: kilobytes(64), slabPageSize: kilobytes(4), slabPagesPerClass: 2, heapSize: kilobytes(64), transferSize: kilobytes(64) });
  }

  /** Large arenas: 64 MB a frame, 64 MB of heap, 1 MB of slabs a class. Untouched pages cost address space only. */
  static highPerformance(): AllocConfig {
    return new AllocConfig({ frameArenaSize: megabytes(64), slabPageSize: kilobytes(256), heapSize: megabytes(64), transferSize: megabytes(4) });
  }

  withFrameArenaSize(frameArenaSize: number): AllocConfig {
    return this.with({ frameArenaSize });
  }

  withHeapSize(heapSize: number): AllocConfig {
    return this.with({ heapSize });
  }

  withMemoryLimit(memoryLimit: number): AllocConfig {
    return this.with({ memoryLimit });
  }

  withSlabs(slabs: Pick<AllocOptions, "slabSizeClasses" | "slabPageSize" | "slabPagesPerClass">): AllocConfig {
    return this.with(slabs);
  }

  withBudgets(budgets: boolean): AllocConfig {
    return this.with({ budgets });
  }

  withThreadBudget(threadBudget: ThreadBudgetConfig): AllocConfig {
    return this.with({ threadBudget });
  }

  withDeferred(deferred: DeferredOptions): AllocConfig {
    return this.with({ deferred });
  }

  withStatistics(statistics: boolean): AllocConfig {
    return this.with({ statistics });
  }

  withMemory(memory: MemoryOption): AllocConfig {
    return this.with({ memory });
  }

  withDebug(debug: boolean): AllocConfig {
    return this.with({ debug });
  }

  private with(changed: AllocOptions): AllocConfig {
    return new AllocConfig({ ...this, ...changed });
  }
}

function withoutUndefined(options: AllocOptions): AllocOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function integer(given: Required<AllocOptions>, name: { [K in keyof AllocOptions]-?: Required<AllocOptions>[K] extends number ? K : never }[keyof AllocOptions], min: number): number {
  const value: unknown = given[name];
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > MAX_END_BYTE) throw badOption(name, value, `an integer from ${min} to ${MAX_END_BYTE}`);
  return value;
}

function flag(given: Required<AllocOptions>, name: "zeroFrameMemory" | "debug" | "budgets" | "statistics"): boolean {
  const value: unknown = given[name];
  if (typeof value !== "boolean") throw badOption(name, value, "true or false");
  return value;
}

function sizeClasses(value: unknown, pageBytes: number): readonly number[] {
  const isRight = Array.isArray(value) && value.length <= 255 && value.every((size: unknown, i) => {
    const before: unknown = i === 0 ? 0 : value[i - 1];
    return typeof size === "number" && Number.isInteger(size) && size % 8 === 0 && size > Number(before) && size <= pageBytes;
  });
  if (!isRight) throw badOption("slabSizeClasses", value, `at most 255 ascending multiples of 8, each at most \`slabPageSize\` (${pageBytes})`);
  return Object.freeze([...(value as readonly number[])]);
}
