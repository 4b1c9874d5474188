/**
 * Allocators that come, go and die in any order, over one region: what each holds keeps its bytes, budgets count what is held and nothing else, and all memory comes back.
 * `AGENTS_MODEL=200` for more seeds.
 */
import { AllocConfig, array, f64, SmartAlloc, TransferChannel, struct, u8, FrameAllocError, type FullPolicy, type OwnedBox, type TransferHandle, type TransferToken } from "@framealloc/runtime";
import { expect, test } from "vitest";
import { FREE, isIn, OWNED, stateIn, TYPE } from "../src/shared/block-state.ts";
import { TransferRegion } from "../src/shared/transfer-region.ts";

const SEEDS = Number(process.env["AGENTS_MODEL"] ?? 12);
const STEPS = 400;
const Small = struct({ id: f64 }, { name: "Small" });
const Wide = struct({ id: f64, rest: array(u8, 120) }, { name: "Wide" });
const Large = struct({ id: f64, rest: array(u8, 3000) }, { name: "Large" });
const TYPES = [Small, Small, Small, Wide, Wide, Large] as const;
type Value = { id: number };

interface Agent {
  readonly alloc: SmartAlloc;
  readonly handles: { readonly handle: TransferHandle<Value>; readonly id: number }[];
  readonly received: { readonly box: OwnedBox<Value>; readonly id: number }[];
  readonly pooled: OwnedBox<Value>[];
}

