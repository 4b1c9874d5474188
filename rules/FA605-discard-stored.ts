/** FA605 reads the fact `retainedHandles`: data retained to be discarded that is kept all the same, and promoted data whose handle is lost. */
import { retainedHandles } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA605 = defineRule({
  code: "FA605",
  name: "discard-stored",
  families: ["async-safety", "dirtymem"],
  severity: "warning",
  since: "0.1.0",
  summary: "discarded data kept beyond its frame, or promoted data whose handle is lost",
  docs: {
    why: `
Data retained with \`discard\` dies with its frame: a handle on it that is kept throws when it is read. Data that is promoted lives on until its handle is
released: when the handle is dropped with the frame, its pool or heap memory is never given back.`,
    bad: `
import { SmartAlloc } from "@framealloc/runtime";

export function score(alloc: SmartAlloc, points: number): void {
  alloc.beginFrame();
  const best = alloc.frameRetained(points, "promoteToPool");
  best.value += 1;
  alloc.endFrame();
}`,
    good: `
import { SmartAlloc } from "@framealloc/runtime";

export function score(alloc: SmartAlloc, points: number): number {
  alloc.beginFrame();
  using best = alloc.frameRetained(points, "promoteToPool");
  best.value += 1;
  alloc.endFrame();
  return best.value;
}`,
    misses: "Policies that are not constant; promotions to scratch pools; handles that are forgotten on one path only; handles that `endFrameWithPromotions` gave.",
  },
  needs: { found: retainedHandles },

  check({ found: { discards, handles } }, report) {
    for (const { at, site, place, inner } of discards) {
      report({
        at,
        message: place === "return" ? `${named(site.binding)} is discarded with its frame and returned after it` : `${named(site.binding)} is discarded with its frame and kept in \`${place}\``,
        related: [{ at: site.at, message: "allocated here, to be discarded" }, ...site.via.map((call) => ({ at: call, message: "made in this call" })), ...(inner === null ? [] : [{ at: inner, message: "kept here" }])],
        help: "copy its value out, or retain it with `\"promoteToPool\"` and release it later",
      });
    }
    for (const { at, site, retention, fate } of handles) {
      if (fate !== "lost") continue;
      report({
        at,
        message: `${named(site.binding)} is promoted to the ${retention} and its handle is never used or released after the frame`,
        related: [{ at: site.at, message: "allocated here" }, ...site.via.slice(1).map((call) => ({ at: call, message: "made in this call" }))],
        help: "release the handle, return or keep it, or retain nothing: `frameBox` dies with the frame",
      });
    }
  },
});

function named(binding: string | null): string {
  return binding === null ? "retained data" : `retained data \`${binding}\``;
}
