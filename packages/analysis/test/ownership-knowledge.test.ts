/** The engine's table of ownership against the runtime: every name in it exists. */
import * as runtime from "@framealloc/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { ownershipEffect, ownershipNames, resourceMade } from "../src/knowledge/ownership-api.ts";
import { RUNTIME } from "../src/knowledge/runtime-api.ts";
import { knowsName, shapesOf } from "../src/knowledge/shapes.ts";

const exported = runtime as unknown as Readonly<Record<string, { readonly prototype: object } | undefined>>;
const alloc = new runtime.SmartAlloc();

afterAll(() => { alloc.dispose(); });

/** Instances of the classes that are handed out and not exported themselves. */
const instances: Readonly<Record<string, object>> = {
  SmartAlloc: alloc,
  OwnedBox: alloc.poolBox(runtime.f32),
  ObjectPool: alloc.objectPool(() => ({})),
  TagScope: alloc.tagScope("test"),
  PhaseScope: alloc.phaseScope("test"),
  FrameRetained: retained(),
};

function retained(): object {
  alloc.beginFrame();
  const handle = alloc.frameRetained(runtime.f32, "promoteToPool");
  alloc.endFrame();
  return handle;
}

function has(owner: string, member: string): boolean {
  const name = member === "@@dispose" ? Symbol.dispose : member;
  const instance = instances[owner];
  if (instance !== undefined) return name in instance;
  return exported[owner] !== undefined && (member === "constructor" || name in exported[owner].prototype);
}

describe("the table of ownership", () => {
  it("names only what the runtime has", () => {
    expect(ownershipNames().filter(({ owner, member }) => !has(owner, member))).toEqual([]);
  });

  it("names classes and members that the tracer can lead to", () => {
    const members = (owner: string): ReadonlySet<string> => new Set([...(shapesOf(RUNTIME)?.classes.get(owner)?.members.keys() ?? [])]);
    const unknown = ownershipNames().filter(({ owner, member }) => !knowsName(RUNTIME, owner) || (!/^(@@dispose|constructor)$/.test(member) && !members(owner).has(member)));
    expect(unknown).toEqual([]);
  });

  it("says what a call made, and nothing of calls that make nothing", () => {
    expect(resourceMade(`${RUNTIME}:SmartAlloc#tryHeapBox`)).toBe("box");
    expect(resourceMade(`${RUNTIME}:SmartAlloc#beginFrame`)).toBeNull();
    expect(resourceMade("elsewhere:SmartAlloc#poolAlloc")).toBeNull();
    expect(ownershipEffect(`${RUNTIME}:SmartAlloc#toString`)).toBeUndefined();
  });
});
