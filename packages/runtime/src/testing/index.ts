/** The public names of `@framealloc/runtime/testing`: for tests on Node. */
export { AllocationError, expectNoAlloc, type AllocationSite, type NoAllocOptions } from "./expect-no-alloc.ts";
