/** Budgets that several agents share: what all use together is bounded, whoever registered the budget and whenever. */
import { AllocConfig, array, kilobytes, SmartAlloc, u8, type AllocOptions } from "@framealloc/runtime";
import { expect, test } from "vitest";
import { Item } from "./agent-programs.ts";
import { startWorkers } from "./agent-workers.ts";
import { errorOf } from "./error-of.ts";

const newAlloc = (options: AllocOptions = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), debug: false, memory: "shared", ...options });

test("a tag's hard limit holds for all together, to the byte, also on frees", async () => {
  const alloc = newAlloc();
  alloc.budgets().registerTagBudget("ai", 100 * Item.sizeBytes, 100 * Item.sizeBytes);
  const workers = await startWorkers(2);
  const words = new SharedArrayBuffer(8);
  const flags = new Int32Array(words);
  const running = workers.map((worker) => worker.run<{ held: number; denied: string; used: number }>("holdUnderTag", { alloc: alloc.share(), words, count: 80 }));
  while (Atomics.load(flags, 0) < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(alloc.budgets().usage("ai")).toBe(100 * Item.sizeBytes);
  errorOf("FA302", () => alloc.withTag("ai", () => alloc.poolAlloc(Item)));
  Atomics.store(flags, 1, 1);
  Atomics.notify(flags, 1);
  const results = await Promise.all(running);
  expect(results.reduce((sum, { held }) => sum + held, 0)).toBe(100);
  expect(results.some(({ denied }) => denied === "FA302")).toBe(true);
  expect([alloc.budgets().usage("ai"), alloc.budgets().usage()]).toEqual([0, 0]);
});

test("sharing again counts nothing again, and leaves the limits that another agent has set since", () => {
  const alloc = newAlloc();
  const budgets = alloc.budgets();
  budgets.registerTagBudget("ai", 1000, 1000);
  const box = alloc.withTag("ai", () => alloc.poolBox(Item));
  const other = SmartAlloc.attach(alloc.share());
  const theirs = other.withTag("ai", () => other.poolBox(Item));
  alloc.share();
  alloc.share();
  const { sizeBytes } = Item;
  expect([budgets.usage("ai"), budgets.usage(), other.budgets().usage("ai")]).toEqual([2 * sizeBytes, 2 * sizeBytes, 2 * sizeBytes]);
  other.budgets().registerTagBudget("ai", sizeBytes, 2 * sizeBytes);
  alloc.share();
  errorOf("FA302", () => alloc.withTag("ai", () => alloc.poolAlloc(Item)));
  box.release();
  theirs.release();
  expect([budgets.usage("ai"), budgets.usage()]).toEqual([0, 0]);
});

test("budgets that are first asked for when the memory is shared already hold for all who ask for them", () => {
  const alloc = newAlloc();
  const other = SmartAlloc.attach(alloc.share());
  alloc.budgets().registerTagBudget("ai", Item.sizeBytes, Item.sizeBytes);
  const theirs = other.budgets();
  const box = alloc.withTag("ai", () => alloc.poolBox(Item));
  expect([theirs.usage("ai"), theirs.usage()]).toEqual([Item.sizeBytes, Item.sizeBytes]);
  errorOf("FA302", () => other.withTag("ai", () => other.poolAlloc(Item)));
  box.release();
  expect(theirs.usage("ai")).toBe(0);
});

test("an agent's budget is set by another, and what a dead one used comes off", async () => {
  const alloc = newAlloc({ budgets: true });
  const words = new SharedArrayBuffer(8);
  const [filling, holding] = await startWorkers(2);
  filling?.start("fillFrame", { alloc: alloc.share(), words });
  const { agentId } = (await filling?.next("said")) as { agentId: number };
  alloc.setThreadBudgetConfig(agentId, { frameBudget: 5000 });
  Atomics.store(new Int32Array(words), 0, 1);
  Atomics.notify(new Int32Array(words), 0);
  expect(await filling?.next("done")).toEqual({ denied: "FA303", used: expect.toSatisfy((used: number) => used > 4900 && used <= 5000) });
  errorOf("argument", () => alloc.setThreadBudgetConfig(agentId, { frameExceededPolicy: "custom", onExceeded: () => "allow" }));
  alloc.budgets().registerTagBudget("ai", 1000, kilobytes(4));
  holding?.start("holdUnderTag", { alloc: alloc.share(), words: new SharedArrayBuffer(8), count: 10 });
  while (alloc.budgets().usage("ai") < 10 * Item.sizeBytes) await new Promise((resolve) => setTimeout(resolve, 5));
  await holding?.worker.terminate();
  expect(alloc.budgets().usage("ai")).toBe(10 * Item.sizeBytes);
  alloc.reclaimAgent(agentId + 1);
  expect(alloc.budgets().usage("ai")).toBe(0);
});

const limitless = { softLimit: Infinity, hardLimit: Infinity };
const { sizeBytes } = Item;

test("what was counted before sharing is there after it, the peak too, and no new peak is told that is none", () => {
  const alloc = newAlloc();
  const budgets = alloc.budgets();
  const boxes = [1, 2, 3].map(() => alloc.poolBox(Item));
  boxes.pop()?.release();
  const before = budgets.stats();
  expect(before).toEqual([{ tag: "", usedBytes: 2 * sizeBytes, peakBytes: 3 * sizeBytes, ...limitless }]);
  const peaks: number[] = [];
  budgets.on("newPeak", ({ usedBytes }) => peaks.push(usedBytes));
  alloc.share();
  expect(budgets.stats()).toEqual(before);
  boxes.push(alloc.poolBox(Item));
  expect(peaks).toEqual([]);
  boxes.push(alloc.poolBox(Item));
  expect(peaks).toEqual([4 * sizeBytes]);
  // Another one that has counted alone comes to it.
  const other = SmartAlloc.attach(alloc.share(), { budgets: true });
  const theirs = other.poolBox(Item);
  expect(other.budgets().stats()).toEqual([{ tag: "", usedBytes: 5 * sizeBytes, peakBytes: 5 * sizeBytes, ...limitless }]);
  theirs.release();
});

test("what is released after its allocator was disposed comes off once", () => {
  const alloc = newAlloc({ budgets: true });
  const other = SmartAlloc.attach(alloc.share());
  const theirs = other.budgets();
  theirs.registerTagBudget("ai", 1000, 2000);
  const mine = alloc.poolBox(Item);
  const boxes = other.withTag("ai", () => [other.poolBox(Item), other.heapBox(Item)]);
  const handles = other.handles();
  const handle = handles.alloc(Item);
  const groups = other.groups();
  const group = groups.createGroup("a");
  groups.alloc(group, Item);
  expect(alloc.budgets().usage()).toBe(5 * sizeBytes);
  other.dispose();
  expect([alloc.budgets().usage(), alloc.budgets().usage("ai")]).toEqual([sizeBytes, 0]);
  for (const box of boxes) box.release();
  handles.free(handle);
  groups.freeGroup(group);
  expect([alloc.budgets().usage(), alloc.budgets().usage("ai"), theirs.usage(), theirs.usage("ai")]).toEqual([sizeBytes, 0, 0, 0]);
  // Nor does what it still gives count, or take the memory of who has its number now.
  const heir = SmartAlloc.attach(alloc.share());
  handles.alloc(Item);
  theirs.registerTagBudget("gone", 1, 1);
  theirs.registerTagBudget("ai", 1, 1);
  expect(heir.budgets().stats()).toEqual([expect.objectContaining({ tag: "", usedBytes: sizeBytes }), expect.objectContaining({ tag: "ai", usedBytes: 0, softLimit: 1000, hardLimit: 2000 })]);
  mine.release();
  expect(alloc.budgets().usage()).toBe(0);
});

/** Takes all transfer memory. */
function fill(alloc: SmartAlloc): (() => void)[] {
  const drops: (() => void)[] = [];
  for (const type of [array(u8, 400), array(u8, 200), u8]) {
    while (true) {
      try {
        const handle = alloc.frameBoxForTransfer(type as typeof u8);
        drops.push(() => handle.drop());
      } catch {
        break;
      }
    }
  }
  return drops;
}

test("budgets for which transfer memory has no room are refused whole, and had when there is some", () => {
  const alloc = newAlloc();
  const shared = alloc.share();
  const drops = fill(alloc);
  errorOf("FA301", () => alloc.budgets());
  errorOf("FA301", () => alloc.budgets());
  const box = alloc.poolBox(Item);
  // Nobody's seat is lost by it.
  for (let i = 0; i < 70; i += 1) errorOf("FA301", () => SmartAlloc.attach(shared, { budgets: true }));
  const other = SmartAlloc.attach(shared);
  expect(other.agentId).toBe(1);
  for (const drop of drops) drop();
  alloc.budgets().registerTagBudget("ai", sizeBytes, sizeBytes);
  box.release();
  const theirs = alloc.withTag("ai", () => alloc.poolBox(Item));
  errorOf("FA302", () => other.withTag("ai", () => other.budgets() && other.poolBox(Item)));
  theirs.release();
  const again = fill(alloc);
  errorOf("FA301", () => alloc.budgets().registerTagBudget("new", 1, 1));
  expect(alloc.budgets().stats().map(({ tag }) => tag)).toEqual(["", "ai"]);
  for (const drop of again) drop();
});

test("sharing that fails for want of room changes nothing, however many budgets there are", () => {
  const alloc = newAlloc({ transferSize: 2048 });
  const budgets = alloc.budgets();
  for (let i = 0; i < 10; i += 1) budgets.registerTagBudget(`tag ${i}`, 100, 100);
  const box = alloc.withTag("tag 9", () => alloc.poolBox(Item));
  const before = budgets.stats();
  errorOf("FA301", () => alloc.share());
  errorOf("FA301", () => alloc.share());
  expect(budgets.stats()).toEqual(before);
  box.release();
  expect([budgets.usage(), budgets.usage("tag 9")]).toEqual([0, 0]);
});
