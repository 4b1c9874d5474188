/** FA534 reads the fact `sizeWaste`: bulk that half fills its pool's slots at most, and frame values of more than a quarter of the arena. */
import { byteText, sizeWaste } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA534 = defineRule({
  code: "FA534",
  name: "size-waste",
  families: ["intent"],
  severity: "hint",
  since: "0.1.0",
  summary: "a type allocated in bulk fills its pool class by half at most, or a frame value takes more than a quarter of the arena",
  docs: {
    why: `
A pool serves a value from the smallest class that holds it. Where that is twice the size, half of the pool's memory and of the cache lines holds nothing,
and in bulk that is much; a class of the type's own size costs nothing. A frame value of more than a quarter of the arena leaves little room
for all the others: a heap value, or a larger arena, says what is meant.`,
    bad: `
import { array, SmartAlloc, u8 } from "@framealloc/runtime";

const alloc = new SmartAlloc({ slabSizeClasses: [1024, 4096] });
const Name = array(u8, 200);
const names: Uint8Array[] = [];

export function load(count: number) {
  for (let i = 0; i < count; i++) names.push(alloc.poolAlloc(Name));
}
export function unload() {
  for (const name of names.splice(0)) alloc.poolFree(name);
}`,
    good: `
import { array, SmartAlloc, u8 } from "@framealloc/runtime";

const alloc = new SmartAlloc({ slabSizeClasses: [208, 1024, 4096] });
const Name = array(u8, 200);
const names: Uint8Array[] = [];

export function load(count: number) {
  for (let i = 0; i < count; i++) names.push(alloc.poolAlloc(Name));
}
export function unload() {
  for (const name of names.splice(0)) alloc.poolFree(name);
}`,
    misses: "slots of 16 bytes, which are not spoken of; sizes that are not constant; classes and arenas that are set out of sight; helpers that loops call.",
  },
  weighsSizes: true,
  needs: { waste: sizeWaste },

  check({ waste }, report) {
    for (const { at, callee, bytes, classBytes, set, listed } of waste.classes) {
      report({
        at,
        message: `\`${callee}\` takes slots of ${byteText(classBytes)} in a loop for values of ${bytes === 1 ? "1 byte" : byteText(bytes)}`,
        related: [{ at, message: "allocated here" }, ...(set === null ? [] : [{ at: set, message: "the classes are set here" }])],
        help: set === null ? "hold many in one array, with `heapAlloc` or a struct of them, or list a class of this size in `slabSizeClasses`" : `list a class of ${Math.ceil(bytes / 8) * 8} bytes in \`slabSizeClasses\``,
        fixes: listed === null ? [] : [{ title: `list a class of ${listed.text.replace(/\D/g, "")} bytes`, safe: false, edits: [listed] }],
      });
    }
    for (const { at, binding, bytes, capacity, made } of waste.shares) {
      report({
        at,
        message: `${binding === null ? "a frame value" : `frame value \`${binding}\``} takes ${byteText(bytes)} of an arena of ${byteText(capacity)}`,
        related: [{ at, message: "allocated here" }, { at: made, message: "the allocator is made here" }],
        help: "take it from the heap with `heapAlloc`, or make the arena larger with `frameArenaSize`",
      });
    }
  },
});
