/**
 * The queue of what others free of an agent's memory, step by step through all interleavings of small cases: it is a bounded queue whatever an agent has slept over, and blocks that go
 * through it come back once. Bugs that are planted are found.
 */
import { describe, expect, test } from "vitest";
import { explore, isLinearizable, stepped, type Explored, type Operation, type Outcome, type Script } from "./stepped-agents.ts";

/** How a block is freed, taken back and given up, in the words of deferred-frees.ts and transfer-region.ts; its place is 16 times the word that it has here. */
const USES = `
function put(queue, block) {
  return putFree(queue, block << 4);
}
function take(queue) {
  for (;;) {
    if (readFrees(queue, 1, []) === 0) return 0;
    const place = takeFree(queue);
    if (place !== 0) return place >> 4;
  }
}
function free(queue, agent, block, received, released) {
  const { words } = queue;
  if (!changeState(words, block, received, released)) return false;
  return putFree(queue, block << 4) || loosenBlock(words, block, released);
}
function takeBack(queue, agent) {
  const { words } = queue;
  const found = [];
  const count = readFrees(queue, 2, found);
  const kept = [];
  for (let i = 0; i < count; i += 1) {
    const block = found[i] >> 4;
    const word = words[block];
    if (stateIn(word) === RELEASED && claimBlock(words, block, word, agent)) kept.push(block);
  }
  if (count > 0) passFrees(queue, count);
  return kept;
}
function useAgain(words, block, payload, value, agent) {
  const free = words[block];
  if (!isIn(free, agent, FREE)) return 0;
  words[payload] = value;
  return 1;
}
function readAndFree(queue, agent, block, payload, received, released) {
  const { words } = queue;
  const value = words[payload];
  if (!changeState(words, block, received, released)) return -1;
  putFree(queue, block << 4);
  return value;
}
function drop(queue) {
  const { words } = queue;
  const block = takeFree(queue) >> 4;
  const word = words[block];
  return block !== 0 && stateIn(word) === RELEASED && changeState(words, block, word, encode(generationIn(word), holderIn(word), LEAKED)) ? block : 0;
}
function adopt(words, block, released, agent) {
  return claimBlock(words, block, released, agent);
}
`;
const FILES = ["words.ts", "free-queue.ts", "block-state.ts"];
const [HEAD, FIRST_ENTRY] = [16, 32];

interface QueueShape {
  readonly words: object;
  readonly base: number;
  readonly capacity: number;
  readonly mask: number;
  readonly shift: number;
  readonly lapShift: number;
  readonly tail: number;
  readonly head: number;
}

/** What `openFreeQueue` gives, over the memory that agents step over. */
function queueOf(capacity: number): QueueShape {
  const entries = 2 ** Math.ceil(Math.log2(capacity));
  return { words: {}, base: 0, capacity, mask: entries - 1, shift: Math.log2(entries), lapShift: 8, tail: 0, head: 0 };
}

describe("the queue", () => {
  const model = (capacity: number) => (): ((operation: Operation) => unknown) => {
    const blocks: unknown[] = [];
    return ({ name, given }) => {
      if (name === "take") return blocks.shift() ?? 0;
      if (blocks.length >= capacity) return false;
      blocks.push(given[1]);
      return true;
    };
  };
  const run = (capacity: number, scripts: (queue: QueueShape) => readonly Script[], planted?: readonly [string, string]): Explored => {
    const queue = queueOf(capacity);
    return explore(stepped(FILES, USES, planted), scripts(queue), new Int32Array(FIRST_ENTRY + queue.mask + 1), ({ operations }) => {
      if (!isLinearizable(operations, model(capacity))) throw new Error(`no order gives ${operations.map(({ name, given, result }) => `${name}(${JSON.stringify(given.slice(1))}) = ${String(result)}`).join(", ")}`);
    });
  };
  // Nothing is ever half written, so nothing may say no that another's part is in the way of.
  const cases: readonly (readonly [name: string, capacity: number, scripts: (queue: QueueShape) => readonly Script[]])[] = [
    ["two put, room for one", 1, (queue) => [[["put", queue, 1]], [["put", queue, 2]]]],
    ["two put, room for both", 2, (queue) => [[["put", queue, 1]], [["put", queue, 2]]]],
    ["one puts twice, another takes twice", 1, (queue) => [[["put", queue, 1], ["put", queue, 2]], [["take", queue], ["take", queue]]]],
    ["one puts, two take", 2, (queue) => [[["put", queue, 1]], [["take", queue]], [["take", queue]]]],
    ["one puts, takes and puts the same; another takes", 1, (queue) => [[["put", queue, 1], ["take", queue], ["put", queue, 1]], [["take", queue]]]],
    ["one puts twice, another takes twice, room for three in four", 3, (queue) => [[["put", queue, 1], ["put", queue, 2]], [["take", queue], ["take", queue]]]],
    ["two put, one takes", 2, (queue) => [[["put", queue, 1]], [["put", queue, 2]], [["take", queue]]]],
  ];
  test.each(cases)("%s", (_, capacity, scripts) => {
    expect(run(capacity, scripts).ends).toBeGreaterThan(0);
  });
  test.each([2, 4])("with a tail that follows every position: case %i", (at) => {
    const [, capacity, scripts] = cases[at] ?? expect.fail("the case");
    expect(run(capacity, scripts, ["const STRIDE = 16;", "const STRIDE = 1;"]).ends).toBeGreaterThan(0);
  });

  test("planted: entries that name no lap are found", () => {
    const [, capacity, scripts] = cases[4] ?? expect.fail("the case");
    expect(() => run(capacity, scripts, ["((position >>> queue.shift) + 1) << queue.lapShift", "0"])).toThrow(/no order gives|no end/);
  });
  test("planted: an entry that is put without comparing is found", () => {
    const [, capacity, scripts] = cases[0] ?? expect.fail("the case");
    expect(() => run(capacity, scripts, ["return Atomics.compareExchange(words, slot, before, after) === before;", "Atomics.store(words, slot, after); return true;"])).toThrow("no order gives");
  });
  test("planted: a head that is moved without comparing is found", () => {
    const [, capacity, scripts] = cases[2] ?? expect.fail("the case");
    expect(() => run(capacity, (queue) => [...scripts(queue), [["take", queue]]], ["return Atomics.compareExchange(words, head, before, after) === before;", "Atomics.store(words, head, after); return true;"])).toThrow(/no order gives|no end/);
  });
  test("planted: one who puts and does not ask for the head overwrites what was not taken, which is found", () => {
    const [, capacity, scripts] = cases[0] ?? expect.fail("the case");
    expect(() => run(capacity, scripts, ["while (hasRoom(queue, position)) {", "for (;;) {"])).toThrow("no order gives");
  });
});

