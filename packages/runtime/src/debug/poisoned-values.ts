/**
 * Pool and heap values for debug mode. No object is handed out twice, so that a stale one cannot come alive: its fields throw FA401 and say where it was
 * allocated. Guard bytes around every value (guarded-store.ts) are looked at when it is freed and when leaks are asked for; what was overwritten is told by FA401,
 * after the value is freed.
 */
import { guardOverwritten, staleOwnedValue, type FrameAllocError } from "../errors.ts";
import type { ByteStore } from "../pool/byte-store.ts";
import type { OwnedBox } from "../pool/owned-box.ts";
import { OwnedList, OwnedSlot } from "../pool/owned-slot.ts";
import { OwnedValues } from "../pool/owned-values.ts";
import type { OwnedKind } from "../pool/slot-stock.ts";
import type { Keeper } from "../pool/trimming-store.ts";
import type { AllocType, ByteType } from "../types/memory-type.ts";
import { StructArray } from "../types/struct-array.ts";
import { View } from "../view.ts";
import { SiteSampler, type AllocationSite, type AllocationSites } from "./allocation-site.ts";
import { tellOfEscape } from "./frame-escape.ts";
import { guardsAreWhole } from "./guarded-store.ts";
import { guardedType, Life } from "./guarded-types.ts";
import type { Leak } from "./leak-report.ts";
import { WatchedBoxes, type BoxRecord } from "./watched-boxes.ts";

/** The life of one value, which views find in place of their slot. */
class OwnedLife extends Life {
  readonly slot: WatchedSlot;
  private readonly what: OwnedKind;

  constructor(slot: WatchedSlot, what: OwnedKind) {
    super(slot.memory);
    this.slot = slot;
    this.what = what;
  }

  protected override stale(): FrameAllocError {
    return staleOwnedValue(this.what, this.slot.site.text);
  }
}

/** A slot that serves one value only, and stays with whoever still holds it. */
class WatchedSlot extends OwnedSlot {
  readonly site: AllocationSite;
  life: OwnedLife | undefined = undefined;
  /** The box around the value, if any. */
  box: BoxRecord | undefined = undefined;
  /** Its neighbours among the live ones. */
  older: WatchedSlot | undefined = undefined;
  younger: WatchedSlot | undefined = undefined;

  constructor(list: WatchedList) {
    super(list);
    this.site = list.sampler.next();
  }
}

class WatchedList extends OwnedList {
  readonly sampler: SiteSampler;

  constructor(owner: PoisonedValues, type: AllocType, sites: AllocationSites) {
    super(owner, type, false);
    this.sampler = new SiteSampler(sites);
  }
}

export class PoisonedValues extends OwnedValues {
  private readonly sites: AllocationSites;
  private readonly watched: WatchedBoxes;
  private readonly boxSites: SiteSampler;
  private youngest: WatchedSlot | undefined = undefined;

  /** `store` has guards; `sites` are those of the allocator; `onLeak` is told of boxes that are collected without release. */
  constructor(store: ByteStore, what: OwnedKind, keepers: Keeper[], sites: AllocationSites, onLeak: (error: FrameAllocError) => void) {
    // Groups make no boxes of this kind.
    const watched = new WatchedBoxes(what === "group" ? "heap" : what, onLeak);
    super(store, what, keepers, watched);
    this.sites = sites;
    this.watched = watched;
    this.boxSites = new SiteSampler(sites);
    store.memory.onRefresh(() => {
      for (let slot = this.youngest; slot !== undefined; slot = slot.older) this.leadOver(slot);
    });
  }

  /** Values and boxes that are not given back, one by one. Throws FA401 when the guards of one were overwritten. */
  override *leaks(): Generator<Leak> {
    for (let slot = this.youngest; slot !== undefined; slot = slot.older) {
      const { sizeBytes } = slot.list;
      if (!this.isWhole(slot)) throw this.damage(slot);
      yield { kind: slot.box !== undefined && this.what !== "group" ? `${this.what}Box` : this.what, site: slot.site.text, count: 1, bytes: sizeBytes };
    }
    yield* this.watched.leaks();
  }

