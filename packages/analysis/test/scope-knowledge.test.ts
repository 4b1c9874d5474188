/** The engine's table of scopes against the runtime: every name in it exists there. */
import { SmartAlloc } from "@framealloc/runtime";
import { expect, it } from "vitest";
import { RUNTIME } from "../src/knowledge/runtime-api.ts";
import { mayOpenScope, scopeEffect, scopeNames } from "../src/knowledge/scope-api.ts";

it("names members of the allocator alone", () => {
  expect(scopeNames().length).toBeGreaterThan(5);
  expect(scopeNames().filter(({ owner, member }) => owner !== "SmartAlloc" || !(member in SmartAlloc.prototype))).toEqual([]);
});

it("knows no other function, and none of another package", () => {
  expect(scopeEffect(`${RUNTIME}:SmartAlloc#beginPhase`)).toEqual({ what: "phase", callback: null, closedBy: "endPhase" });
  expect(scopeEffect("elsewhere:SmartAlloc#withTag")).toBeUndefined();
  expect(scopeEffect(`${RUNTIME}:SmartAlloc#toString`)).toBeUndefined();
  expect([mayOpenScope("tagScope"), mayOpenScope("currentTag")]).toEqual([true, false]);
});
