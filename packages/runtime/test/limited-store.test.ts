/** A memory limit's error at its edge; pool.test.ts has its behaviour. */
import { AllocConfig, array, SmartAlloc, u8 } from "@framealloc/runtime";
import { expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

test("what would just keep to the limit, and has no room below it, is told as a want of room", () => {
  const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memoryLimit: 1024, heapSize: 512 });
  expect(errorOf("FA301", () => alloc.heapAlloc(array(u8, 1024))).help).toContain("`heapSize`");
  expect(errorOf("FA301", () => alloc.heapAlloc(array(u8, 1025))).help).toContain("`memoryLimit`");
  expect(alloc.heapAlloc(array(u8, 400)).length).toBe(400);
});
