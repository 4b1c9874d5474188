/**
 * Blocks of shared memory, step by step through all interleavings of small cases: claimed by several at once, sent and received, each goes to one agent. Bugs that are planted are
 * found. Freed through a queue: interleavings-frees.test.ts.
 */
import { describe, expect, test } from "vitest";
import { explore, isLinearizable, stepped, type Explored, type Operation, type Outcome, type Script } from "./stepped-agents.ts";
import { memoryOf, ringOf } from "./stepped-ring.ts";

const BLOCKS = ["words.ts", "ring.ts", "block-state.ts", "block-run.ts"];
/** How a block is claimed, sent and received, in the words of transfer-region.ts and transfer-channel.ts. */
const USES = `
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
  words[item] = (block << 3) | BLOCK;
  words[item + 1] = encode(owned >>> 9, agent, 2);
  writeState(words, block, encode(owned >>> 9, agent, 2));
  publish(ring, item);
  return true;
}
function receiveFrom(ring, agent, run) {
  const { words } = ring;
  for (;;) {
    const at = nextBlock(ring, run);
    if (at === NO_ITEM) return 0;
    if (at === OTHER_ITEM) continue;
    const block = run.places[at] >> 3;
    const word = run.states[at];
    const isTaken = changeState(words, block, word, encode(word >>> 9, agent, 3));
    clear(ring, run.from + at);
    if (isTaken) return block;
  }
}
function receiveBlock(words, block, word, agent, payload) {
  return changeState(words, block, word, encode(word >>> 9, agent, 3)) ? words[payload] : -1;
}
`;

describe("loose blocks", () => {
  const word = (generation: number, holder: number, state: number): number => (generation << 9) | (holder << 3) | state;
  const [FREE, IN_FLIGHT] = [0, 2];
  const nobody = 63;
  const taken = ({ operations }: Outcome, name: string): unknown[] => operations.filter((each) => each.name === name && each.result !== 0).map(({ result }) => result);

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
    const ring = ringOf(2, 2);
    const runs = [0, 0].map(() => ({ from: 0, count: 0, places: new Int32Array(8), states: new Int32Array(8) }));
    const memory = memoryOf(ring, 0);
    // The words before the ring's slots that it does not use are the blocks.
    memory.set([(1 << 9) | 2, (1 << 9) | 2, (1 << 9) | 1], first);
    // Both slots are full of the first lap, which is 2 positions long.
    const full = 2 << ring.shift;
    memory.set([full, (first << 3) | 2, (1 << 9) | 2, full, (second << 3) | 2, (1 << 9) | 2], 48);
    return explore(stepped(BLOCKS, USES, planted), [[["sendBlock", { ...ring, tail: 2 }, 0, third]], [["receiveFrom", ring, 1, runs[0]]], [["receiveFrom", ring, 2, runs[1]]]], memory, ({ operations }) => {
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
  test("planted: items that are not looked at again, once they were read, give a later one too early (ABA), which is found", () => {
    expect(() => run(["if (count === 0 || !holdsStill(ring, position)) return OTHER_ITEM;", "if (count === 0) return OTHER_ITEM;"])).toThrow("no order gives");
  });
  test("planted: a state that is changed without comparing gives a block to two, which is found", () => {
    expect(() => run(["return Atomics.compareExchange(words, state, before, after) === before;\n}\n\n/** Sets the state word", "Atomics.store(words, state, after);\n  return true;\n}\n\n/** Sets the state word"])).toThrow("no order gives");
  });
});
