/**
 * The rings, the queues of deferred frees, the barriers and the sums that agents share, step by step through all interleavings of small cases: what the operations give
 * is what some order of them gives one by one. Bugs that are planted are found.
 */
import { describe, expect, test } from "vitest";
import { explore, isLinearizable, stepped, type Explored, type Operation, type Outcome, type Script } from "./stepped-agents.ts";

const RING = ["words.ts", "ring.ts"];
/** What channels and deferred frees do with a ring, in the words of transfer-channel.ts and deferred-frees.ts. */
const USES = `
function send(ring, agent, value) {
  const item = claimSlot(ring, agent);
  if (item < 0) return false;
  const { words } = ring;
  words[item] = value;
  publish(ring, item);
  return true;
}
function receive(ring) {
  const { words } = ring;
  for (;;) {
    const position = peek(ring);
    if (position < 0) return 0;
    const value = words[itemAt(ring, position)] ?? 0;
    if (clear(ring, position)) return value;
  }
}
function sendAndWake(ring, at, agent, value) {
  send(ring, agent, value);
  raise(at);
  return true;
}
function receiveOrSleep(ring, at) {
  countWaiter(at.words, at.waiters, 1);
  for (;;) {
    const seen = readSignal(at.words, at.signal);
    const value = receive(ring);
    if (value !== 0) {
      countWaiter(at.words, at.waiters, -1);
      return value;
    }
    waitWhile(at.words, at.signal, seen, 50);
  }
}
function free(ring, agent, block, held, released) {
  const { words } = ring;
  if (!changeState(words, block, held, released)) return false;
  const item = claimSlot(ring, agent);
  if (item < 0) return false;
  words[item] = block;
  words[item + 1] = released;
  publish(ring, item);
  return true;
}
function takeBack(ring, free) {
  const { words } = ring;
  const position = peek(ring);
  if (position < 0) return 0;
  const item = itemAt(ring, position);
  const block = words[item] ?? 0;
  const state = words[item + 1] ?? 0;
  return clear(ring, position) && changeState(words, block, state, free) ? block : 0;
}
function adopt(words, block, released, free) {
  return changeState(words, block, released, free);
}
function useIn(words, members, member) {
  return arrive(words, member);
}
`;

interface RingShape {
  readonly words: object;
  readonly base: number;
  readonly capacity: number;
  readonly mask: number;
  readonly shift: number;
  readonly slotWords: number;
}

function ringOf(capacity: number, itemWords = 1): RingShape {
  const slots = 2 ** Math.ceil(Math.log2(capacity));
  return { words: {}, base: 0, capacity, mask: slots - 1, shift: Math.log2(slots), slotWords: 1 + itemWords };
}

const memoryOf = ({ mask, slotWords }: RingShape, more = 0): Int32Array => new Int32Array(48 + (mask + 1) * slotWords + more);

function queueModel(capacity: number): () => (operation: Operation) => unknown {
  return () => {
    const items: unknown[] = [];
    return ({ name, given }) => {
      if (name === "receive") return items.shift() ?? 0;
      if (items.length >= capacity) return false;
      items.push(given[2]);
      return true;
    };
  };
}

/**
 * What may say no while another is in the middle of its part: a receive beside a send, whose slot may be in the way though a later one is full; a send beside a receive. Those
 * are allowed their no, and have no effect.
 */
function decided(operations: readonly Operation[]): Operation[] {
  const isBeside = (a: number, b: number): boolean => operations[a]?.after.includes(b) !== true && operations[b]?.after.includes(a) !== true;
  const kept = operations.map((_, i) => i).filter((i) => {
    const { name, result } = operations[i] as Operation;
    const other = name === "receive" ? "send" : "receive";
    return !((result === 0 || result === false) && operations.some((each, j) => each.name === other && isBeside(i, j)));
  });
  return kept.map((i) => ({ ...(operations[i] as Operation), after: (operations[i] as Operation).after.flatMap((before) => (kept.includes(before) ? [kept.indexOf(before)] : [])) }));
}

