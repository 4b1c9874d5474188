/**
 * Runs a piece of code once for each allocation that it makes, with that allocation failing for want of memory: by giving its allocator less and less
 * of it. At each failure the error must be clean, and the allocator as it was before the call.
 */
import { FrameAllocError, type SmartAlloc } from "@framealloc/runtime";
import { expect } from "vitest";

export interface Scenario {
  /** An allocator with room for so many bytes. */
  make(capacity: number): SmartAlloc;
  /** Calls in order; each one must either do all of its work or throw. */
  readonly steps: readonly ((alloc: SmartAlloc) => unknown)[];
  /** What the steps leave to be seen. */
  snapshot(alloc: SmartAlloc): unknown;
  readonly codes: readonly string[];
}

/** Gives the number of capacities at which a step failed. */
export function failNth(scenario: Scenario, enough: number): number {
  let failures = 0;
  for (let capacity = 0; capacity <= enough; capacity += 8) {
    const alloc = scenario.make(capacity);
    alloc.beginFrame();
    for (const step of scenario.steps) {
      const before = scenario.snapshot(alloc);
      try {
        step(alloc);
      } catch (error) {
        if (!(error instanceof FrameAllocError)) throw error;
        expect(scenario.codes).toContain(error.code);
        expect(error.requested).toBeGreaterThan(0);
        expect(scenario.snapshot(alloc)).toEqual(before);
        failures += 1;
      }
    }
    alloc.endFrame();
    alloc.withFrame(() => expect(alloc.frameUsage()).toBe(0));
  }
  return failures;
}
