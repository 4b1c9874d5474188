/**
 * The work of the runtime that is timed, what it is timed against, and the figures to reach.
 *
 * Where a baseline does not clear its memory, the figure to reach is for `zeroFrameMemory: false`, which does the same work; the default, which clears what a
 * frame used at its end, is the row below it. "local": the same in an ArrayBuffer instead of the SharedArrayBuffer that "auto" takes where it can.
 */
import type { AllocOptions } from "@framealloc/runtime";

/** What a row has to reach; undefined where it is only shown. */
export type Goal =
  | { readonly kind: "at most"; readonly times: number }
  | { readonly kind: "faster by"; readonly times: number }
  | { readonly kind: "within"; readonly ns: number };

/** A contestant by where it is found: a variant of a case, or a C program. */
export type Entry =
  | { readonly case: string; readonly variant: string; readonly options?: Options }
  | { readonly program: string; readonly args: readonly (string | number)[] };

type Options = AllocOptions & { readonly [option: string]: unknown };

export interface Row {
  readonly name: string;
  readonly ours: string;
  /** What the ratio is taken to; undefined for an absolute figure. */
  readonly baseline?: string;
  readonly goal?: Goal;
}

export interface Contest {
  readonly name: string;
  /** Of what the nanoseconds are. */
  readonly operation: string;
  readonly entries: Readonly<Record<string, Entry>>;
  readonly rows: readonly Row[];
  /** Entries whose frames must make no garbage. */
  readonly noGarbage: readonly string[];
}

const OFF: Options = { zeroFrameMemory: false };
const LOCAL: Options = { memory: "local" };

const ours = (name: string, variant: string, options: Options = {}): Entry => ({ case: name, variant, options });
const c = (program: string, ...args: readonly (string | number)[]): Entry => ({ program, args });
const atMost = (times: number): Goal => ({ kind: "at most", times });
const fasterBy = (times: number): Goal => ({ kind: "faster by", times });
const within = (ns: number): Goal => ({ kind: "within", ns });