function exploreRing(capacity: number, scripts: (ring: RingShape) => readonly Script[], planted?: readonly [string, string]): Explored {
  const ring = ringOf(capacity);
  return explore(stepped(RING, USES, planted), scripts(ring), memoryOf(ring), ({ operations }) => {
    if (!isLinearizable(decided(operations), queueModel(capacity))) throw new Error(`no order gives ${operations.map(({ name, given, result }) => `${name}(${JSON.stringify(given.slice(2))}) = ${String(result)}`).join(", ")}`);
  });
}

describe("the ring", () => {
  const cases: readonly (readonly [name: string, capacity: number, scripts: (ring: RingShape) => readonly Script[]])[] = [
    ["two send, room for one", 1, (ring) => [[["send", ring, 0, 1]], [["send", ring, 1, 2]]]],
    ["two send, room for both", 2, (ring) => [[["send", ring, 0, 1]], [["send", ring, 1, 2]]]],
    ["one sends twice, another receives twice", 1, (ring) => [[["send", ring, 0, 1], ["send", ring, 0, 2]], [["receive", ring], ["receive", ring]]]],
    ["one sends, two receive", 2, (ring) => [[["send", ring, 0, 1]], [["receive", ring]], [["receive", ring]]]],
    ["one sends, receives and sends; another receives", 1, (ring) => [[["send", ring, 0, 1], ["receive", ring], ["send", ring, 0, 2]], [["receive", ring]]]],
    ["two send, one receives", 2, (ring) => [[["send", ring, 0, 1]], [["send", ring, 1, 2]], [["receive", ring]]]],
  ];
  test.each(cases)("%s", (_, capacity, scripts) => {
    const { states, ends } = exploreRing(capacity, scripts);
    expect(states).toBeGreaterThan(100);
    expect(ends).toBeGreaterThan(0);
  });

  test("planted: a slot that does not name its lap (ABA) is found", () => {
    const [, capacity, scripts] = cases[4] ?? expect.fail("the case");
    expect(() => exploreRing(capacity, scripts, ["((position >>> ring.shift) % LAPS)", "0"])).toThrow("no order gives");
  });

  test("planted: an item published without a fence is found", () => {
    expect(() => exploreRing(2, (ring) => [[["send", ring, 0, 1]], [["receive", ring]]], ["Atomics.store(words, slot, state);", "words[slot] = state;"])).toThrow("no order gives");
  });
});

describe("sleeping on a ring", () => {
  const at = { words: {}, signal: 17, waiters: 18 };
  const run = (planted?: readonly [string, string]): Explored => {
    const ring = ringOf(2);
    return explore(stepped([...RING, "wait-signal.ts"], USES, planted), [[["receiveOrSleep", ring, at]], [["sendAndWake", ring, at, 1, 7]]], memoryOf(ring), ({ operations }) => {
      if (operations.find(({ name }) => name === "receiveOrSleep")?.result !== 7) throw new Error("the item was not received");
    });
  };

  test("nobody sleeps for good", () => expect(run().ends).toBeGreaterThan(0));
  test("planted: a wake-up that does not change the signal is lost, which is found", () => expect(() => run(["Atomics.add(words, signal, 1);", ""])).toThrow("agents sleep and nobody wakes them"));
  test("planted: a waker that asks for sleepers before it publishes is found", () => {
    expect(() => run(["if (readWaiters(at.words, at.waiters) > 0) wake(at.words, at.signal, count);", ""])).toThrow("agents sleep and nobody wakes them");
  });
});

describe("deferred frees", () => {
  const ring = ringOf(2, 2);
  const [first, second] = [48 + 2 * 3, 48 + 2 * 3 + 1];
  const [HELD, RELEASED, FREE] = [3, 4, 8];
  const memory = memoryOf(ring, 2);
  memory[first] = memory[second] = HELD;
  const functions = stepped(RING, USES);
  const taken = ({ operations }: Outcome): unknown[] => operations.filter(({ name, result }) => name === "takeBack" && result !== 0).map(({ result }) => result);

  test("two agents free, the owner takes back: each block once", () => {
    const { states } = explore(functions, [[["free", ring, 0, first, HELD, RELEASED]], [["free", ring, 1, second, HELD, RELEASED]], [["takeBack", ring, FREE]]], memory, (outcome) => {
      const blocks = taken(outcome);
      if (new Set(blocks).size !== blocks.length) throw new Error(`taken back twice: ${blocks.join()}`);
      for (const block of [first, second]) if (outcome.memory[block] !== (blocks.includes(block) ? FREE : RELEASED)) throw new Error(`block ${block} is ${outcome.memory[block]}`);
    });
    expect(states).toBeGreaterThan(100);
  });

  test("the owner takes back while another takes over what a dead one freed: each block once, whatever is queued", () => {
    explore(functions, [[["free", ring, 0, first, HELD, RELEASED], ["takeBack", ring, FREE]], [["adopt", {}, first, RELEASED, 16]]], memory, (outcome) => {
      const adopted = outcome.operations.find(({ name }) => name === "adopt")?.result === true;
      if (taken(outcome).length + (adopted ? 1 : 0) !== 1) throw new Error(`freed ${taken(outcome).length} times, adopted ${String(adopted)}`);
    });
  });
});

