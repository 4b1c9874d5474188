/**
 * Parts of the runtime's API that are announced and not there yet, so that examples which show them are type-checked. What the runtime exports cannot be
 * declared here again: the compiler then says that it is there twice.
 */
import type {} from "@framealloc/runtime";

declare module "@framealloc/runtime" {}
