/**
 * The codes of the project, so that a mistyped one is noticed wherever it is written. A code's meaning and wording stand in its rule, in
 * the runtime's errors or in the command's own diagnostics; here are only the names. Codes of rules in `rules/` are known without
 * being listed.
 */

/** Codes that are taken, by family, with the name of what they report. */
export const KNOWN_CODES: ReadonlyMap<string, string> = new Map([
  ["FA001", "outside-frame"],
  ["FA002", "frame-escape"],
  ["FA003", "arena-exhausted"],
  ["FA004", "use-after-frame"],
  ["FA005", "unbalanced-frame"],
  ["FA006", "nested-begin"],
  ["FA007", "missing-frame-boundary"],
  ["FA008", "stale-checkpoint"],
  ["FA101", "adapter-missing"],
  ["FA102", "hooks-not-run"],
  ["FA201", "cross-thread-frame"],
  ["FA202", "barrier-mismatch"],
  ["FA203", "no-thread-budget"],
  ["FA204", "deferred-overflow"],
  ["FA205", "frame-sync-race"],
  ["FA206", "foreign-free"],
  ["FA207", "agent-not-attached"],
  ["FA208", "transfer-misuse"],
  ["FA209", "blocking-main"],
  ["FA301", "memory-budget"],
  ["FA302", "tag-budget"],
  ["FA303", "thread-budget"],
  ["FA304", "pool-exhausted"],
  ["FA401", "stale-handle"],
  ["FA402", "stream-budget"],
  ["FA403", "leaked"],
  ["FA404", "stream-protocol"],
  ["FA405", "moved-under-you"],
  ["FA501", "long-lived-frame"],
  ["FA502", "frame-survival"],
  ["FA510", "pool-as-scratch"],
  ["FA520", "promotion-churn"],
  ["FA530", "hot-path-garbage"],
  ["FA531", "scratch-alias"],
  ["FA532", "alloc-contract"],
  ["FA533", "tag-churn"],
  ["FA534", "size-waste"],
  ["FA601", "frame-in-async"],
  ["FA602", "loop-allocation"],
  ["FA603", "await-crossing"],
  ["FA604", "retention-mismatch"],
  ["FA605", "discard-stored"],
  ["FA606", "deferred-capture"],
  ["FA607", "frame-across-await"],
  ["FA801", "tag-mismatch"],
  ["FA802", "unknown-tag"],
  ["FA803", "cross-module"],
  ["FA900", "unused-suppression"],
  ["FA901", "internal-error"],
  ["FA902", "unparsed-file"],
]);

/** Stands in examples for a code that is still free. No rule takes it for good. */
export const EXAMPLE_CODE = "FA610";

/** What cargo-fa called by other names; they may be written where old names are explained. Its seventh family is our sixth. */
export function isFormerCode(code: string): boolean {
  return code.startsWith("FA7");
}
