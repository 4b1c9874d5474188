/** What the abstract interpretation saw happen to things that have an owner. */
import type { Site } from "../dataflow/origin.ts";
import type { Release } from "../dataflow/owned-states.ts";
import type { Resource } from "../knowledge/ownership-api.ts";
import type { Location } from "../source/span.ts";

/** Why a release takes what is not its own. */
export type ForeignReason =
  /** Another kind of memory: `made` names it, `needs` how it is given back. */
  | "kind"
  /** Of another allocator, or of another pool. */
  | "allocator"
  /** A field, an element or a window of what was allocated. */
  | "part"
  /** An object that no allocator made. */
  | "plain";

export type OwnedEvent =
  /** A use or a release of what was released before. `made` is null when it came from a caller that is not known. */
  | { readonly kind: "stale"; readonly at: Location; readonly made: Site | null; readonly name: string; readonly again: string | null; readonly releases: readonly Release[]; /** What the callee does with it, when the place is the argument. */ readonly inner: Location | null; readonly chain: readonly Location[] }
  /** Made here, or in a call, and handed back after its release, on some way out. */
  | { readonly kind: "dead-return"; readonly at: Location; readonly made: Site; readonly name: string; readonly releases: readonly Release[] }
  /** Made here and on some way out neither given back nor handed on. */
  | { readonly kind: "leak"; readonly at: Location; readonly made: Site; readonly resource: Resource; readonly left: Location }
  | { readonly kind: "foreign"; readonly at: Location; readonly made: Site | null; readonly name: string; readonly by: string; readonly reason: ForeignReason; readonly inner: Location | null; readonly chain: readonly Location[] };
