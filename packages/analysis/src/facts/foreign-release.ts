/**
 * Whether a release may take a thing: not of another kind, of another allocator, a part of something, or no memory of the runtime at all. Must: null
 * where it is not known. What two allocators are is told by where they were made; two names of which nothing is known may be one.
 */
import { type Origin, rootOf, type Site } from "../dataflow/origin.ts";
import { resourceMade } from "../knowledge/ownership-api.ts";
import { makerOf } from "./maker-of.ts";
import type { FrameRun } from "./frame-run.ts";
import { memorySite } from "./frame-run.ts";
import type { ForeignReason } from "./owned-events.ts";
import type { ReleaseCall } from "./summary.ts";

export function foreignReason(run: FrameRun, origin: Origin, release: ReleaseCall): ForeignReason | null {
  if (!release.own) return null;
  if (origin.kind === "function" || origin.kind === "class") return "plain";
  const root = rootOf(origin);
  if (root.kind !== "site") return null;
  const resource = resourceMade(root.site.api);
  if (root !== origin) return memorySite(origin) !== null && resource !== "box" && resource !== "retained value" ? "part" : null;
  if (resource !== null) return release.takes.includes(resource) ? foreignOwner(run, root.site, release) : "kind";
  return foreignKind(root.site, release);
}

function foreignKind(site: Site, release: ReleaseCall): ForeignReason | null {
  switch (site.kind) {
    case "frame": case "retained": case "transfer": case "pool": case "heap": return "kind";
    case "object": case "instance": case "bound": return release.takes.includes("handle") || release.takes.includes("group") ? null : "plain";
    case "allocator": case "frame-scope": case "resolver": case "result": case "checkpoint": return null;
  }
}

function foreignOwner(run: FrameRun, site: Site, release: ReleaseCall): ForeignReason | null {
  if (site.allocator === null || release.owner === null) return null;
  const made = makerOf(run, site.allocator);
  const takes = makerOf(run, release.owner);
  return made !== null && takes !== null && made !== takes ? "allocator" : null;
}
