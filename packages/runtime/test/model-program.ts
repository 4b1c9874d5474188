/** The programs of the model test: lists of random operations, which fast-check makes and shrinks. */
import type { RetentionPolicy } from "@framealloc/runtime";
import fc from "fast-check";

export type Op =
  | { readonly kind: "begin" | "end" | "scopeOpen" | "scopeClose" | "grow" | "checkpoint" | "tagLeave" | "phaseEnd" }
  | { readonly kind: "rollback"; readonly pick: number }
  | { readonly kind: "tagEnter" | "phaseBegin"; readonly name: string }
  | { readonly kind: "retain"; readonly policy: RetentionPolicy; readonly n: number }
  | { readonly kind: "small" | "large" | "vecFixed" | "vecGrowing" | "structVec" | "poolSmall" | "poolLarge" | "heapBulk" | "boxValue" | "boxTyped" | "poolBox"; readonly n: number }
  | { readonly kind: "bytes"; readonly n: number; readonly align: number }
  | { readonly kind: "slice" | "batch"; readonly n: number }
  | { readonly kind: "push" | "pop" | "truncate" | "resize" | "setElement" | "write" | "free"; readonly pick: number; readonly n: number };

const n = fc.integer({ min: 1, max: 120 });
const pick = fc.nat({ max: 1000 });

/** Weighted so that frames hold a handful of values, and arenas and pools fill up now and then. */
export const program: fc.Arbitrary<readonly Op[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Op>({ kind: "begin" }, { kind: "begin" }, { kind: "end" }, { kind: "scopeOpen" }, { kind: "scopeClose" }, { kind: "grow" }) },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom<Op>({ kind: "checkpoint" }, { kind: "tagLeave" }, { kind: "phaseEnd" }), fc.record({ kind: fc.constant("rollback" as const), pick })) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("tagEnter", "phaseBegin" as const), name: fc.constantFrom("ai", "fx", "ai::far") }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("retain" as const), policy: fc.constantFrom<RetentionPolicy>("discard", "promoteToPool", "promoteToHeap", { promoteToScratch: "level" }), n }) },
    { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom("small", "large", "vecFixed", "vecGrowing", "structVec", "poolSmall", "poolLarge", "heapBulk", "boxValue", "boxTyped", "poolBox" as const), n }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("bytes" as const), n, align: fc.constantFrom(1, 2, 8, 16, 256) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("slice", "batch" as const), n }) },
    { weight: 10, arbitrary: fc.record({ kind: fc.constantFrom("push", "push", "pop", "truncate", "resize", "setElement", "write", "free" as const), pick, n }) },
  ),
  { maxLength: 160, size: "max" },
);
