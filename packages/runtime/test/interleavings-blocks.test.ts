/**
 * Blocks of shared memory, step by step through all interleavings of small cases: freed through a queue, without one, taken back, taken over and claimed by several at once, each goes
 * to one agent. Bugs that are planted are found.
 */
import { describe, expect, test } from "vitest";
import { explore, isLinearizable, stepped, type Explored, type Operation, type Outcome, type Script } from "./stepped-agents.ts";
import { memoryOf, ringOf, type RingShape } from "./stepped-ring.ts";

const BLOCKS = ["words.ts", "ring.ts", "block-state.ts"];
/** How a block is freed, taken back, claimed and received, in the words of deferred-frees.ts and transfer-region.ts. */
const USES = `
function free(ring, agent, block, received, released) {
  const { words } = ring;
  if (!changeState(words, block, received, released)) return false;
  const item = claimSlot(ring, agent);
  if (item < 0) return loosenBlock(words, block, released);
  words[item] = block;
  words[item + 1] = released;
  publish(ring, item);
  return true;
}
function takeBack(ring, agent) {
  const { words } = ring;
  const position = peek(ring);
  if (position < 0) return 0;
  const item = itemAt(ring, position);
  const block = words[item] ?? 0;
  const state = words[item + 1] ?? 0;
  return clear(ring, position) && claimBlock(words, block, state, agent) ? block : 0;
}
function gather(words, block, agent) {
  const word = readState(words, block);
  return isLoose(word) && claimBlock(words, block, word, agent) ? block : 0;
}
function gatherAndUse(words, block, agent, payload, value) {
  if (gather(words, block, agent) === 0) return 0;
  words[payload] = value;
  const owned = own(words, block, words[block], agent);
  return changeState(words, block, owned, encode(owned >>> 9, agent, 2)) ? words[payload] : -1;
}
function sendBlock(ring, agent, block) {
  const { words } = ring;
  const item = claimSlot(ring, agent);
  if (item < 0) return false;
  const owned = words[block];
  words[item] = 2;
  words[item + 1] = block;
  words[item + 2] = encode(owned >>> 9, agent, 2);
  if (!changeState(words, block, owned, encode(owned >>> 9, agent, 2))) return false;
  publish(ring, item);
  return true;
}
function receiveFrom(ring, agent) {
  const { words } = ring;
  for (;;) {
    const position = peek(ring);
    if (position < 0) return 0;
    const item = itemAt(ring, position);
    const block = readItem(words, item + 1);
    const word = readItem(words, item + 2);
    if (!isStill(ring, position)) continue;
    const isTaken = changeState(words, block, word, encode(word >>> 9, agent, 3));
    clear(ring, position);
    if (isTaken) return block;
  }
}
function receiveBlock(words, block, word, agent, payload) {
  return changeState(words, block, word, encode(word >>> 9, agent, 3)) ? words[payload] : -1;
}
function adopt(words, block, released, agent) {
  return claimBlock(words, block, released, agent);
}
`;

