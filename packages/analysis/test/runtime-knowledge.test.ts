/** The engine's table of the runtime against the runtime itself: whatever it exports is known, whatever is known exists. */
import { FrameArena, SmartAlloc } from "@framealloc/runtime";
import { describe, expect, it } from "vitest";
import { RUNTIME, runtimeEffect, runtimeNames } from "../src/knowledge/runtime-api.ts";

/** Members that belong to the classes' insides though JavaScript shows them. */
const INSIDE = new Set([
  "checkElement", "besidesHeapValues",
  "constructor", "transferring", "startTransferring", "setTransfers", "startBudgets", "counted", "setBoundary", "watching", "watch", "pooled", "seat", "observing", "forget", "allocSlow", "allocWith", "many", "take", "sliceSlow", "singleList", "open", "checkType", "takeObject", "objectsOf", "objectArray", "sizeAt", "place", "tryPlace", "limitTo", "allocBytesSlow", "full", "touch", "release", "wipe", "count", "highWaterMark", "fits", "onRefresh", "letGo", "setEngine", "outside",
]);

const classes = { SmartAlloc, FrameArena } as const;

function publicNames(type: { readonly prototype: object }): string[] {
  const names = new Set<string>();
  for (let proto: object | null = type.prototype; proto !== null && proto !== Object.prototype; proto = Object.getPrototypeOf(proto) as object | null) {
    for (const name of Object.getOwnPropertyNames(proto)) names.add(name);
  }
  return [...names].filter((name) => !INSIDE.has(name) && !name.startsWith("_"));
}

describe.each(Object.entries(classes))("%s", (owner, type) => {
  it("has no public member that the table does not know", () => {
    expect(publicNames(type).filter((name) => runtimeEffect(`${RUNTIME}:${owner}#${name}`) === undefined)).toEqual([]);
  });

  it("has every member that the table knows", () => {
    const known = runtimeNames().filter((name) => name.owner === owner).map((name) => name.member);
    expect(known.filter((member) => !(member in type.prototype) && !(member in type))).toEqual([]);
  });
});
