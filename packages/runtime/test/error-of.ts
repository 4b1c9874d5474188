/** What a call throws, for tests: a `FrameAllocError` with the code expected, or a failed test. */
import { FrameAllocError, type FrameAllocCode } from "@framealloc/runtime";
import { expect } from "vitest";

export function errorOf(code: FrameAllocCode, call: () => unknown): FrameAllocError {
  let thrown: unknown;
  let returned: unknown;
  try {
    returned = call();
  } catch (error) {
    thrown = error;
  }
  if (thrown === undefined) throw new Error(`expected ${code}, but the call returned ${String(returned)}`);
  if (!(thrown instanceof FrameAllocError)) throw new Error(`expected ${code}, but the call threw something else`, { cause: thrown });
  expect(thrown.code).toBe(code);
  expect(thrown.message).toContain(`[framealloc][${code}] error: `);
  expect(thrown.help).not.toBe("");
  return thrown;
}
