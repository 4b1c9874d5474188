/**
 * The rings, the barriers and the sums that agents share, step by step through all interleavings of small cases: what the operations give is what some order of them gives one by
 * one. Bugs that are planted are found. Blocks and deferred frees: interleavings-blocks.test.ts.
 */
import { describe, expect, test } from "vitest";
import { explore, isLinearizable, stepped, type Explored, type Operation, type Outcome, type Script } from "./stepped-agents.ts";
import { memoryOf, ringOf, type RingShape } from "./stepped-ring.ts";

const RING = ["words.ts", "ring.ts"];
/** What channels do with a ring, in the words of transfer-channel.ts. */
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
  raiseMet(at);
  return true;
}
function receiveOrSleep(ring, at) {
  for (;;) {
    const seen = announce(at);
    meetSender(ring);
    const value = receive(ring);
    if (value !== 0) return value;
    waitWhile(at.words, at.signal, seen, 50);
  }
}
function sendOrSleep(ring, at, agent, value) {
  for (;;) {
    const seen = announce(at);
    meetReceiver(ring);
    if (send(ring, agent, value)) return true;
    waitWhile(at.words, at.signal, seen, 50);
  }
}
function receiveAndWake(ring, at) {
  const value = receive(ring);
  raiseMet(at);
  return value;
}
function countAndWake(at, tally) {
  addTally(at.words, tally, 1);
  raise(at);
  return 1;
}
function takeOrSleep(at, tally) {
  for (;;) {
    const seen = announce(at);
    if (readTally(at.words, tally) > 0) return addTally(at.words, tally, -1);
    waitWhile(at.words, at.signal, seen, 50);
  }
}
function useIn(words, members, member) {
  return arrive(words, member);
}
`;

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
    ["one sends twice, another receives twice, room for three in four", 3, (ring) => [[["send", ring, 0, 1], ["send", ring, 0, 2]], [["receive", ring], ["receive", ring]]]],
    ["two send, one receives", 2, (ring) => [[["send", ring, 0, 1]], [["send", ring, 1, 2]], [["receive", ring]]]],
  ];
  test.each(cases)("%s", (_, capacity, scripts) => {
    const { states, ends } = exploreRing(capacity, scripts);
    expect(states).toBeGreaterThan(50);
    expect(ends).toBeGreaterThan(0);
  });

  // Both sides remember where they were; here what they share follows at once too.
  test.each([0, 4])("with counters that follow every position: case %i", (at) => {
    const [, capacity, scripts] = cases[at] ?? expect.fail("the case");
    expect(exploreRing(capacity, scripts, ["const STRIDE = 16;", "const STRIDE = 1;"]).ends).toBeGreaterThan(0);
  });

  test("is bounded where capacity is no power of two, whoever looks: three find room for two in slots for four", () => {
    const scripts = (ring: RingShape): readonly Script[] => [[["send", ring, 0, 1], ["send", ring, 0, 2]], [["send", ring, 1, 3]]];
    const full = ({ operations }: Outcome): void => {
      if (operations.filter(({ result }) => result === true).length !== 2) throw new Error("not as many as there is room for");
    };
    const ring = { ...ringOf(4), capacity: 2 };
    expect(explore(stepped(RING, USES), scripts(ring), memoryOf(ring), full).ends).toBeGreaterThan(0);
    expect(() => explore(stepped(RING, USES, ["while (hasRoom(ring, position)) {", "for (;;) {"]), scripts(ring), memoryOf(ring), full)).toThrow("not as many as there is room for");
  });

  test("planted: a head that is moved on from wherever it is (ABA) is found", () => {
    const [, capacity, scripts] = cases[4] ?? expect.fail("the case");
    expect(() => exploreRing(capacity, scripts, ["position | 0, (position + 1) | 0)", "readHead(ring.words, ring.base + HEAD), (position + 1) | 0)"])).toThrow(/no order gives|no end/);
  });

  test("planted: a sender that does not ask whether the head is past what it overwrites is found", () => {
    const [, capacity, scripts] = cases[2] ?? expect.fail("the case");
    expect(() => exploreRing(capacity, scripts, ["return ((position - ring.head) | 0) < ring.capacity;", "return true;"])).toThrow(/no order gives|no end/);
  });

  test("planted: slots that name no lap are found", () => {
    const [, capacity, scripts] = cases[4] ?? expect.fail("the case");
    expect(() => exploreRing(capacity, scripts, ["(position & ~ring.mask) << ring.shift", "0"])).toThrow(/no order gives|no end/);
  });

  test("planted: an item published without a fence is found", () => {
    expect(() => exploreRing(2, (ring) => [[["send", ring, 0, 1]], [["receive", ring]]], ["Atomics.exchange(words, slot, state);", "words[slot] = state;"])).toThrow("no order gives");
  });

  test("goes on where positions wrap", () => {
    const ring = { ...ringOf(2), tail: -1, head: -1 };
    const memory = memoryOf(ring);
    // All was taken up to the last position but one: the slots are full of the laps before.
    memory.set([-1, -1], 0);
    memory[16] = memory[32] = -1;
    memory[48] = 0;
    memory[50] = (-2 << 7) | 0;
    const scripts: readonly Script[] = [[["send", ring, 0, 1], ["send", ring, 0, 2], ["send", ring, 0, 3]], [["receive", ring], ["receive", ring]]];
    expect(explore(stepped(RING, USES), scripts, memory, ({ operations }) => {
      if (!isLinearizable(decided(operations), queueModel(2))) throw new Error("no order gives this");
    }).ends).toBeGreaterThan(0);
  });
});

describe("sleeping on a ring", () => {
  const at = { words: {}, signal: 17, waiting: 18 };
  const run = (planted?: readonly [string, string]): Explored => {
    const ring = ringOf(2);
    return explore(stepped([...RING, "wait-signal.ts"], USES, planted), [[["receiveOrSleep", ring, at]], [["sendAndWake", ring, at, 1, 7]]], memoryOf(ring), ({ operations }) => {
      if (operations.find(({ name }) => name === "receiveOrSleep")?.result !== 7) throw new Error("the item was not received");
    });
  };
  /** One that sends into a ring that is full, beside one that receives. */
  const runFull = (planted?: readonly [string, string]): Explored => {
    const ring = { ...ringOf(1), tail: 1 };
    const memory = memoryOf(ring);
    memory.set([ring.lap, 5], 48);
    return explore(stepped([...RING, "wait-signal.ts"], USES, planted), [[["sendOrSleep", ring, { words: {}, signal: 33, waiting: 34 }, 1, 7]], [["receiveAndWake", ring, { words: {}, signal: 33, waiting: 34 }]]], memory, ({ operations }) => {
      if (operations.find(({ name }) => name === "receiveAndWake")?.result !== 5) throw new Error("the item was not received");
    });
  };
  /** One that sleeps for each of several that count: as above, and the one before may be awake still. */
  const runTwice = (planted?: readonly [string, string]): Explored => {
    const [signal, tally] = [{ words: {}, signal: 0, waiting: 1 }, 2];
    return explore(stepped(["words.ts", "wait-signal.ts"], USES, planted), [[["takeOrSleep", signal, tally], ["takeOrSleep", signal, tally]], [["countAndWake", signal, tally]], [["countAndWake", signal, tally]]], new Int32Array(3), ({ memory }) => {
      if (memory[tally] !== 0) throw new Error(`${memory[tally]} are left`);
    });
  };

  test("nobody sleeps for good", () => expect(run().ends).toBeGreaterThan(0));
  test("nobody sleeps for good on a full ring", () => expect(runFull().ends).toBeGreaterThan(0));
  test("nobody sleeps for good who was woken before", () => expect(runTwice().ends).toBeGreaterThan(0));
  test("planted: a wake-up that does not change the signal is lost, which is found", () => expect(() => run(["Atomics.add(words, signal, 1);", ""])).toThrow("agents sleep and nobody wakes them"));
  test("planted: a waker that asks for nobody is found", () => {
    expect(() => run(["if (seesWaiting(at.words, at.waiting)) wakeSleepers(at);", ""])).toThrow("agents sleep and nobody wakes them");
    expect(() => runFull(["if (seesWaiting(at.words, at.waiting)) wakeSleepers(at);", ""])).toThrow("agents sleep and nobody wakes them");
    expect(() => runTwice(["if (readWaiting(at.words, at.waiting) !== 0) wakeSleepers(at);", ""])).toThrow("agents sleep and nobody wakes them");
  });
  test("planted: a sleeper that says so before it reads the signal loses a wake-up, which is found", () => {
    const order = ["const seen = readSignal(at.words, at.signal);\n  setWaiting(at.words, at.waiting);", "setWaiting(at.words, at.waiting);\n  const seen = readSignal(at.words, at.signal);"] as const;
    expect(() => runTwice(order)).toThrow("agents sleep and nobody wakes them");
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