describe("the barrier", () => {
  const functions = (planted?: readonly [string, string]): ReturnType<typeof stepped> => stepped(["words.ts", "gate.ts"], USES, planted);
  const model = (members: number) => (): ((operation: Operation) => unknown) => {
    const arrived = new Set<unknown>();
    let generation = 0;
    return ({ given }) => {
      const [, , member] = given;
      if (arrived.has(member)) return -1;
      arrived.add(member);
      const in_ = generation;
      if (arrived.size === members) {
        arrived.clear();
        generation += 1;
      }
      return in_;
    };
  };
  const run = (members: number, scripts: readonly Script[], planted?: readonly [string, string]): Explored => {
    const memory = new Int32Array(5);
    memory[2] = 2 ** members - 1;
    return explore(functions(planted), scripts, memory, ({ operations, memory: end }) => {
      if (!isLinearizable(operations, model(members))) throw new Error(`no order gives ${operations.map(({ given, result }) => `${JSON.stringify(given[2])}: ${String(result)}`).join(", ")}`);
      const signals = operations.filter(({ result }) => result !== -1).length;
      if ((end[4] ?? 0) !== Math.floor(signals / members) || ((end[1] ?? 0) >>> 24) !== (end[4] ?? 0)) throw new Error(`${signals} signals, ${end[4]} generations`);
    });
  };
  const at = (member: number, members: number): Script[number] => ["useIn", {}, members, member];

  test("two agents, two generations: every signal is in one of them, and is refused when it is one too many", () => {
    expect(run(2, [[at(0, 2), at(0, 2)], [at(1, 2), at(1, 2)]]).ends).toBeGreaterThan(0);
  });
  test("three agents, one generation", () => expect(run(3, [[at(0, 3)], [at(1, 3)], [at(2, 3)]]).ends).toBeGreaterThan(0));
  test("planted: a gate that is opened without comparing is found", () => {
    expect(() => run(2, [[at(0, 2), at(0, 2)], [at(1, 2)]], ["if (!changeGate(words, GATE, gate, generation << MAX_MEMBERS)) return false;", "changeGate(words, GATE, gate, generation << MAX_MEMBERS);"])).toThrow(/no order gives|signals/);
  });
});

describe("sums with a limit", () => {
  const run = (planted?: readonly [string, string]): Explored => explore(stepped(["words.ts"], "function add(words, at, amount, limit) { return addWithin(words, at, amount, limit); }", planted), [0, 1, 2].map(() => [["add", {}, 0, 4, 10]]), new Int32Array(1), ({ operations, memory }) => {
    const model = (): ((operation: Operation) => unknown) => {
      let sum = 0;
      return () => (sum + 4 <= 10 ? (sum += 4) : -1);
    };
    if (!isLinearizable(operations, model) || memory[0] !== 8) throw new Error(`no order gives ${operations.map(({ result }) => String(result)).join(", ")}: ${memory[0]}`);
  });
  test("the last bytes go to one agent", () => expect(run().ends).toBeGreaterThan(0));
  test("planted: adding without comparing is found", () => expect(() => run(["const found = Atomics.compareExchange(words, tally, seen, seen + amount);\n    if (found === seen) return seen + amount;\n    seen = found;\n  }\n  return -1;", "Atomics.store(words, tally, seen + amount);\n    return seen + amount;\n  }\n  return -1;"])).toThrow("no order gives"));
});
