/** What the abstract interpretation saw happen to frames and frame values; facts sort these, rules word them. */
import type { Site } from "../dataflow/origin.ts";
import type { Location } from "../source/span.ts";
import type { OwnedEvent } from "./owned-events.ts";

/** Where a value outlives its frame. */
export type SinkKind = "module" | "global" | "field" | "static" | "parameter" | "container" | "closure" | "return" | "yield" | "promise" | "export";

export type FrameEvent =
  | OwnedEvent
  /** A frame allocation, or an `endFrame`, that no path reaches with a frame open; or a call that leads to the allocation `inner` without one. */
  | { readonly kind: "outside"; readonly need: string; readonly what: "allocation" | "end"; readonly at: Location; readonly inner: Location | null; readonly name: string; readonly allocator: string; readonly ended: readonly Location[]; readonly chain: readonly Location[] }
  | { readonly kind: "nested"; readonly at: Location; readonly allocator: string; readonly begun: readonly Location[]; readonly inner: Location | null }
  | { readonly kind: "unbalanced"; readonly at: Location; readonly exit: string; readonly allocator: string; readonly begun: readonly Location[] }
  | { readonly kind: "use"; readonly at: Location; readonly site: Site; readonly ended: readonly Location[]; readonly chain: readonly Location[] }
  /** A rollback to a point that is gone: of a frame that is over, below which an earlier one went, or of another allocator. */
  | { readonly kind: "stale-rollback"; readonly at: Location; readonly checkpoint: string; readonly taken: Location | null; readonly why: "frame" | "below" | "allocator"; readonly places: readonly Location[] }
  /** A use of what a rollback freed. */
  | { readonly kind: "rolled-back"; readonly at: Location; readonly site: Site; readonly rolled: readonly Location[]; readonly chain: readonly Location[] }
  /** What one frame takes is more than its arena has. */
  | { readonly kind: "exhausted"; readonly at: Location; readonly allocator: string; readonly bytes: number; readonly capacity: number; readonly made: Location; readonly parts: readonly { readonly at: Location; readonly bytes: number }[] }
  /** What one frame takes is more than its agent may. */
  | { readonly kind: "over-budget"; readonly at: Location; readonly allocator: string; readonly bytes: number; readonly budget: number; readonly set: Location; readonly parts: readonly { readonly at: Location; readonly bytes: number }[] }
  | { readonly kind: "escape"; readonly at: Location; readonly site: Site; readonly sink: SinkKind; readonly name: string; readonly inner: Location | null; readonly ended: readonly Location[] }
  | { readonly kind: "send"; readonly at: Location; readonly site: Site; readonly target: string; readonly inner: Location | null }
  | { readonly kind: "defer"; readonly at: Location; readonly site: Site; readonly name: string; readonly target: string; readonly inner: Location | null }
  | { readonly kind: "crossing"; readonly at: Location; readonly site: Site; readonly used: Location; readonly form: "await" | "yield" }
  | { readonly kind: "open-across"; readonly at: Location; readonly allocator: string; readonly begun: readonly Location[]; readonly form: "await" | "yield" };

/** The text that tells two events apart. */
export function eventKey(event: FrameEvent): string {
  const site = "site" in event ? `${event.site.at.file}:${event.site.at.span.start}` : "";
  const more = event.kind === "outside" ? event.name : event.kind === "escape" ? `${event.sink}:${event.name}` : event.kind === "crossing" ? "" : "";
  return `${event.kind}:${event.at.file}:${event.at.span.start}:${event.at.span.end}:${site}:${more}`;
}
