/** The engine's table of tags against the runtime: every name in it exists there, or is one that the tracer can lead to. */
import { SmartAlloc } from "@framealloc/runtime";
import { expect, it } from "vitest";
import { RUNTIME } from "../src/knowledge/runtime-api.ts";
import { shapesOf } from "../src/knowledge/shapes.ts";
import { mayTakeTag, tagEffect, tagNames } from "../src/knowledge/tag-api.ts";

it("names members that the tracer can lead to, those of the allocator also at run time", () => {
  const members = (owner: string): readonly string[] => [...(shapesOf(RUNTIME)?.classes.get(owner)?.members.keys() ?? [])];
  expect(tagNames().filter(({ owner, member }) => !members(owner).includes(member))).toEqual([]);
  expect(tagNames().filter(({ owner, member }) => owner === "SmartAlloc" && !(member in SmartAlloc.prototype))).toEqual([]);
});

it("knows no other function, and none of another package", () => {
  expect(tagEffect(`${RUNTIME}:SmartAlloc#withTag`)).toEqual({ kind: "around", tag: 0, callback: 1 });
  expect(tagEffect("elsewhere:SmartAlloc#withTag")).toBeUndefined();
  expect(tagEffect(`${RUNTIME}:SmartAlloc#toString`)).toBeUndefined();
  expect([mayTakeTag("withTag"), mayTakeTag("currentTag")]).toEqual([true, false]);
});
