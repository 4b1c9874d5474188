/** Two profiles of the same frames made one: what the functions allocate is what the whole does, by the sizes of the allocations. */
import { expect, test } from "vitest";
import { bytesOf, type CallFrame, type HeapProfile, sitesOfWhole, sizedSites } from "../src/sized-sites.ts";

const frame = (functionName: string, lineNumber: number, url = "file:///game.js"): CallFrame => ({ functionName, scriptId: "7", url, lineNumber, columnNumber: 0 });
const DRIVER = frame("driver", 0);
const STEP = frame("step", 10);
const ADD = frame("add", 20);
const BUILTIN = frame("map", -1, "");

function profile(step: readonly number[], add: readonly number[], builtin: readonly number[] = []): HeapProfile {
  const sampled = (nodeId: number, sizes: readonly number[]) => sizes.map((size) => ({ size, nodeId }));
  return {
    head: { id: 1, callFrame: frame("(root)", -1, ""), children: [{ id: 2, callFrame: DRIVER, children: [{ id: 3, callFrame: STEP, children: [{ id: 4, callFrame: ADD, children: [] }, { id: 5, callFrame: BUILTIN, children: [] }] }] }] },
    samples: [{ size: 1000, nodeId: 1 }, ...sampled(3, step), ...sampled(4, add), ...sampled(5, builtin)],
  };
}

const sites = (...sizes: Parameters<typeof profile>) => sizedSites(profile(...sizes), "driver", 1);
const named = (whole: Parameters<typeof profile>, apart: Parameters<typeof profile>, expected?: string) => sitesOfWhole(sites(...whole), sites(...apart), ([first]) => first?.functionName === expected).map(({ frames, bytes, boxedBytes }) => [frames[0]?.functionName, bytes, boxedBytes]);

test("what is allocated outside of the frames does not count, and what the engine's functions allocate is their caller's", () => {
  const found = sizedSites(profile([32], [], [96]), "driver", 2);
  expect(found.map(({ frames, sizes }) => [frames.map(({ functionName }) => functionName), sizes])).toEqual([[["step", "driver"], [[32, 16], [96, 48]]]]);
  expect(bytesOf(found)).toBe(64);
});

test("an allocation is that of the function which makes one of its size when it is kept apart", () => {
  expect(named([[32, 48], []], [[48], [32]])).toEqual([["step", 48, 0], ["add", 32, 0]]);
});

test("numbers that are boxed, and objects that are made, only because functions are kept apart do not count", () => {
  expect(named([[48], []], [[48], [16, 16, 40]])).toEqual([["step", 48, 0]]);
});

test("what some of the calls make is shared out among those of its size", () => {
  expect(named([[32, 32], []], [[32], [32, 32, 32]])).toEqual([["step", 16, 0], ["add", 48, 0]]);
});

test("what was expected comes first where the whole makes fewer of a size", () => {
  expect(named([[32], []], [[32], [32, 32]], "step")).toEqual([["step", 32, 0]]);
});

test("allocations that were made in one belong to all whose sizes are left", () => {
  expect(named([[120], []], [[48, 16], [72]])).toEqual([["step", 48, 0], ["add", 72, 0]]);
});

test("allocations that were made in one are those of the expected, where some are left", () => {
  expect(named([[56], []], [[40], [40]], "step")).toEqual([["step", 56, 0]]);
});

test("what nobody makes when kept apart stays where it was", () => {
  expect(named([[24, 16], []], [[16], []])).toEqual([["step", 16, 16], ["step", 24, 0]]);
});
