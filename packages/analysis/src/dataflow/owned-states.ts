/**
 * What has an owner and how it stands on one path: a typestate of live, released and maybe, for each allocation and for each place that a
 * caller supplied.
 *
 * Theory: forward, property simulation: states that differ in a standing are kept apart; where there are too many they are joined, and what they
 * do not agree on is `maybe`, of which nothing is said. No entry: for a symbolic place, as the caller left it; for something made here, alive
 * or in other hands. `given` (may, join is union): handed to something that may keep or release it.
 */
import type { Resource } from "../knowledge/ownership-api.ts";
import type { Location } from "../source/span.ts";
import { MAX_LOCATIONS, sameLocation } from "./locations.ts";
import type { Origin } from "./origin.ts";

/** One release: the call that did it, and the release inside the callee when that did. */
export interface Release {
  readonly at: Location;
  readonly inner: Location | null;
  /** `poolFree` */
  readonly by: string;
}

export interface Standing {
  readonly now: "live" | "released" | "maybe";
  readonly releases: readonly Release[];
  /** What it is taken for; null when unknown. */
  readonly resource: Resource | null;
  /** False when it was given back by a method whose class is not known: so only where the value is known to be ours. */
  readonly sure: boolean;
}

const MAYBE: Standing = { now: "maybe", releases: [], resource: null, sure: true };

export class OwnedStates {
  readonly #standings: Map<Origin, Standing>;
  readonly given: Set<Origin>;

  constructor(from: OwnedStates | null = null) {
    this.#standings = new Map(from === null ? [] : from.#standings);
    this.given = new Set(from === null ? [] : from.given);
  }

  get(origin: Origin): Standing | undefined {
    return this.#standings.get(origin);
  }

  /** Undefined when nothing is known. */
  isAlive(origin: Origin): boolean | undefined {
    const standing = this.#standings.get(origin);
    if (standing === undefined || standing.now === "maybe" || !standing.sure) return undefined;
    return standing.now === "live";
  }

  entries(): Iterable<[Origin, Standing]> {
    return this.#standings;
  }

  set(origin: Origin, standing: Standing): void {
    this.#standings.set(origin, standing);
  }

  /** Something new of this place, which nobody else holds and which must be released. */
  owe(origin: Origin, resource: Resource): void {
    this.#standings.set(origin, { now: "live", releases: [], resource, sure: true });
  }

  forget(origin: Origin): void {
    this.#standings.delete(origin);
  }

  /** It may be released as likely as not. */
  doubt(origin: Origin): void {
    this.#standings.set(origin, MAYBE);
  }

  /** In other hands from here on: whether it is released is theirs to see to. */
  give(origin: Origin): void {
    if (this.#standings.get(origin)?.now === "live") this.#standings.delete(origin);
    if ((origin.kind === "function" && keepsMore(origin)) || origin.kind === "param" || origin.kind === "variable" || origin.kind === "field") this.given.add(origin);
  }

  /** After something that may have thrown at any point: nothing is said to be owed. */
  giveAll(): void {
    for (const [origin, { now }] of this.#standings) if (now === "live") this.#standings.delete(origin);
  }

  /** An element is read anew: it may be another one than the one of which something is known. */
  readAnew(element: Origin): void {
    if (element.kind === "site" && this.#standings.get(element)?.now === "released") this.#standings.set(element, MAYBE);
    for (const origin of this.#standings.keys()) {
      for (let at = origin; at.kind === "field"; at = at.base) if (at === element) this.#standings.delete(origin);
    }
  }

  /** Something ran that may have put other things into fields and outer variables. */
  doubtPlaces(): void {
    for (const [origin, { now }] of this.#standings) if (now === "released" && (origin.kind === "field" || origin.kind === "variable")) this.#standings.set(origin, MAYBE);
  }

  owesAny(): boolean {
    for (const { now } of this.#standings.values()) if (now === "live") return true;
    return false;
  }

  /** The typestate that keeps states apart. */
  key(): string {
    const parts: string[] = [];
    // How often a bracket is open counts too.
    for (const [origin, { now, sure, releases }] of this.#standings) parts.push(`${origin.id}${now[0] ?? ""}${sure ? "" : "?"}${origin.kind === "expr" ? releases.length : ""}`);
    return parts.sort().join(" ");
  }

  /** The values that a site made before become its old ones. */
  rename(from: Origin, to: Origin, isHeld: (origin: Origin) => boolean): void {
    const latest = this.#standings.get(from);
    const older = this.#standings.get(to);
    this.#standings.delete(from);
    if (latest === undefined) {
      // What was released before and what lives on now have one name.
      if (older?.now === "released") this.#standings.set(to, MAYBE);
      return;
    }
    const joined = older === undefined ? (latest.now === "live" || !isHeld(to) ? latest : MAYBE) : joinStandings(older, latest);
    this.#standings.set(to, joined);
  }

  /** Forgets what nothing can use any more; what is owed stays until the function is left. */
  prune(isHeld: (origin: Origin) => boolean): void {
    for (const [origin, { now }] of this.#standings) if (origin.kind === "site" && now !== "live" && !isHeld(origin)) this.#standings.delete(origin);
  }

  /** Adds another state; true when this one changed. */
  join(other: OwnedStates): boolean {
    let changed = false;
    for (const [origin, standing] of other.#standings) {
      const mine = this.#standings.get(origin) ?? MAYBE;
      const joined = joinStandings(mine, standing);
      if (joined === this.#standings.get(origin)) continue;
      this.#standings.set(origin, joined);
      changed = true;
    }
    for (const [origin, standing] of this.#standings) {
      if (standing.now === "maybe" || other.#standings.has(origin)) continue;
      this.#standings.set(origin, MAYBE);
      changed = true;
    }
    for (const origin of other.given) if (!this.given.has(origin)) changed = this.given.add(origin) !== undefined;
    return changed;
  }
}

/** Whether a function captures anything of an activation: a module's variables are not the closure's to keep. */
function keepsMore({ fn, module }: Origin & { readonly kind: "function" }): boolean {
  return fn.captures.some((variable) => module.variables[variable]?.owner !== 0);
}

/** The first itself when it says all of both. */
function joinStandings(a: Standing, b: Standing): Standing {
  if (a.now === "maybe") return a;
  if (a.now !== b.now || a.sure !== b.sure) return MAYBE;
  if (a.now === "live" && a.releases.length !== b.releases.length) return MAYBE;
  let { releases } = a;
  for (const each of b.releases) if (releases.length < MAX_LOCATIONS && !releases.some((known) => sameLocation(known.at, each.at))) releases = [...releases, each];
  return releases === a.releases ? a : { ...a, releases };
}
