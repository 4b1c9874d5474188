/** Groups: what each call gives and refuses, and random programs against plain arrays, which fast-check shrinks. */
import { AllocConfig, array, f32, i32, SmartAlloc, struct, u8, type AllocOptions, type Group, type GroupAllocator } from "@framealloc/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

/** `MODEL_RUNS=100000 npx vitest run packages/runtime/test/groups.test.ts` soaks; `MODEL_SEED` repeats a run. */
const numRuns = Number(process.env["MODEL_RUNS"] ?? 120);
const seed = process.env["MODEL_SEED"] === undefined ? {} : { seed: Number(process.env["MODEL_SEED"]) };

const Entity = struct({ x: f32, y: f32, health: i32 }, { name: "Entity" });
const small = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), ...more });

test("a level: its parts come one by one and go together", () => {
  const alloc = small();
  const groups = alloc.groups();
  expect(alloc.groups()).toBe(groups);
  const [level, music] = [groups.createGroup("level"), groups.createGroup("music")];
  const boss = groups.alloc(level, Entity);
  boss.health = 100;
  const entities = groups.slice(level, Entity, 20);
  entities.at(19).x = 1.5;
  const weights = groups.slice(level, f32, 8).fill(2);
  const name = groups.allocVal(level, "castle");
  const score = groups.allocVal(level, i32, 7);
  const song = groups.slice(music, u8, 100).fill(3);
  expect([boss.health, entities.at(19).x, weights[7], name.value, score.value]).toEqual([100, 1.5, 2, "castle", 7]);
  name.value = "keep";
  score.value += 1;
  expect([name.value, score.value]).toEqual(["keep", 8]);
  expect(groups.stats()).toEqual({
    totalGroups: 2, totalAllocations: 6, totalBytes: 12 + 240 + 32 + 4 + 100,
    groups: [{ name: "level", count: 5, bytes: 288 }, { name: "music", count: 1, bytes: 100 }],
  });
  expect([groups.groupName(level), groups.groupSize(level), groups.groupCount(level)]).toEqual(["level", 288, 5]);
  groups.freeGroup(level);
  expect([name.isAlive, score.isAlive, song[99], groups.stats().totalBytes]).toEqual([false, false, 3, 100]);
  for (const call of [() => name.value, () => { score.value = 1; }]) errorOf("FA401", call);
});

test("FA401: a freed group is stale in every call, also when its place is another's", () => {
  const groups = small().groups();
  const gone = groups.createGroup("gone");
  groups.freeGroup(gone);
  const other = groups.createGroup("other");
  // It has the place of the one that is gone, and a name of its own.
  expect(groups.groupName(other)).toBe("other");
  for (const call of [() => groups.freeGroup(gone), () => groups.alloc(gone, Entity), () => groups.tryAlloc(gone, Entity), () => groups.slice(gone, f32, 1), () => groups.allocVal(gone, 1), () => groups.groupName(gone), () => groups.groupSize(gone), () => groups.groupCount(gone)]) errorOf("FA401", call);
  expect([groups.groupExists(gone), groups.groupExists(other), groups.groupCount(other)]).toEqual([false, true, 0]);
  for (const bad of ["", 1, undefined]) errorOf("argument", () => groups.createGroup(bad as string));
  for (const bad of [-1, 0.5, NaN]) errorOf("argument", () => groups.slice(other, f32, bad));
  errorOf("argument", () => groups.slice(other, array(f32, 2) as never, 2));
  errorOf("argument", () => groups.alloc(other, "Entity" as never));
  expect(groups.groupCount(other)).toBe(0);
});

test.each([false, true])("FA206: a value of a group goes with its group, not by itself (debug: %s)", (debug) => {
  const alloc = small({ debug });
  const group = alloc.groups().createGroup("one");
  for (const value of [alloc.groups().alloc(group, Entity), alloc.groups().slice(group, u8, 20), alloc.groups().slice(group, Entity, 2)]) {
    errorOf("FA206", () => alloc.heapFree(value));
    errorOf("FA206", () => alloc.poolFree(value));
  }
  alloc.groups().freeGroup(group);
});

test("freed memory is there at once, for groups and for all others", () => {
  const alloc = small({ heapSize: 8192 });
  const groups = alloc.groups();
  for (let round = 0; round < 20; round += 1) {
    const group = groups.createGroup("round");
    for (let i = 0; i < 50; i += 1) groups.alloc(group, Entity);
    groups.slice(group, u8, 6000 - round * 10);
    errorOf("FA301", () => groups.slice(group, u8, 4000));
    expect([groups.tryAlloc(group, array(u8, 4000)), groups.groupCount(group)]).toEqual([undefined, 51]);
    groups.freeGroup(group);
    const large = alloc.heapAlloc(array(u8, 8192 - 16));
    alloc.heapFree(large);
  }
  expect(alloc.leakReport().totalCount).toBe(0);
});

