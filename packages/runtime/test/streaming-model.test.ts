/** Random programs over streamed assets, against a reference of priority and least recent use. fast-check shrinks a failing program and prints its seed. */
import { StreamingAllocator, type StreamId, type StreamState } from "@framealloc/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

/** `MODEL_RUNS=100000 npx vitest run packages/runtime/test/streaming-model.test.ts` soaks; `MODEL_SEED` repeats a run. */
const numRuns = Number(process.env["MODEL_RUNS"] ?? 500);
const seed = process.env["MODEL_SEED"] === undefined ? {} : { seed: Number(process.env["MODEL_SEED"]) };

describe("random programs", () => {
  const BUDGET = 1000;
  interface Op { readonly kind: "reserve" | "tryReserve" | "beginLoad" | "write" | "finishLoad" | "fail" | "access" | "free"; readonly pick: number; readonly size: number; readonly rank: 0 | 1 | 2 | 3 }
  interface Model { readonly id: StreamId; readonly size: number; readonly rank: number; state: StreamState; written: number[] | undefined }

  const op: fc.Arbitrary<Op> = fc.record({
    kind: fc.constantFrom("reserve", "tryReserve", "reserve", "beginLoad", "beginLoad", "write", "finishLoad", "finishLoad", "access", "access", "fail", "free"),
    pick: fc.nat({ max: 1000 }),
    size: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constantFrom(250, 500, 1000, 1001)),
    rank: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
  });

  /** The reference: all assets, the one that was not used for the longest time first. */
  class Reference {
    assets: Model[] = [];
    used(): number { return this.assets.reduce((sum, { size }) => sum + size, 0); }
    use(asset: Model): void { this.assets = [...this.assets.filter((each) => each !== asset), asset]; }
    /** Who goes for a reservation; undefined when it fails. */
    evicted(size: number, rank: number): readonly Model[] | undefined {
      const gone: Model[] = [];
      for (const priority of [0, 1, 2]) {
        for (const each of this.assets) {
          if (this.used() - gone.reduce((sum, one) => sum + one.size, 0) + size <= BUDGET) return gone;
          if (priority <= rank && each.rank === priority && (each.state === "ready" || each.state === "failed")) gone.push(each);
        }
      }
      return this.used() - gone.reduce((sum, one) => sum + one.size, 0) + size <= BUDGET ? gone : undefined;
    }
  }

  test("against a reference of priority and least recent use", () => {
    const met = { evicted: 0, failed: 0, ready: 0 };
    fc.assert(fc.property(fc.array(op, { maxLength: 120, size: "max" }), (ops) => {
      const streaming = new StreamingAllocator(BUDGET);
      const reference = new Reference();
      const told: StreamId[] = [];
      streaming.setEvictionCallback((id) => { told.push(id); });
      for (const { kind, pick, size, rank } of ops) {
        const asset = reference.assets[pick % Math.max(1, reference.assets.length)];
        told.length = 0;
        if (kind === "reserve" || kind === "tryReserve") {
          const gone = reference.evicted(size, rank);
          if (gone === undefined) {
            met.failed += 1;
            if (kind === "reserve") errorOf("FA402", () => streaming.reserve(size, rank));
            else if (streaming.tryReserve(size, rank) !== undefined) expect.fail("there is no room");
            expect(told).toEqual([]);
          } else {
            const id = streaming.reserve(size, rank);
            expect(told).toEqual(gone.map((each) => each.id));
            met.evicted += gone.length;
            reference.assets = [...reference.assets.filter((each) => !gone.includes(each)), { id, size, rank, state: "reserved", written: undefined }];
          }
        } else if (asset !== undefined) {
          step(streaming, reference, asset, kind, pick);
          if (asset.state === "ready") met.ready += 1;
        }
        check(streaming, reference);
      }
    }), { numRuns, ...seed });
    expect([met.evicted > 200, met.failed > 200, met.ready > 500]).toEqual([true, true, true]);
  });

  function step(streaming: StreamingAllocator, reference: Reference, asset: Model, kind: Op["kind"], pick: number): void {
    const { id, state } = asset;
    const isAllowed = kind === "free" || (kind === "beginLoad" && (state === "reserved" || state === "failed")) || (kind === "access" ? state === "ready" : kind !== "beginLoad" && state === "loading");
    const calls = {
      free: () => streaming.free(id), beginLoad: () => streaming.beginLoad(id), access: () => streaming.access(id), finishLoad: () => streaming.finishLoad(id), fail: () => streaming.fail(id),
      write: () => streaming.write(id, Uint8Array.of(pick & 255)), reserve: () => {}, tryReserve: () => {},
    };
    if (!isAllowed) return void errorOf("FA404", calls[kind]);
    if (kind === "write" && asset.written?.length === asset.size) return void errorOf("argument", calls.write);
    const given: unknown = calls[kind]();
    if (kind === "free") reference.assets = reference.assets.filter((each) => each !== asset);
    if (kind === "beginLoad") Object.assign(asset, { state: "loading", written: undefined });
    if (kind === "write") asset.written = [...(asset.written ?? []), pick & 255];
    if (kind === "fail") asset.state = "failed";
    if (kind === "finishLoad") asset.state = "ready";
    if (kind === "finishLoad" || kind === "access") reference.use(asset);
    if (kind === "access") expect([...(given as Uint8Array)]).toEqual(asset.written ?? new Array(asset.size).fill(0));
  }

  function check(streaming: StreamingAllocator, reference: Reference): void {
    const { totalReserved, allocationCount } = streaming.stats();
    if (totalReserved !== reference.used() || allocationCount !== reference.assets.length) expect.fail("figures that are wrong");
    for (const { id, state } of reference.assets) if (streaming.state(id) !== state) expect.fail(`${id} is ${streaming.state(id)}, not ${state}`);
  }
});
