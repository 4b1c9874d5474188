/**
 * What one agent may use: of frame memory in a frame, and of the pool at once. The policies say what happens above that; under "promote" frame values
 * go to the heap until the frame ends, and pool values go there until they are freed.
 */
import { deliverError } from "../diagnostics/sinks.ts";
import { badArgument, overThreadBudget, type FrameAllocError } from "../errors.ts";
import { UNBOUNDED } from "../frame/bump-arena.ts";
import type { RewindableArena } from "../frame/rewindable-arena.ts";
import type { BudgetEventName } from "./budget-events.ts";

export type ExceededPolicy = "fail" | "warn" | "allow" | "promote" | "custom";
export const ExceededPolicy = { Fail: "fail", Warn: "warn", Allow: "allow", Promote: "promote", Custom: "custom" } as const;

/** What is decided under "custom". */
export interface BudgetExceeded {
  readonly kind: "frame" | "pool";
  readonly usedBytes: number;
  readonly limitBytes: number;
  readonly requestedBytes: number;
}

/** Everything can be left out. */
export interface ThreadBudgetConfig {
  /** Bytes of frame memory in one frame. Default 16 MB. */
  readonly frameBudget?: number;
  /** Bytes of pool values at once. Default 8 MB. */
  readonly poolBudget?: number;
  /** Default "fail". */
  readonly frameExceededPolicy?: ExceededPolicy;
  /** Default "fail". */
  readonly poolExceededPolicy?: ExceededPolicy;
  /** Percent of a budget from which on an event says that it is nearly used up. Default 80. */
  readonly warningThreshold?: number;
  /** Under "custom": called for each allocation that exceeds a budget, it says what to do. */
  readonly onExceeded?: (exceeded: BudgetExceeded) => Exclude<ExceededPolicy, "custom">;
}

function isDecision(said: string): said is Exclude<ExceededPolicy, "custom"> {
  return said === "fail" || said === "warn" || said === "allow" || said === "promote";
}

const MEGABYTE = 2 ** 20;
type Told = (event: BudgetEventName, usedBytes: number, limitBytes: number, requestedBytes: number) => void;

const NAMES: readonly string[] = ["frameBudget", "poolBudget", "frameExceededPolicy", "poolExceededPolicy", "warningThreshold", "onExceeded"];

/** Fills in what was left out. Throws `argument` for what is no size, no policy, no percentage, no function, and for names that say nothing. */
export function checkThreadBudget(given: ThreadBudgetConfig): Required<Omit<ThreadBudgetConfig, "onExceeded">> & Pick<ThreadBudgetConfig, "onExceeded"> {
  const call = "setThreadBudgetConfig";
  if (typeof given !== "object" || given === null) throw badArgument(call, "config", given, "{ frameBudget, poolBudget, frameExceededPolicy, poolExceededPolicy, warningThreshold, onExceeded }");
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name, value] of entries) if (!NAMES.includes(name)) throw badArgument(call, name, value, `left out: there are ${NAMES.join(", ")}`);
  const defaults = { frameBudget: 16 * MEGABYTE, poolBudget: 8 * MEGABYTE, frameExceededPolicy: "fail", poolExceededPolicy: "fail", warningThreshold: 80 } as const;
  const config = { ...defaults, ...(Object.fromEntries(entries) as ThreadBudgetConfig) };
  for (const name of ["frameBudget", "poolBudget"] as const) if (config[name] !== Infinity && (!Number.isSafeInteger(config[name]) || config[name] < 0)) throw badArgument(call, name, config[name], "a number of bytes, or Infinity");
  if (config.onExceeded !== undefined && typeof config.onExceeded !== "function") throw badArgument(call, "onExceeded", config.onExceeded, "a function");
  for (const name of ["frameExceededPolicy", "poolExceededPolicy"] as const) {
    if (!Object.values<unknown>(ExceededPolicy).includes(config[name])) throw badArgument(call, name, config[name], '"fail", "warn", "allow", "promote" or "custom"');
    if (config[name] === "custom" && typeof config.onExceeded !== "function") throw badArgument(call, "onExceeded", config.onExceeded, `a function, as \`${name}\` is "custom"`);
  }
  if (typeof config.warningThreshold !== "number" || !(config.warningThreshold >= 0 && config.warningThreshold <= 100)) throw badArgument(call, "warningThreshold", config.warningThreshold, "a percentage from 0 to 100");
  return config;
}

export class ThreadBudget {
  /** Pool values of this agent that are charged. */
  poolBytes = 0;
  /** Of what the open frame has allocated, what was promoted: it does not count here. */
  promotedBytes = 0;
  private config: ReturnType<typeof checkThreadBudget> | undefined;
  private readonly frames: RewindableArena;
  private readonly tell: Told;
  private hasWarnedFrame = false;
  private hasWarnedPool = false;
  private hasToldFrame = false;
  private unsaid: FrameAllocError | undefined = undefined;

