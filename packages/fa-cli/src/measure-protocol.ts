/** What `fa measure` and the process that it measures in say to each other: one request, one answer. */
import type { SizedSite } from "./sized-sites.ts";

export interface MeasureRequest {
  /** Of the module. */
  readonly url: string;
  /** Exported functions that are called every frame; empty for those of the module's choosing. */
  readonly names: readonly string[];
  readonly frames: number;
  readonly warmup: number;
}

/** A function, at the place where it begins. */
export interface MeasuredPlace {
  readonly name: string;
  /** Absolute; empty for code of the engine. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** What a function allocated on one way to it. */
export type MeasuredSite = SizedSite<MeasuredPlace>;

/** Where something was thrown, in the source that was written. */
export interface ThrownAt {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
}

/** What became of the process: its answer, or none. */
export type MeasureOutcome = MeasureAnswer | { readonly ok: false; readonly reason: "timeout" | "died"; readonly message: string };

export type MeasureAnswer =
  | { readonly ok: true; readonly names: readonly string[]; readonly bytesPerFrame: number; readonly windowFrames: number; /** The frames as they run, and with their functions kept apart; `sized-sites.ts` makes them one. */ readonly whole: readonly MeasuredSite[]; readonly apart: readonly MeasuredSite[] }
  | { readonly ok: false; readonly reason: "load"; readonly message: string; readonly at: ThrownAt | null }
  /** `message` is the name that was asked for; null when the module exports no function at all. */
  | { readonly ok: false; readonly reason: "no-function"; readonly message: string | null; readonly exported: readonly string[] }
  | { readonly ok: false; readonly reason: "async"; readonly message: string }
  | { readonly ok: false; readonly reason: "throws"; readonly message: string; readonly at: ThrownAt | null; readonly frame: number };