describe("deferred frees", () => {
  const word = (generation: number, holder: number, state: number): number => (generation << 9) | (holder << 3) | state;
  const [FREE, RECEIVED, RELEASED, LEAKED] = [0, 3, 4, 5];
  const [owner, nobody] = [5, 63];
  const functions = stepped(FILES, USES);
  const taken = ({ operations }: Outcome): number[] => operations.filter(({ name }) => name === "takeBack").flatMap(({ result }) => result as number[]);
  const setUp = (capacity: number): { queue: QueueShape; first: number; second: number; memory: Int32Array } => {
    const queue = queueOf(capacity);
    const memory = new Int32Array(FIRST_ENTRY + queue.mask + 4);
    const first = memory.length - 3;
    memory[first] = word(1, 0, RECEIVED);
    memory[first + 1] = word(1, 1, RECEIVED);
    return { queue, first, second: first + 1, memory };
  };
  const freed = (queue: QueueShape, agent: number, block: number): Script[number] => ["free", queue, agent, block, word(1, agent, RECEIVED), word(1, agent, RELEASED)];

  test.each([2, 1])("two agents free, the owner takes back what there is at once: each block once, with room for %i", (room) => {
    const { queue, first, second, memory } = setUp(room);
    const { states } = explore(functions, [[freed(queue, 0, first)], [freed(queue, 1, second)], [["takeBack", queue, owner]]], memory, (outcome) => {
      const blocks = taken(outcome);
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
    const { queue, first, memory } = setUp(2);
    explore(functions, [[freed(queue, 0, first), ["takeBack", queue, owner]], [["adopt", {}, first, word(1, 0, RELEASED), 2]]], memory, (outcome) => {
      const adopted = outcome.operations.find(({ name }) => name === "adopt")?.result === true;
      if (taken(outcome).length + (adopted ? 1 : 0) !== 1) throw new Error(`freed ${taken(outcome).length} times, adopted ${String(adopted)}`);
    });
  });

  test("the owner takes back while another gives up the oldest: each block goes one way, and is out of the queue", () => {
    const { queue, first, second, memory } = setUp(2);
    memory[first] = word(1, 0, RELEASED);
    memory[second] = word(1, 1, RELEASED);
    memory.set([(1 << 8) | first, (1 << 8) | second], FIRST_ENTRY);
    const { ends } = explore(functions, [[["takeBack", { ...queue, tail: 2 }, owner]], [["drop", { ...queue, tail: 2 }]]], memory, (outcome) => {
      const dropped = outcome.operations.find(({ name }) => name === "drop")?.result as number;
      const gone = [...taken(outcome), ...(dropped === 0 ? [] : [dropped])];
      if (new Set(gone).size !== gone.length || taken(outcome).length === 0) throw new Error(`taken back ${taken(outcome).join()}, given up ${dropped}`);
      if (dropped !== 0 && outcome.memory[dropped] !== word(1, dropped - first, LEAKED)) throw new Error(`block ${dropped} is ${outcome.memory[dropped]}`);
      if (outcome.memory[HEAD] !== gone.length) throw new Error(`${gone.length} are gone, the head is at ${outcome.memory[HEAD]}`);
    });
    expect(ends).toBeGreaterThan(0);
  });

  test("what is freed was read before its owner writes to it again", () => {
    const { queue, first, memory } = setUp(2);
    const payload = memory.length - 1;
    memory[payload] = 7;
    const scripts: readonly Script[] = [[["readAndFree", queue, 0, first, payload, word(1, 0, RECEIVED), word(1, 0, RELEASED)]], [["takeBack", queue, owner], ["useAgain", {}, first, payload, 9, owner]]];
    explore(functions, scripts, memory, ({ operations }) => {
      const read = operations.find(({ name }) => name === "readAndFree")?.result;
      if (read !== 7) throw new Error(`read ${String(read)}`);
    });
  });
});
