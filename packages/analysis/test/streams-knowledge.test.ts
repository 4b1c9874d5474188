/** The engine's table of streams: its names are those that the shapes and the table of ownership lead to, and what each call does. */
import { describe, expect, it } from "vitest";
import { ownershipNames } from "../src/knowledge/ownership-api.ts";
import { RUNTIME } from "../src/knowledge/runtime-api.ts";
import { shapesOf } from "../src/knowledge/shapes.ts";
import { reserves, streamNames, streamStep } from "../src/knowledge/streams-api.ts";

describe("the table of streams", () => {
  const members = shapesOf(RUNTIME)?.classes.get("StreamingAllocator")?.members;

  it("names members that the tracer leads to", () => {
    expect(streamNames().filter((name) => members?.has(name) !== true)).toEqual([]);
  });

  it("has every member that ownership knows", () => {
    const owned = ownershipNames().filter(({ owner }) => owner === "StreamingAllocator").map(({ member }) => member);
    expect(owned.filter((member) => !streamNames().includes(member))).toEqual([]);
  });

  it("says what a call does, and nothing of other classes", () => {
    expect(streamStep(`${RUNTIME}:StreamingAllocator#finishLoad`)).toBe("finish");
    expect(streamStep("elsewhere:StreamingAllocator#finishLoad")).toBeUndefined();
    expect(streamStep(`${RUNTIME}:StreamingAllocator#toString`)).toBeUndefined();
    expect([reserves(`${RUNTIME}:StreamingAllocator#reserve`), reserves(`${RUNTIME}:StreamingAllocator#tryReserve`), reserves(null)]).toEqual(["surely", "optional", undefined]);
  });
});
