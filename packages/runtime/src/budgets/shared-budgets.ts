/**
 * The budgets that all agents of a region share: a table in its memory, one entry for each tag, the first for everything together.
 *
 *   entry    | text of the tag | used | peak | soft | hard | used by agent 0 | by agent 1 | ...
 *
 * An entry is found by its tag, and never taken away; the table is a list in blocks of the region, as the types are. Limits are words too, so that whoever sets
 * them sets them for all.
 */
import { MAX_AGENTS, TYPE } from "../shared/block-state.ts";
import { BUDGETS } from "../shared/region-layout.ts";
import { readText, textWords, writeText } from "../shared/text-words.ts";
import type { TransferRegion } from "../shared/transfer-region.ts";
import { addTally, pushType, readTally, readTypes } from "../shared/words.ts";
import { NO_LIMIT } from "./tally.ts";

const NEXT = 0;
const LENGTH = 1;
const USED = 2;
const SOFT = 4;
const HARD = 5;
const OWN = 6;
const TEXT: number = OWN + MAX_AGENTS;

/** Where an entry's words are. */
export interface BudgetWords {
  readonly tag: string;
  readonly words: Int32Array;
  readonly used: number;
  readonly soft: number;
  readonly hard: number;
  /** This agent's own. */
  readonly own: number;
}

/** The entry of a tag, made when it is not there. FA301 when there is no room. */
export function roomFor(region: TransferRegion, tag: string): BudgetWords {
  const { words } = region;
  let first = readTypes(words, BUDGETS);
  const found = find(region, first, tag);
  if (found !== undefined) return found;
  const sizeBytes = (TEXT + textWords(tag.length)) * 4;
  const place = region.tryTake(sizeBytes, 0);
  if (place === 0) throw region.exhausted(sizeBytes);
  region.setState(place, TYPE);
  const at = place >> 2;
  words[at + LENGTH] = tag.length;
  words[at + SOFT] = words[at + HARD] = NO_LIMIT;
  writeText(words, at + TEXT, tag);
  do {
    first = readTypes(words, BUDGETS);
    // Of two agents that make the same one, the first that is in the list is it; the other's is never used.
    const others = find(region, first, tag);
    if (others !== undefined) return others;
    words[at + NEXT] = first;
  } while (!pushType(words, BUDGETS, first, place));
  return entry(region, place);
}

/** All entries. */
export function allBudgets(region: TransferRegion): BudgetWords[] {
  const entries: BudgetWords[] = [];
  for (let place = readTypes(region.words, BUDGETS); place !== 0; place = region.words[(place >> 2) + NEXT] ?? 0) entries.push(entry(region, place));
  return entries;
}

/** Takes off what a dead agent used. */
export function forgetUse(region: TransferRegion, dead: number): void {
  for (const { words, used, own } of allBudgets(region)) {
    const of = own - region.agent + dead;
    const bytes = words[of] ?? 0;
    words[of] = 0;
    addTally(words, used, -bytes);
  }
}

/** A number that changes when entries come. */
export function budgetsVersion(region: TransferRegion): number {
  return readTally(region.words, BUDGETS);
}

function find(region: TransferRegion, first: number, tag: string): BudgetWords | undefined {
  for (let place = first; place !== 0; place = region.words[(place >> 2) + NEXT] ?? 0) {
    const found = entry(region, place);
    if (found.tag === tag) return found;
  }
  return undefined;
}

function entry(region: TransferRegion, place: number): BudgetWords {
  const { words, agent } = region;
  const at = place >> 2;
  return { tag: readText(words, at + TEXT, words[at + LENGTH] ?? 0), words, used: at + USED, soft: at + SOFT, hard: at + HARD, own: at + OWN + agent };
}
