/** Budgets that several agents share: what all use together is bounded, whoever registered the budget and whenever. */
import { AllocConfig, kilobytes, SmartAlloc, type AllocOptions } from "@framealloc/runtime";
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