describe("deferred frees", () => {
  const word = (generation: number, holder: number, state: number): number => (generation << 9) | (holder << 3) | state;
  const [FREE, IN_FLIGHT, RECEIVED, RELEASED] = [0, 2, 3, 4];
  const [owner, nobody] = [5, 63];
  const functions = stepped(BLOCKS, USES);
  const taken = ({ operations }: Outcome, name: string): unknown[] => operations.filter((each) => each.name === name && each.result !== 0).map(({ result }) => result);
  const setUp = (capacity: number): { ring: RingShape; first: number; second: number; memory: Int32Array } => {
    const ring = ringOf(capacity, 2);
    const memory = memoryOf(ring, 3);
    const first = memory.length - 3;
    memory[first] = word(1, 0, RECEIVED);
    memory[first + 1] = word(1, 1, RECEIVED);
    return { ring, first, second: first + 1, memory };
  };
  const freed = (ring: RingShape, agent: number, block: number): Script[number] => ["free", ring, agent, block, word(1, agent, RECEIVED), word(1, agent, RELEASED)];

  test.each([2, 1])("two agents free, the owner takes back: each block once, with room for %i", (room) => {
    const { ring, first, second, memory } = setUp(room);
    const { states } = explore(functions, [[freed(ring, 0, first)], [freed(ring, 1, second)], [["takeBack", ring, owner]]], memory, (outcome) => {
      const blocks = taken(outcome, "takeBack");
      if (new Set(blocks).size !== blocks.length) throw new Error(`taken back twice: ${blocks.join()}`);
      for (const [agent, block] of [first, second].entries()) {
        const end = outcome.memory[block];
        const isLeft = end === word(1, agent, RELEASED) || (room === 1 && end === word(1, nobody, FREE));
        if (blocks.includes(block) ? end !== word(1, owner, FREE) : !isLeft) throw new Error(`block ${block} is ${end}`);
      }
    });
    expect(states).toBeGreaterThan(100);
  });

  test("the owner takes back while another takes over what a dead one freed: each block once, whatever is queued", () => {
    const { ring, first, memory } = setUp(2);
    explore(functions, [[freed(ring, 0, first), ["takeBack", ring, owner]], [["adopt", {}, first, word(1, 0, RELEASED), 2]]], memory, (outcome) => {
      const adopted = outcome.operations.find(({ name }) => name === "adopt")?.result === true;
      if (taken(outcome, "takeBack").length + (adopted ? 1 : 0) !== 1) throw new Error(`freed ${taken(outcome, "takeBack").length} times, adopted ${String(adopted)}`);
    });
  });

  // Place 0 stands for none, so the block is the second word.
  const claimed = (scripts: readonly Script[], planted?: readonly [string, string]): Explored => {
    const memory = new Int32Array([0, word(1, nobody, FREE), 0]);
    return explore(stepped(["words.ts", "block-state.ts"], USES, planted), scripts, memory, (outcome) => {
      const gathered = taken(outcome, "gather").length + taken(outcome, "gatherAndUse").length;
      if (gathered !== 1) throw new Error(`claimed ${gathered} times`);
      const used = outcome.operations.find(({ name, result }) => name === "gatherAndUse" && result !== 0);
      if (used !== undefined && used.result !== used.given[4]) throw new Error(`written ${String(used.given[4])}, read ${String(used.result)}`);
    });
  };

  test("three agents claim the same loose block: one gets it", () => {
    expect(claimed([[["gather", {}, 1, 0]], [["gather", {}, 1, 1]], [["gather", {}, 1, 2]]]).ends).toBeGreaterThan(0);
  });
  test("planted: a claim that does not compare is found", () => {
    expect(() => claimed([[["gather", {}, 1, 0]], [["gather", {}, 1, 1]]], ["return changeState(words, at, word, encode(generationIn(word), agent, FREE));", "setState(words, at, encode(generationIn(word), agent, FREE)); return true;"])).toThrow("claimed 2 times");
  });

  test("what is claimed and sent is received by one, whole; by an old word of it by nobody", () => {
    const sent = word(2, 0, IN_FLIGHT);
    const receive = (agent: number, held: number): Script[number] => ["receiveBlock", {}, 1, held, agent, 2];
    const run = (planted?: readonly [string, string]): Explored => explore(stepped(["words.ts", "block-state.ts"], USES, planted), [[["gatherAndUse", {}, 1, 0, 2, 77]], [receive(1, sent)], [receive(2, word(1, 0, IN_FLIGHT))]], new Int32Array([0, word(1, nobody, FREE), 0]), ({ operations }) => {
      const [fresh, stale] = [1, 2].map((agent) => operations.find(({ name, given }) => name === "receiveBlock" && given[3] === agent)?.result);
      if (stale !== -1 || (fresh !== -1 && fresh !== 77)) throw new Error(`received ${String(fresh)}, by an old word ${String(stale)}`);
    });
    expect(run().ends).toBeGreaterThan(0);
    expect(() => run(["encode((generationIn(free) + 1) % GENERATIONS, agent, OWNED)", "encode(generationIn(free), agent, OWNED)"])).toThrow("by an old word 77");
    expect(() => run(["return Atomics.compareExchange(words, state, before, after) === before;\n}\n\n/** Sets the state word", "if (words[state] !== before) return false;\n  words[state] = after;\n  return true;\n}\n\n/** Sets the state word"])).toThrow("received 0, by an old word -1");
  });
});

describe("blocks through a ring", () => {
  const [first, second, third] = [1, 2, 3];
  /** Two are sent, and take up the ring; a third is sent beside two that receive. */
  const run = (planted?: readonly [string, string]): Explored => {
    const ring = ringOf(2, 3);
    const memory = memoryOf(ring, 0);
    // The words before the ring's slots that it does not use are the blocks.
    memory.set([(1 << 9) | 2, (1 << 9) | 2, (1 << 9) | 1], first);
    memory.set([2, 2, first, (1 << 9) | 2, 2, 2, second, (1 << 9) | 2], 48);
    return explore(stepped(BLOCKS, planted === undefined ? USES : USES.replace(...planted)), [[["sendBlock", { ...ring, tail: 2 }, 0, third]], [["receiveFrom", ring, 1]], [["receiveFrom", ring, 2]]], memory, ({ operations }) => {
      const model = (): ((operation: Operation) => unknown) => {
        const blocks = [first, second];
        return ({ name }) => (name === "receiveFrom" ? (blocks.shift() ?? 0) : blocks.length < 2 && blocks.push(third) > 0);
      };
      const decided = operations.filter(({ result }) => result !== false);
      const renumbered = decided.map((each) => ({ ...each, after: each.after.flatMap((i) => (decided.includes(operations[i] as Operation) ? [decided.indexOf(operations[i] as Operation)] : [])) }));
      if (!isLinearizable(renumbered, model)) throw new Error(`no order gives ${operations.map(({ name, result }) => `${name} = ${String(result)}`).join(", ")}`);
    });
  };

  test("come in their order, each to one, also to a receiver that was slow", () => expect(run().ends).toBeGreaterThan(0));
  test("planted: a slot that is not looked at again, once its item was read, gives a later one too early (ABA), which is found", () => {
    expect(() => run(["if (!isStill(ring, position)) continue;", ""])).toThrow("no order gives");
  });
});