function newRandom(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

class Model {
  readonly agents: Agent[] = [];
  readonly tokens: { readonly token: TransferToken<Value>; readonly id: number }[] = [];
  readonly used: TransferToken<Value>[] = [];
  readonly inChannel: number[] = [];
  readonly channel = new TransferChannel<Value>(5);
  private readonly random: (below: number) => number;
  private readonly policy: FullPolicy;
  private nextId = 1;

  constructor(seed: number) {
    this.random = newRandom(seed);
    this.policy = (["processImmediately", "fail", "grow"] as const)[seed % 3] ?? "grow";
    const capacity = [0, 1, 2, 5][seed % 4] ?? 0;
    this.add(new SmartAlloc({ ...AllocConfig.minimal(), debug: seed % 5 === 0, memory: "shared", budgets: true, transferSize: 30_000, deferred: { capacity, fullPolicy: this.policy, processing: seed % 2 === 0 ? "incremental" : "explicit" } }));
  }

  get root(): Agent { return this.agents[0] as Agent; }

  step(): void {
    const agent = this.agents[this.random(this.agents.length)] as Agent;
    const { alloc } = agent;
    switch (this.random(16)) {
      case 0: if (this.agents.length < 6) this.add(SmartAlloc.attach(alloc.share())); break;
      case 1: if (agent !== this.root && this.random(3) === 0) this.leave(agent); break;
      case 2: if (agent !== this.root && this.random(3) === 0) this.die(agent); break;
      case 3: case 4: case 5: this.make(agent); break;
      case 6: this.takeOut(agent.handles)?.handle.drop(); break;
      case 7: case 8: this.detach(agent); break;
      case 9: case 10: this.receive(agent); break;
      case 11: case 12: this.release(agent); break;
      case 13: this.send(agent); break;
      case 14: this.receiveNext(); break;
      default: this.pool(agent);
    }
    this.check();
  }

  /** Lets go of everything, in every agent. */
  end(): void {
    while (this.agents.length > 1) this.leave(this.agents[1] as Agent);
    const { alloc, handles, received, pooled } = this.root;
    while (this.inChannel.length > 0) this.receiveNext();
    for (const { token } of this.tokens.splice(0)) alloc.receive(token).release();
    for (const { handle } of handles.splice(0)) handle.drop();
    for (const { box } of received.splice(0)) box.release();
    for (const box of pooled.splice(0)) box.release();
  }

  private add(alloc: SmartAlloc): void {
    this.agents.push({ alloc, handles: [], received: [], pooled: [] });
  }

  private leave(agent: Agent): void {
    this.agents.splice(this.agents.indexOf(agent), 1);
    agent.alloc.dispose();
    // What it gave is released later than that, too.
    for (const box of agent.pooled) if (this.random(2) === 0) box.release();
    // FA204: its owner's queue is full, as it may be under "fail".
    for (const { box } of agent.received) if (this.random(2) === 0) unless("FA204", () => [box.release()]);
  }

  private die(agent: Agent): void {
    this.agents.splice(this.agents.indexOf(agent), 1);
    const { agentId } = agent.alloc;
    (this.agents[this.random(this.agents.length)] as Agent).alloc.reclaimAgent(agentId);
    refused("argument", () => this.root.alloc.reclaimAgent(agentId));
    // In its own agent it would be known no more; here it has to go.
    agent.alloc.dispose();
  }

  private make(agent: Agent): void {
    const id = (this.nextId += 1);
    const handle = unless("FA301", () => agent.alloc.frameBoxForTransfer(TYPES[this.random(TYPES.length)] as typeof Small, { id }));
    if (handle !== undefined) agent.handles.push({ handle, id });
  }

  private detach(agent: Agent): void {
    const made = this.takeOut(agent.handles);
    if (made === undefined) return;
    this.tokens.push({ token: made.handle.detach(), id: made.id });
    refused("FA208", () => made.handle.detach());
  }

  private receive(agent: Agent): void {
    const sent = this.takeOut(this.tokens);
    if (sent !== undefined) {
      const { token, id } = sent;
      agent.received.push({ box: this.random(2) === 0 ? agent.alloc.receive(token) : agent.alloc.receive(token.ptr, token.generation), id });
      this.used.push(token);
    }
    const before = this.used[this.random(this.used.length || 1)];
    if (before !== undefined) refused("FA208", () => agent.alloc.receive(before));
  }

  private release(agent: Agent): void {
    const held = this.takeOut(agent.received);
    if (held !== undefined && unless("FA204", () => [held.box.release()]) === undefined) agent.received.push(held);
    if (this.random(4) === 0) agent.alloc.processDeferredFrees(this.random(3));
  }

  private send(agent: Agent): void {
    const made = this.takeOut(agent.handles);
    if (made === undefined) return;
    if (unless("FA201", () => this.channel.trySend(made.handle as never)) === true) this.inChannel.push(made.id);
    else agent.handles.push(made);
  }

  private receiveNext(): void {
    const box = this.channel.tryReceive();
    const id = this.inChannel.shift();
    expect(box?.value.id).toBe(id);
    // In the name of some allocator of this agent: which one, is not said. One that goes takes it along, so it is not kept.
    if (box !== undefined && unless("FA204", () => [box.release()]) === undefined) {
      for (const { alloc } of this.agents) alloc.processDeferredFrees();
      box.release();
    }
  }

  private pool(agent: Agent): void {
    if (this.random(2) === 0) agent.pooled.push(agent.alloc.poolBox(Small));
    else this.takeOut(agent.pooled)?.release();
    if (this.random(10) === 0) agent.alloc.share();
  }

  private check(): void {
    const ptrs = new Set<number>();
    let pooled = 0;
    for (const { handles, received, pooled: boxes } of this.agents) {
      pooled += boxes.length;
      for (const { box, id } of received) expect(box.value.id).toBe(id);
      for (const { handle } of handles) {
        expect(handle.state).toBe("owned");
        expect(ptrs.has(handle.ptr)).toBe(false);
        ptrs.add(handle.ptr);
      }
    }
    for (const { token } of this.tokens) {
      expect(ptrs.has(token.ptr)).toBe(false);
      ptrs.add(token.ptr);
    }
    expect(this.root.alloc.budgets().usage()).toBe(pooled * Small.sizeBytes);
  }

  private takeOut<T>(list: T[]): T | undefined {
    return list.length === 0 ? undefined : list.splice(this.random(list.length), 1)[0];
  }
}

/** What a call gives; undefined when it throws the code. */
function unless<R>(code: string, call: () => R): R | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof FrameAllocError && error.code === code) return undefined;
    throw error;
  }
}

function refused(code: string, call: () => unknown): void {
  expect(unless(code, () => [call()])).toBe(undefined);
}

test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))("allocators in any order, seed %i", (seed) => {
  const model = new Model(seed);
  for (let i = 0; i < STEPS; i += 1) model.step();
  model.end();
  const { alloc } = model.root;
  expect(alloc.budgets().usage()).toBe(0);
  // Everything that is not free can be had.
  refused("FA301", () => { for (;;) alloc.frameBoxForTransfer(Large); });
  refused("FA301", () => { for (;;) alloc.frameBoxForTransfer(Wide); });
  refused("FA301", () => { for (;;) alloc.frameBoxForTransfer(Small); });
  const region = TransferRegion.attach(alloc.share().region as SharedArrayBuffer);
  const lost: number[] = [];
  // Or it is free, and of a size that only types and budgets have.
  region.forEachBlock((_, word) => { if (stateIn(word) !== TYPE && !isIn(word, alloc.agentId, OWNED) && !isIn(word, alloc.agentId, FREE)) lost.push(word & 511); });
  expect(lost).toEqual([]);
  alloc.dispose();
});