test("slices of ever new lengths leave nothing behind", () => {
  const alloc = small({ heapSize: 65_536 });
  const groups = alloc.groups();
  const kept = groups.createGroup("kept");
  const first = groups.slice(kept, i32, 77).fill(5);
  for (let n = 1; n < 3000; n += 1) {
    const group = groups.createGroup("round");
    expect(groups.slice(group, u8, n).length).toBe(n);
    groups.freeGroup(group);
  }
  expect(groups.owned["lists"].size).toBeLessThan(600);
  expect([first.every((n) => n === 5), groups.slice(kept, f32, 0).length, groups.slice(kept, Entity, 0).length, groups.groupCount(kept)]).toEqual([true, 0, 0, 1]);
  expect(groups.owned.allocatedCount).toBe(3000);
});

test("instances of classes, as many as are wanted", () => {
  class Sprite { frame = 0; }
  const groups = small().groups();
  const group = groups.createGroup("sprites");
  const sprites = groups.slice(group, Sprite, 3);
  expect([new Set(sprites).size, sprites.every((each) => each instanceof Sprite), groups.groupCount(group)]).toEqual([3, true, 3]);
  groups.freeGroup(group);
  const next = groups.createGroup("next");
  expect(sprites.includes(groups.alloc(next, Sprite))).toBe(true);
});

test("a box that cannot be filled is none", () => {
  const groups = small().groups();
  const group = groups.createGroup("one");
  expect(() => groups.allocVal(group, Entity, 5 as never)).toThrow("init");
  expect([groups.groupCount(group), groups.owned.liveCount]).toEqual([0, 0]);
  errorOf("FA201", () => structuredClone(groups.allocVal(group, 1)));
});

test("they count for tags and as leaks", () => {
  const alloc = small({ debug: true });
  const group = alloc.groups().createGroup("one");
  alloc.withTag("level", () => alloc.groups().alloc(group, Entity));
  expect(alloc.tagStats()).toMatchObject([{ path: "level", heap: { bytes: 12, count: 1 } }]);
  expect(alloc.leakReport().leaks).toMatchObject([{ kind: "group", count: 1, bytes: 12, site: expect.stringContaining("groups.test") }]);
  const view = alloc.groups().alloc(group, Entity);
  alloc.groups().freeGroup(group);
  expect(errorOf("FA401", () => view.x).message).toContain("a group value used after it was freed");
  expect(alloc.leakReport().totalCount).toBe(0);
});

test.each([false, true])("budgets count them, deny them, and win them back (groups first: %s)", (isFirst) => {
  const alloc = small();
  if (isFirst) alloc.groups();
  const budgets = alloc.budgets();
  const group = alloc.groups().createGroup("one");
  budgets.registerTagBudget("level", 100, 120);
  const slice = alloc.withTag("level", () => alloc.groups().slice(group, u8, 108));
  expect([slice.length, budgets.usage("level")]).toEqual([108, 108]);
  alloc.withTag("level", () => alloc.groups().alloc(group, Entity));
  errorOf("FA302", () => alloc.withTag("level", () => alloc.groups().alloc(group, Entity)));
  expect(alloc.groups().groupCount(group)).toBe(2);
  alloc.groups().freeGroup(group);
  expect([budgets.usage("level"), budgets.usage()]).toEqual([0, 0]);
});

test("guards that were overwritten are told when the group is freed, all of it", () => {
  const alloc = small({ debug: true });
  const groups = alloc.groups();
  const group = groups.createGroup("one");
  const [bytes, entity] = [groups.slice(group, u8, 16), groups.alloc(group, Entity)];
  new Uint8Array(bytes.buffer)[bytes.byteOffset + 16] = 1;
  errorOf("FA401", () => groups.freeGroup(group));
  expect([groups.groupExists(group), alloc.leakReport().totalCount]).toEqual([false, 0]);
  errorOf("FA401", () => entity.x);
});

