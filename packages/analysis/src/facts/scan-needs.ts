/** What the scan of a function for cold code asks of the whole program. */
import type { Program } from "../program.ts";
import { BracketedMembers } from "./bracketed-members.ts";
import { BuiltInTests } from "./built-in-tests.ts";
import type { Occasions } from "./occasions.ts";
import { OffSettings } from "./off-settings.ts";
import { PlaceWrites } from "./place-writes.ts";
import { StaleAnswers } from "./stale-answers.ts";
import { Stamps } from "./stamps.ts";
import { TimedWaits } from "./timed-waits.ts";

export interface ScanNeeds {
  readonly program: Program;
  readonly occasions: Occasions;
  readonly writes: PlaceWrites;
  readonly settings: OffSettings;
  readonly brackets: BracketedMembers;
  readonly answers: StaleAnswers;
  readonly stamps: Stamps;
  readonly builtIns: BuiltInTests;
  readonly waits: TimedWaits;
}

/** Made once a program; each finds what it is asked for when it is asked. */
export function scanNeeds(program: Program, occasions: Occasions): ScanNeeds {
  return {
    program, occasions, writes: new PlaceWrites(program), settings: new OffSettings(program), brackets: new BracketedMembers(program), answers: new StaleAnswers(program),
    stamps: new Stamps(program), builtIns: new BuiltInTests(program), waits: new TimedWaits(program),
  };
}