  override dispose(): void {
    super.dispose();
    this.watched.close();
  }

  protected override newList(type: AllocType): OwnedList {
    return new WatchedList(this, type, this.sites);
  }

  protected override newSlot(list: OwnedList): OwnedSlot {
    // Every list is made by `newList`.
    return new WatchedSlot(list as WatchedList);
  }

  protected override takeSlot(list: OwnedList): OwnedSlot | undefined {
    const slot = super.takeSlot(list);
    if (slot instanceof WatchedSlot) this.link(slot);
    return slot;
  }

  protected override makeValue(slot: OwnedSlot, ptr: number): object {
    const { type } = slot.list;
    if (typeof type === "function") return super.makeValue(slot, ptr);
    const life = new OwnedLife(slot as WatchedSlot, this.what);
    (slot as WatchedSlot).life = life;
    return guardedType(type).make(life.asMemory(), ptr);
  }

  protected override bind(value: object, slot: OwnedSlot): void {
    const { life } = slot as WatchedSlot;
    // A view has the life from the start.
    if (value instanceof StructArray && life !== undefined) value.$home = life;
    else if (!(value instanceof View)) super.bind(value, slot);
  }

  protected override clear(ptr: number, sizeBytes: number): void {
    // Not rounded up: the guard begins right behind.
    this.memory.zero(ptr, ptr + sizeBytes);
  }

  protected override release(slot: OwnedSlot): void {
    const watched = slot as WatchedSlot;
    const damage = this.isWhole(watched) ? undefined : this.damage(watched);
    if (watched.life !== undefined) watched.life.over = 1;
    if (watched.box !== undefined) watched.box.isFreed = true;
    this.unlink(watched);
    super.release(slot);
    // Now that it is freed: nothing is left half done.
    if (damage !== undefined) throw damage;
  }

  /** The slot is left to whoever still holds its value: a second free of it is told for good. */
  protected override shelve(_slot: OwnedSlot): void {}

  protected override slotOf(value: unknown): OwnedSlot | undefined {
    const home = (value as { readonly $home?: unknown } | null | undefined)?.$home;
    if (!(home instanceof OwnedLife)) return super.slotOf(value);
    return home.slot.value === value ? home.slot : undefined;
  }

  protected override siteOf(slot: OwnedSlot): string | undefined {
    return slot instanceof WatchedSlot ? slot.site.text : undefined;
  }

  protected override wrap(held: unknown, freed: object | undefined, type: ByteType | undefined): OwnedBox<unknown> {
    // First: in strict mode it throws.
    if (freed === undefined) tellOfEscape(held, this.what);
    const box = super.wrap(held, freed, type);
    const slot = freed === undefined ? undefined : this.slotOf(freed);
    if (slot instanceof WatchedSlot) {
      slot.box = this.watched.watch(box, slot.site, slot.list.sizeBytes, false);
    } else {
      this.watched.watch(box, this.boxSites.next(), 0, true);
    }
    return box;
  }

  private isWhole(slot: WatchedSlot): boolean {
    return slot.ptr < 0 || guardsAreWhole(this.memory, slot.ptr, slot.list.sizeBytes);
  }

  private damage(slot: WatchedSlot): FrameAllocError {
    return guardOverwritten(this.what, slot.list.sizeBytes, slot.site.text);
  }

  private link(slot: WatchedSlot): void {
    slot.older = this.youngest;
    if (this.youngest !== undefined) this.youngest.younger = slot;
    this.youngest = slot;
  }

  private unlink(slot: WatchedSlot): void {
    const { older, younger } = slot;
    if (older !== undefined) older.younger = younger;
    if (younger === undefined) this.youngest = older;
    else younger.older = older;
    slot.older = undefined;
    slot.younger = undefined;
  }
}