export const CONTESTS: readonly Contest[] = [
  {
    name: "raw bytes",
    operation: "allocation",
    entries: {
      "zeroing off": ours("raw-bytes", "ours", OFF),
      ours: ours("raw-bytes", "ours"),
      local: ours("raw-bytes", "ours", LOCAL),
      "C bump": c("bump", 1000, 64, "ends", 0),
      "C bump, cleared": c("bump", 1000, 64, "ends", 1),
      "C bump, called": c("bump", 1000, 64, "ends", 0, "call"),
    },
    rows: [
      { name: "frameAllocBytes(64), zeroing off", ours: "zeroing off", baseline: "C bump", goal: atMost(1.4) },
      { name: "frameAllocBytes(64), zeroing on", ours: "ours", baseline: "C bump, cleared", goal: atMost(1.4) },
      { name: "frameAllocBytes(64), zeroing on", ours: "ours", baseline: "C bump" },
      { name: "frameAllocBytes(64), zeroing off", ours: "zeroing off", baseline: "C bump, called" },
      { name: "frameAllocBytes(64), local", ours: "local", baseline: "C bump, cleared" },
    ],
    noGarbage: ["ours"],
  },
  {
    name: "struct",
    operation: "allocation",
    entries: structEntries(1000),
    rows: [
      { name: "frameAlloc(3 f32) + 3 writes, zeroing off", ours: "zeroing off", baseline: "C bump", goal: atMost(1.6) },
      { name: "frameAlloc(3 f32) + 3 writes, zeroing on", ours: "ours", baseline: "C bump", goal: atMost(1.9) },
      { name: "frameAlloc(3 f32) + 3 writes, zeroing on", ours: "ours", baseline: "new, 3 doubles", goal: fasterBy(4) },
      { name: "frameAlloc(3 f32) + 3 writes, zeroing off", ours: "zeroing off", baseline: "C bump, called" },
      { name: "frameAlloc(3 f32) + 3 writes, local", ours: "local", baseline: "C bump" },
      { name: "... in a program with other types too", ours: "among others", baseline: "C bump" },
    ],
    noGarbage: ["ours", "among others"],
  },
  {
    name: "struct, many",
    operation: "allocation",
    entries: structEntries(20_000),
    rows: [
      { name: "20,000 frameAlloc(3 f32), zeroing off", ours: "zeroing off", baseline: "C bump" },
      { name: "20,000 frameAlloc(3 f32), zeroing on", ours: "ours", baseline: "C bump" },
      { name: "20,000 frameAlloc(3 f32), zeroing on", ours: "ours", baseline: "new, 3 doubles" },
    ],
    noGarbage: [],
  },
  {
    name: "class",
    operation: "allocation",
    entries: { ours: ours("class-instance", "ours"), "hand-written pool": ours("class-instance", "pool") },
    rows: [{ name: "frameAlloc(class) + 3 writes", ours: "ours", baseline: "hand-written pool", goal: atMost(1.1) }],
    noGarbage: ["ours"],
  },
  {
    name: "batch",
    operation: "call",
    entries: { "zeroing off": ours("batch", "call", OFF), ours: ours("batch", "call") },
    rows: [
      { name: "frameAllocBatch(3 f32, 1000), zeroing off", ours: "zeroing off", goal: within(50) },
      { name: "frameAllocBatch(3 f32, 1000) and clearing its 12 kB", ours: "ours" },
    ],
    noGarbage: ["ours"],
  },
  {
    name: "fill",
    operation: "struct",
    entries: {
      "cursor, zeroing off": ours("batch", "cursor", OFF),
      cursor: ours("batch", "cursor"),
      at: ours("batch", "at"),
      "soa, zeroing off": ours("batch", "soa", OFF),
      soa: ours("batch", "soa"),
      "Float32Array by hand": ours("batch", "byHand"),
      "one given, by hand": ours("batch", "byHandGiven"),
    },
    rows: [
      { name: "filling 1,000 structs by cursor(), zeroing off", ours: "cursor, zeroing off", baseline: "Float32Array by hand", goal: atMost(1.3) },
      { name: "filling 1,000 structs by cursor(), zeroing on", ours: "cursor", baseline: "Float32Array by hand" },
      { name: "filling 1,000 structs by soa, zeroing off", ours: "soa, zeroing off", baseline: "Float32Array by hand", goal: atMost(1.3) },
      { name: "filling 1,000 structs by soa, zeroing off", ours: "soa, zeroing off", baseline: "one given, by hand" },
      { name: "filling 1,000 structs by soa, zeroing on", ours: "soa", baseline: "Float32Array by hand" },
      { name: "filling 1,000 structs by at(i), zeroing on", ours: "at", baseline: "Float32Array by hand" },
    ],
    noGarbage: ["cursor", "at", "soa"],
  },
  {
    name: "slice",
    operation: "slice",
    entries: { "zeroing off": ours("slice", "ours", OFF), ours: ours("slice", "ours"), "new Float32Array": ours("slice", "newArrays") },
    rows: [
      { name: "frameSlice(f32, 256), zeroing off", ours: "zeroing off", baseline: "new Float32Array", goal: fasterBy(5) },
      { name: "frameSlice(f32, 256) and clearing its 1 kB", ours: "ours", baseline: "new Float32Array" },
    ],
    noGarbage: ["ours"],
  },
  {
    name: "vec",
    operation: "element",
    entries: {
      "push, zeroing off": ours("vec", "push", OFF),
      push: ours("vec", "push"),
      "growing push": ours("vec", "push", { grows: true }),
      "array fill": ours("vec", "pushToArray"),
      get: ours("vec", "get"),
      iterate: ours("vec", "iterate"),
      "for of": ours("vec", "forOf"),
      "array loop": ours("vec", "getOfArray"),
      "array for of": ours("vec", "forOfArray"),
    },
    rows: [
      { name: "frameVec push, zeroing off", ours: "push, zeroing off", baseline: "array fill", goal: atMost(1.5) },
      { name: "frameVec push, zeroing on", ours: "push", baseline: "array fill" },
      { name: "frameVec push, growing, zeroing on", ours: "growing push", baseline: "array fill" },
      { name: "frameVec get in a loop", ours: "get", baseline: "array loop", goal: atMost(1.5) },
      { name: "frameVec iterate(fn)", ours: "iterate", baseline: "array loop", goal: atMost(1.5) },
      { name: "frameVec for of", ours: "for of", baseline: "array for of" },
    ],
    noGarbage: ["push", "growing push", "get", "iterate"],
  },
  {
    name: "map",
    operation: "key",
    entries: {
      "set, zeroing off": ours("map", "set", OFF),
      set: ours("map", "set"),
      "Map.set": ours("map", "setInMap"),
      get: ours("map", "get"),
      "Map.get": ours("map", "getOfMap"),
    },
    rows: [
      { name: "frameMap set, 1,000 u32 keys, zeroing off", ours: "set, zeroing off", baseline: "Map.set", goal: atMost(1.2) },
      { name: "frameMap set, 1,000 u32 keys, zeroing on", ours: "set", baseline: "Map.set" },
      { name: "frameMap get, 1,000 u32 keys", ours: "get", baseline: "Map.get", goal: atMost(1.2) },
    ],
    noGarbage: ["set", "get"],
  },
  {
    name: "pool",
    operation: "alloc + free",
    entries: poolEntries(1),
    rows: poolRows("one at a time"),
    noGarbage: ["ours"],
  },
  {
    name: "pool, many",
    operation: "alloc + free",
    entries: poolEntries(1000),
    rows: poolRows("1,000 alive"),
    noGarbage: ["ours"],
  },
  {
    name: "empty frame",
    operation: "frame",
    entries: { ours: ours("empty-frame", "ours") },
    rows: [{ name: "empty frame", ours: "ours", goal: within(25) }],
    noGarbage: ["ours"],
  },
  {
    name: "watching",
    operation: "allocation",
    entries: {
      ours: ours("struct", "ours"),
      statistics: ours("watching", "statistics"),
      "in groups": ours("watching", "inGroups"),
      "in one group": ours("watching", "inGroups", { groupSize: 1000 }),
      "tag and phase": ours("watching", "tagAndPhase"),
      budgets: ours("watching", "budgets"),
      debug: ours("struct", "ours", { debug: true }),
      pool: ours("pool", "ours"),
      "pool, statistics": ours("pool", "ours", { statistics: true }),
      "pool, budgets": ours("pool", "budgeted"),
      "pool, many": ours("pool", "ours", { alive: 1000 }),
      "pool, many, statistics": ours("pool", "ours", { alive: 1000, statistics: true }),
    },
    rows: [
      { name: "frameAlloc(3 f32) + 3 writes, statistics on", ours: "statistics", baseline: "ours", goal: atMost(1.25) },
      { name: "frameAlloc(3 f32) + 3 writes, tag and phase on", ours: "tag and phase", baseline: "in groups", goal: atMost(1.15) },
      { name: "frameAlloc(3 f32) + 3 writes, budgets on", ours: "budgets", baseline: "in one group", goal: atMost(1.2) },
      { name: "frameAlloc(3 f32) + 3 writes, debug on", ours: "debug", baseline: "ours", goal: atMost(6) },
      { name: "poolAlloc(3 f32) + 3 writes + poolFree, statistics on, one at a time", ours: "pool, statistics", baseline: "pool", goal: atMost(1.25) },
      { name: "poolAlloc(3 f32) + 3 writes + poolFree, statistics on, 1,000 alive", ours: "pool, many, statistics", baseline: "pool, many", goal: atMost(1.25) },
      { name: "poolAlloc(3 f32) + 3 writes + poolFree, budgets on", ours: "pool, budgets", baseline: "pool", goal: atMost(1.2) },
    ],
    noGarbage: ["statistics", "tag and phase", "budgets", "pool, statistics", "pool, budgets"],
  },
];

function structEntries(count: number): Readonly<Record<string, Entry>> {
  return {
    "zeroing off": ours("struct", "ours", { ...OFF, count }),
    ours: ours("struct", "ours", { count }),
    local: ours("struct", "ours", { ...LOCAL, count }),
    "among others": ours("struct", "oursAmongOthers", { count }),
    "C bump": c("bump", count, 12, "floats", 0),
    "C bump, called": c("bump", count, 12, "floats", 0, "call"),
    "new, 3 doubles": ours("struct", "objects", { count }),
  };
}

function poolEntries(alive: number): Readonly<Record<string, Entry>> {
  return { ours: ours("pool", "ours", { alive }), "C malloc/free": c("malloc", 1000, alive), "@thi.ng/malloc": ours("pool", "thing", { alive }) };
}

function poolRows(how: string): readonly Row[] {
  return [
    { name: `poolAlloc(3 f32) + 3 writes + poolFree, ${how}`, ours: "ours", baseline: "C malloc/free", goal: atMost(0.5) },
    { name: `poolAlloc(3 f32) + 3 writes + poolFree, ${how}`, ours: "ours", baseline: "@thi.ng/malloc", goal: atMost(1) },
  ];
}