  constructor(frames: RewindableArena, tell: Told, config: ThreadBudgetConfig | undefined) {
    this.frames = frames;
    this.tell = tell;
    this.config = config === undefined ? undefined : checkThreadBudget(config);
  }

  configure(config: ThreadBudgetConfig): void {
    this.config = checkThreadBudget(config);
  }

  /** Bytes that the open frame may still take in the arena; `UNBOUNDED` at most. */
  frameLeft(): number {
    const { config } = this;
    if (config === undefined || config.frameExceededPolicy === "allow" || config.frameExceededPolicy === "warn" || this.hasToldFrame) return UNBOUNDED;
    return Math.min(config.frameBudget - this.used(), UNBOUNDED);
  }

  frameBegan(): void {
    this.hasWarnedFrame = false;
    this.hasToldFrame = false;
    this.promotedBytes = 0;
  }

  /** Frame memory that counts. */
  private used(): number {
    return this.frames.allocatedBytes() - this.promotedBytes;
  }

  frameEnding(): void {
    const { config } = this;
    if (config === undefined) return;
    const used = this.used();
    this.hasWarnedFrame = this.warn(this.hasWarnedFrame, used, config.frameBudget);
    if (used <= config.frameBudget || config.frameExceededPolicy !== "warn") return;
    this.tell("threadBudgetExceeded", used, config.frameBudget, 0);
    this.unsaid = overThreadBudget("frame", 0, used, config.frameBudget);
  }

  /** Says what the frame that has ended had to say: in strict mode that throws, and a frame that ends must not. */
  frameEnded(): void {
    const { unsaid } = this;
    this.unsaid = undefined;
    if (unsaid !== undefined) deliverError(unsaid, "warning");
  }

  /** What becomes of a frame allocation for which there is no room within the budget; undefined when it is not the budget that denies it. `takenBytes`: with padding. */
  frameExceeded(requestedBytes: number, takenBytes: number): Exclude<ExceededPolicy, "custom"> | undefined {
    const { config } = this;
    const used = this.used();
    if (config === undefined || used + takenBytes <= config.frameBudget) return undefined;
    this.tell("threadBudgetExceeded", used, config.frameBudget, requestedBytes);
    const policy = this.decide("frame", config.frameExceededPolicy, used, config.frameBudget, requestedBytes);
    if (policy === "warn") deliverError(overThreadBudget("frame", requestedBytes, used, config.frameBudget), "warning");
    // Until the frame ends it is not asked again.
    if (policy === "warn" || policy === "allow") this.hasToldFrame = true;
    return policy;
  }

  frameError(requestedBytes: number, takenBytes: number): FrameAllocError | undefined {
    const { config } = this;
    const used = this.used();
    return config === undefined || used + takenBytes <= config.frameBudget ? undefined : overThreadBudget("frame", requestedBytes, used, config.frameBudget);
  }

  admitPool(requestedBytes: number): "fits" | "promote" | "deny" {
    const { config, poolBytes } = this;
    if (config === undefined) return "fits";
    if (poolBytes + requestedBytes <= config.poolBudget) {
      this.hasWarnedPool = this.warn(this.hasWarnedPool, poolBytes + requestedBytes, config.poolBudget);
      return "fits";
    }
    this.tell("threadBudgetExceeded", poolBytes, config.poolBudget, requestedBytes);
    const policy = this.decide("pool", config.poolExceededPolicy, poolBytes, config.poolBudget, requestedBytes);
    if (policy === "warn") deliverError(overThreadBudget("pool", requestedBytes, poolBytes, config.poolBudget), "warning");
    return policy === "fail" ? "deny" : policy === "promote" ? "promote" : "fits";
  }

  poolError(requestedBytes: number): FrameAllocError {
    return overThreadBudget("pool", requestedBytes, this.poolBytes, this.config?.poolBudget ?? 0);
  }

  private decide(kind: "frame" | "pool", policy: ExceededPolicy, usedBytes: number, limitBytes: number, requestedBytes: number): Exclude<ExceededPolicy, "custom"> {
    if (policy !== "custom") return policy;
    const said: string = this.config?.onExceeded?.({ kind, usedBytes, limitBytes, requestedBytes }) ?? "fail";
    if (!isDecision(said)) throw badArgument("setThreadBudgetConfig", "onExceeded", said, 'a function that gives "fail", "warn", "allow" or "promote"');
    return said;
  }

  /** Says once that a budget is nearly used up, until it is not any more. */
  private warn(hasWarned: boolean, used: number, budget: number): boolean {
    const isNear = used >= (budget * (this.config?.warningThreshold ?? 100)) / 100 && used > 0;
    if (isNear && !hasWarned) this.tell("threadBudgetWarning", used, budget, 0);
    return isNear;
  }
}
