/**
 * The words of a barrier: who arrived, in which generation.
 *
 *   word 1  gate         generation modulo 256 | a bit for each member that arrived in it
 *   word 2  registered   a bit for each member that is waited for
 *   word 3  claimed      a bit for each member that an agent said to be
 *   word 4  generations  how many were opened; an agent that died in between leaves it behind, by less than 256
 *
 *   arrive: gate (g, arrived) -> (g, arrived + me)        open: gate (g, all registered) -> (g + 1, nobody)
 *
 * Whoever finds the gate complete opens it, so an agent that dies after the last arrival holds nobody up. The generation is the sense: who waits, waits for it to
 * be another, and an early arrival of the next one is counted there. A member arrives once in a generation, as its bit says.
 *
 * Invariants:
 *   I1  the gate opens when, and only when, every registered member has arrived
 *   I2  an arrival is in the generation that `arrive` gives, and in no other
 */
import { addTally, changeGate, changeMask, readGate, readMask, readTally, wakeAll } from "./words.ts";

export const GATE = 1;
const REGISTERED = 2;
const CLAIMED = 3;
const GENERATIONS = 4;
export const GATE_WORDS = 16;
/** As many as leave 8 bits for the generation. */
export const MAX_MEMBERS = 24;
const MEMBERS: number = 2 ** MAX_MEMBERS - 1;

/** Registers so many members, of which nobody is claimed, in zeroed words. */
export function initGate(words: Int32Array, members: number): void {
  words[REGISTERED] = 2 ** members - 1;
}

/** Arrives as a registered member and gives the generation; -1 when it has arrived in it before. Lock-free. */
export function arrive(words: Int32Array, member: number): number {
  for (;;) {
    // In this order, and as no generation ends without this member, the gate is ahead by less than 256.
    const opened = readTally(words, GENERATIONS);
    const gate = readGate(words, GATE);
    const after = gate | (1 << member);
    if (after === gate) {
      if (!isFull(words, gate)) return -1;
      // Complete, and not opened yet: it is the next one that we arrive in.
      next(words, gate);
    } else if (changeGate(words, GATE, gate, after)) {
      if (isFull(words, after) && !next(words, after)) open(words);
      return opened + (((gate >>> MAX_MEMBERS) - opened) & 255);
    }
  }
}

/** Opens the gate if everybody has arrived. */
export function open(words: Int32Array): void {
  const gate = readGate(words, GATE);
  if (isFull(words, gate)) next(words, gate);
}

/** Opens the gate though not everybody has arrived; not when nobody has. */
export function abandonGeneration(words: Int32Array): void {
  for (let gate = readGate(words, GATE); (gate & MEMBERS) !== 0 && !next(words, gate); ) gate = readGate(words, GATE);
}

/** The generation that is being waited for; from 0. */
export function generationOf(words: Int32Array): number {
  for (;;) {
    const opened = readTally(words, GENERATIONS);
    const gate = readGate(words, GATE);
    // Read in this order the gate is not behind; and not 256 ahead, if it is the same count still.
    if (readTally(words, GENERATIONS) === opened) return opened + (((gate >>> MAX_MEMBERS) - opened) & 255);
  }
}

/** Members that have arrived, and are waited for. */
export function arrivedMask(words: Int32Array): number {
  return readGate(words, GATE) & readMask(words, REGISTERED);
}

export function registeredMask(words: Int32Array): number {
  return readMask(words, REGISTERED);
}

/** Says that an agent is a member that nobody is yet, one that has not arrived if there is such a one; gives which, or -1 when all are. */
export function claimMember(words: Int32Array): number {
  for (;;) {
    const claimed = readMask(words, CLAIMED);
    const left = readMask(words, REGISTERED) & ~claimed;
    if (left === 0) return -1;
    // Others arrived as nobody in particular, before the barrier was shared.
    const choice = left & ~readGate(words, GATE) || left;
    const member = 31 - Math.clz32(choice & -choice);
    if (changeMask(words, CLAIMED, claimed, claimed | (1 << member))) return member;
  }
}

/** Registers one more member; gives which, or -1 when there are as many as can be. */
export function addMember(words: Int32Array): number {
  for (;;) {
    const registered = readMask(words, REGISTERED);
    const left = MEMBERS & ~registered;
    if (left === 0) return -1;
    const member = 31 - Math.clz32(left & -left);
    // What a former one left behind; nobody looks at the bits of those that are not registered.
    setBit(words, CLAIMED, member, false);
    for (let gate = readGate(words, GATE); (gate & (1 << member)) !== 0 && !changeGate(words, GATE, gate, gate & ~(1 << member)); ) gate = readGate(words, GATE);
    if (changeMask(words, REGISTERED, registered, registered | (1 << member))) return member;
  }
}

/** Waits for a member no longer, which may complete the generation. */
export function removeMember(words: Int32Array, member: number): void {
  setBit(words, REGISTERED, member, false);
  setBit(words, CLAIMED, member, false);
  open(words);
}

/** Marks a member as claimed, whoever claimed it before. */
export function takeMember(words: Int32Array, member: number): void {
  setBit(words, CLAIMED, member, true);
}

/** A registered member for a count that goes down: one that is not claimed, and not arrived, if there is one. -1 without any. */
export function spareMember(words: Int32Array): number {
  const registered = readMask(words, REGISTERED);
  const unclaimed = registered & ~readMask(words, CLAIMED);
  const choice = [unclaimed & ~readGate(words, GATE), unclaimed, registered].find((mask) => mask !== 0) ?? 0;
  return choice === 0 ? -1 : 31 - Math.clz32(choice);
}

function isFull(words: Int32Array, gate: number): boolean {
  const registered = readMask(words, REGISTERED);
  return registered !== 0 && (gate & registered) === registered;
}

function next(words: Int32Array, gate: number): boolean {
  const generation = ((gate >>> MAX_MEMBERS) + 1) & 255;
  if (!changeGate(words, GATE, gate, generation << MAX_MEMBERS)) return false;
  addTally(words, GENERATIONS, 1);
  wakeAll(words, GATE);
  return true;
}

function setBit(words: Int32Array, mask: number, member: number, isSet: boolean): void {
  const bit = 1 << member;
  for (;;) {
    const before = readMask(words, mask);
    if (changeMask(words, mask, before, isSet ? before | bit : before & ~bit)) return;
  }
}