describe("random programs", () => {
  const HEAP = 2048;

  interface Op {
    readonly kind: "create" | "entity" | "slice" | "structs" | "value" | "write" | "free" | "freeAgain";
    readonly pick: number;
  }
  const op: fc.Arbitrary<Op> = fc.record({
    kind: fc.oneof({ weight: 2, arbitrary: fc.constantFrom("create" as const, "free" as const, "freeAgain" as const) }, { weight: 6, arbitrary: fc.constantFrom("entity" as const, "slice" as const, "structs" as const, "value" as const, "write" as const) }),
    pick: fc.nat({ max: 5000 }),
  });
  interface Part { read(): number; write(n: number): void; expected: number; readonly bytes: number }
  interface Model { readonly group: Group; readonly parts: Part[] }

  class Run {
    full = 0;
    private readonly alloc: SmartAlloc;
    private readonly groups: GroupAllocator;
    private readonly live: Model[] = [];
    private readonly dead: Group[] = [];

    private readonly room: number;

    constructor(options: AllocOptions) {
      this.alloc = small({ heapSize: HEAP, ...options });
      this.room = options.memoryLimit ?? Infinity;
      this.groups = this.alloc.groups();
    }

    step({ kind, pick }: Op): void {
      const model = this.live[pick % Math.max(1, this.live.length)];
      if (kind === "create") this.live.push({ group: this.groups.createGroup(`group ${pick}`), parts: [] });
      else if (kind === "freeAgain") this.dead.forEach((group) => errorOf("FA401", () => this.groups.freeGroup(group)));
      else if (model === undefined) return;
      else if (kind === "free") {
        this.groups.freeGroup(model.group);
        this.live.splice(this.live.indexOf(model), 1);
        this.dead.push(model.group);
      } else if (kind === "write") {
        const part = model.parts[pick % Math.max(1, model.parts.length)];
        if (part === undefined) return;
        part.write(pick);
        part.expected = pick;
      } else this.add(model, kind, pick);
    }

    check(): void {
      const parts = this.live.flatMap((model) => model.parts);
      for (const part of parts) if (part.read() !== part.expected) expect.fail(`a value is ${part.read()}, not ${part.expected}`);
      const { totalGroups, totalAllocations, totalBytes } = this.groups.stats();
      // `expect` is too slow to be asked every time.
      if (totalGroups !== this.live.length || totalAllocations !== parts.length || totalBytes !== parts.reduce((sum, { bytes }) => sum + bytes, 0)) expect.fail("figures that are wrong");
    }

    end(): void {
      for (const { group } of this.live) this.groups.freeGroup(group);
      this.groups.owned.trim();
      expect([this.alloc.leakReport().totalCount, this.groups.stats().totalGroups, this.alloc.tryHeapAlloc(array(u8, Math.min(HEAP - 40, this.room))) === undefined]).toEqual([0, 0, false]);
    }

    private add({ group, parts }: Model, kind: "entity" | "slice" | "structs" | "value", pick: number): void {
      try {
        parts.push(this.make(group, kind, pick));
      } catch (error) {
        if ((error as { code?: string }).code !== "FA301") throw error;
        this.full += 1;
      }
      const last = parts.at(-1);
      if (last !== undefined && last.expected === -1) last.expected = 0;
    }

    private make(group: Group, kind: "entity" | "slice" | "structs" | "value", pick: number): Part {
      const n = 1 + (pick % 40);
      switch (kind) {
        case "entity": {
          const entity = this.groups.alloc(group, Entity);
          return { read: () => entity.health, write: (to) => { entity.health = to; }, expected: -1, bytes: 12 };
        }
        case "slice": {
          const slice = this.groups.slice(group, i32, n);
          return { read: () => (slice.every((each) => each === slice[0]) ? (slice[0] ?? NaN) : NaN), write: (to) => slice.fill(to), expected: -1, bytes: n * 4 };
        }
        case "structs": {
          const structs = this.groups.slice(group, Entity, n);
          return { read: () => structs.at(n - 1).health, write: (to) => { structs.at(n - 1).health = to; }, expected: -1, bytes: n * 12 };
        }
        case "value": {
          const box = this.groups.allocVal(group, 0);
          return { read: () => box.value, write: (to) => { box.value = to; }, expected: -1, bytes: 0 };
        }
      }
    }
  }

  test.each<readonly [string, AllocOptions]>([["by default", {}], ["in debug mode", { debug: true }], ["with a limit", { memoryLimit: 800 }]])("%s", (_, options) => {
    let full = 0;
    fc.assert(fc.property(fc.array(op, { maxLength: 150, size: "max" }), (ops) => {
      const run = new Run(options);
      for (const each of ops) {
        run.step(each);
        run.check();
      }
      run.end();
      full += run.full;
    }), { numRuns, ...seed });
    expect(full).toBeGreaterThan(10);
  });
});
