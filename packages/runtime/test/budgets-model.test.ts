/**
 * Budgets beside a model that counts by the words of their documentation: what is denied, by which limit, what is told and in which order, and what is in use, after each of many random operations;
 * before the memory is shared and after it. `BUDGETS_MODEL=500` for more seeds.
 */
import { AllocConfig, FrameAllocError, SmartAlloc, struct, u32, type BudgetEventName } from "@framealloc/runtime";
import { expect, test } from "vitest";

const SEEDS = Number(process.env["BUDGETS_MODEL"] ?? 24);
const STEPS = 600;
const Quad = struct({ a: u32, b: u32, c: u32, d: u32 }, { name: "Quad" });
const Large = struct({ a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, l: u32 }, { name: "Large" });
const SIZES = new Map<typeof Quad | typeof Large, number>([[Quad, 16], [Large, 48]]);
const PATHS = [[], ["ai"], ["ai", "paths"], ["physics"], ["paths"]] as const;
const EVENTS: readonly BudgetEventName[] = ["softLimitExceeded", "hardLimitExceeded", "newPeak", "globalLimitExceeded"];
const LIMITS = [0, 16, 64, 100, 160, 400, 1000, Infinity] as const;

function newRandom(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

class ModelBudget {
  used = 0;
  peak = 0;
  frameBytes = 0;
  soft = Infinity;
  hard = Infinity;
  isOverSoft = false;
  readonly tag: string;

  constructor(tag: string) {
    this.tag = tag;
  }

  takeOff(bytes: number): void {
    this.used -= bytes;
    if (this.used <= this.soft) this.isOverSoft = false;
  }
}

class Model {
  readonly all = new ModelBudget("");
  readonly budgets: ModelBudget[] = [this.all];
  readonly told: string[] = [];

  register(tag: string, soft: number, hard: number): void {
    let budget = this.budgets.find((each) => each.tag === tag);
    if (budget === undefined) this.budgets.push((budget = new ModelBudget(tag)));
    budget.soft = soft;
    budget.hard = hard;
    if (budget.used <= soft) budget.isOverSoft = false;
  }

  covering(path: readonly string[]): ModelBudget[] {
    return this.budgets.filter((budget) => budget === this.all || path.includes(budget.tag));
  }

  /** The code of the error; undefined when it is allowed. */
  allocate(path: readonly string[], bytes: number, isFrame: boolean): string | undefined {
    const covering = this.covering(path);
    const denies = covering.find((budget) => budget.used + bytes > budget.hard);
    if (denies !== undefined) {
      this.tell(denies === this.all ? "globalLimitExceeded" : "hardLimitExceeded", denies);
      return denies === this.all ? "FA301" : "FA302";
    }
    for (const budget of covering) {
      budget.used += bytes;
      if (isFrame) budget.frameBytes += bytes;
    }
    for (const budget of covering) {
      if (budget.used > budget.peak) {
        budget.peak = budget.used;
        this.tell("newPeak", budget);
      }
      if (budget === this.all || budget.isOverSoft || budget.used <= budget.soft) continue;
      budget.isOverSoft = true;
      this.tell("softLimitExceeded", budget);
    }
    return undefined;
  }

  endFrame(): void {
    for (const budget of this.budgets) {
      budget.takeOff(budget.frameBytes);
      budget.frameBytes = 0;
    }
  }

  private tell(event: BudgetEventName, { tag, used }: ModelBudget): void {
    this.told.push(`${event} ${tag} ${used}`);
  }
}

class Run {
  private readonly model = new Model();
  private readonly alloc = new SmartAlloc({ ...AllocConfig.minimal(), debug: false, memory: "shared", budgets: true });
  private readonly told: string[] = [];
  private readonly live: { readonly value: object; readonly isPool: boolean; readonly bytes: number; readonly charged: readonly ModelBudget[] }[] = [];
  private readonly random: (below: number) => number;

  constructor(seed: number) {
    this.random = newRandom(seed);
    for (const name of EVENTS) this.alloc.budgets().on(name, ({ event, tag, usedBytes }) => this.told.push(`${event} ${tag} ${usedBytes}`));
  }

  step(): string {
    const { alloc, model } = this;
    switch (this.random(12)) {
      case 0: {
        const [a, b] = [this.any(LIMITS), this.any(LIMITS)];
        const tag = this.any(["ai", "paths", "physics"]);
        alloc.budgets().registerTagBudget(tag, Math.min(a, b), Math.max(a, b));
        model.register(tag, Math.min(a, b), Math.max(a, b));
        return `limits ${tag} ${a} ${b}`;
      }
      case 1: {
        const limit = this.any(LIMITS);
        if (this.random(3) > 0) return "nothing";
        alloc.budgets().setGlobalLimit(limit);
        model.all.soft = model.all.hard = limit;
        return `global ${limit}`;
      }
      case 2:
        if (!alloc.inFrame()) alloc.beginFrame();
        else {
          alloc.endFrame();
          model.endFrame();
        }
        return "frame";
      case 3: case 4: case 5: return this.free();
      default: return this.allocate();
    }
  }

  /** The memory counts for all agents from here on. */
  share(): void {
    this.alloc.share();
  }

  compare(): void {
    const { model } = this;
    expect(this.alloc.budgets().stats()).toEqual(model.budgets.map(({ tag, used, peak, soft, hard }) => ({ tag, usedBytes: used, peakBytes: peak, softLimit: soft, hardLimit: hard })));
    expect(this.told).toEqual(model.told);
    this.told.length = model.told.length = 0;
  }

  end(): void {
    if (this.alloc.inFrame()) {
      this.alloc.endFrame();
      this.model.endFrame();
    }
    while (this.live.length > 0) this.free();
    this.compare();
    expect(this.alloc.budgets().usage()).toBe(0);
    this.alloc.dispose();
  }

  private allocate(): string {
    const { alloc, model } = this;
    const type = this.any([Quad, Large]);
    const bytes = SIZES.get(type) ?? 0;
    const path = this.any(PATHS);
    const kind = this.any(alloc.inFrame() ? (["pool", "heap", "frame"] as const) : (["pool", "heap"] as const));
    const expected = model.allocate(path, bytes, kind === "frame");
    const code = codeOf(() => {
      const value = within(alloc, path, () => {
        // What is in use is charged when it is asked for.
        const made = kind === "pool" ? alloc.poolAlloc(type) : kind === "heap" ? alloc.heapAlloc(type) : alloc.frameAlloc(type);
        alloc.budgets().usage();
        return made;
      });
      if (kind !== "frame") this.live.push({ value, isPool: kind === "pool", bytes, charged: model.covering(path) });
    });
    expect(code).toBe(expected);
    return `${kind} ${path.join("::")} ${bytes}`;
  }

  private free(): string {
    const [freed] = this.live.splice(this.random(this.live.length), 1);
    if (freed === undefined) return "nothing";
    if (freed.isPool) this.alloc.poolFree(freed.value);
    else this.alloc.heapFree(freed.value);
    for (const budget of freed.charged) budget.takeOff(freed.bytes);
    return `free ${freed.bytes}`;
  }

  private any<T>(list: readonly T[]): T {
    return list[this.random(list.length)] as T;
  }
}

function within<T>(alloc: SmartAlloc, [tag, ...inner]: readonly string[], run: () => T): T {
  return tag === undefined ? run() : alloc.withTag(tag, () => within(alloc, inner, run));
}

function codeOf(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof FrameAllocError) return error.code;
    throw error;
  }
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed))("seed %d", (seed) => {
  const run = new Run(seed);
  const done: string[] = [];
  // Half of them stay by themselves.
  const sharedAt = seed % 2 === 0 ? -1 : 150 + 10 * seed;
  try {
    for (let step = 0; step < STEPS; step += 1) {
      if (step === sharedAt) {
        run.share();
        done.push("share");
      }
      done.push(run.step());
      run.compare();
    }
    run.end();
  } catch (error) {
    throw new Error(`seed ${seed}, after ${done.slice(-12).join("; ")}`, { cause: error });
  }
});
