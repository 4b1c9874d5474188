/**
 * Groups: values that are freed all at once, by a number that stands for the group. For a level, a document or an import, whose parts come one by one and go
 * together.
 *
 * The values lie on the heap. A freed group's memory serves whoever comes next, and so do its objects, so that groups which come and go make no garbage.
 *
 * Invariants:
 *   I1  `items[0, count)` of a live group are the values and boxes that go with it; each value is live, and of `values`
 *   I2  a group that was freed has none
 */
import { badArgument, staleGroup } from "../errors.ts";
import { HandleSlots, slotOf } from "../handles/handle-slots.ts";
import type { HeapTally } from "../heap/heap-tally.ts";
import type { Charges } from "../pool/charges.ts";
import type { OwnedValues } from "../pool/owned-values.ts";
import { freeScoped, scopedBox, type ScopedBox } from "../pool/scoped-box.ts";
import type { AllocType, BoxValue, ClassType, ElementType, Infer, InferMany, Init } from "../types/memory-type.ts";

declare const GROUP: unique symbol;

/** A number that stands for a group. */
export type Group = number & { readonly [GROUP]: "group" };

/** Figures of groups; bytes, rounding not included. */
export interface GroupStats {
  readonly totalGroups: number;
  readonly totalAllocations: number;
  readonly totalBytes: number;
  readonly groups: readonly { readonly name: string; readonly count: number; readonly bytes: number }[];
}

/** What is known of a group. Used again for the next one. */
interface Members {
  name: string;
  items: unknown[];
  count: number;
  bytes: number;
}

export class GroupAllocator {
  private readonly values: OwnedValues;
  private readonly tally: HeapTally | undefined;
  private readonly slots: HandleSlots = new HandleSlots();
  private readonly members: Members[] = [];
  /** Empty; for the next group that is freed. */
  private spare: unknown[] | undefined = undefined;

  /** @internal The groups' values are all those of `values`. */
  constructor(values: OwnedValues, tally: HeapTally | undefined) {
    this.values = values;
    this.tally = tally;
  }

  /** A new group, empty. Several may have the same name. `argument` for what is no name. */
  createGroup(name: string): Group {
    if (typeof name !== "string" || name === "") throw badArgument("createGroup", "name", name, "a name");
    const group = this.slots.take();
    if (group === 0) throw badArgument("createGroup", "groups", this.slots.liveCount, `at most ${this.slots.slotsMax} at once`);
    const slot = slotOf(group);
    const members = (this.members[slot] ??= { name, items: [], count: 0, bytes: 0 });
    members.name = name;
    return group as Group;
  }

  /** A zeroed value of the type, until the group is freed. FA301 when the heap has no room, FA301 and FA302 when a budget has none, FA401 when the group was freed. */
  alloc<const T extends AllocType>(group: Group, type: T): Infer<T> {
    const members = this.membersOf(group, "alloc");
    const value: object = this.values.alloc(type);
    this.add(members, value, typeof type === "function" ? 0 : type.sizeBytes);
    return value as Infer<T>;
  }

  /** As `alloc`; undefined when the heap has no room. */
  tryAlloc<const T extends AllocType>(group: Group, type: T): Infer<T> | undefined {
    const members = this.membersOf(group, "tryAlloc");
    const value: object | undefined = this.values.tryAlloc(type);
    if (value !== undefined) this.add(members, value, typeof type === "function" ? 0 : type.sizeBytes);
    return value as Infer<T> | undefined;
  }

  /** A box around a JavaScript value, or around memory of a type, that lives as long as the group. Errors as `alloc`. */
  allocVal<const T extends AllocType>(group: Group, type: T, init?: Init<T>): ScopedBox<BoxValue<T>>;
  allocVal<T>(group: Group, value: T): ScopedBox<T>;
  allocVal(group: Group, content: unknown, init?: unknown): ScopedBox<unknown> {
    const members = this.membersOf(group, "allocVal");
    const box = scopedBox(this.values, content, init);
    return this.add(members, box, box.sizeBytes);
  }

  /** `n` of a type in one piece: a typed array for a scalar, a `StructArray` for a struct; of a class an array of instances. Errors as `alloc`. */
  slice<const T extends ElementType | ClassType>(group: Group, type: T, n: number): InferMany<T> {
    const members = this.membersOf(group, "slice");
    if (!Number.isSafeInteger(n) || n < 0) throw badArgument("groups().slice", "n", n, "an integer of at least 0");
    if (typeof type === "function") return Array.from({ length: n }, () => this.alloc(group, type)) as unknown as InferMany<T>;
    const value = this.values.slice(type, n);
    if (n > 0) this.add(members, value, type.sizeBytes * n);
    return value as InferMany<T>;
  }

  /** Frees all that was allocated in the group, and the group. FA401 the second time. O(values of the group). */
  freeGroup(group: Group): void {
    const members = this.membersOf(group, "freeGroup");
    this.slots.give(group);
    const { items, count } = members;
    members.count = 0;
    members.bytes = 0;
    // Another array: who is told of a free may make a group, in the same place. Arrays keep their length for the next one.
    members.items = this.spare ?? [];
    this.spare = undefined;
    try {
      freeScoped(this.values, items, count);
    } finally {
      this.spare = items;
    }
  }

  /** Whether the group is not freed. */
  groupExists(group: Group): boolean {
    return this.slots.current[slotOf(group)] === group && group > 0;
  }

  /** FA401 for a group that was freed, as the two below. */
  groupName(group: Group): string {
    return this.membersOf(group, "groupName").name;
  }

  /** Bytes of the group's values. */
  groupSize(group: Group): number {
    return this.membersOf(group, "groupSize").bytes;
  }

  /** Values and boxes of the group. */
  groupCount(group: Group): number {
    return this.membersOf(group, "groupCount").count;
  }

  /** Allocates the object it returns. */
  stats(): GroupStats {
    const live = this.members.filter((_, slot) => (this.slots.current[slot] as number) > 0);
    return {
      totalGroups: live.length,
      totalAllocations: live.reduce((sum, { count }) => sum + count, 0),
      totalBytes: live.reduce((sum, { bytes }) => sum + bytes, 0),
      groups: live.map(({ name, count, bytes }) => ({ name, count, bytes })),
    };
  }

  /** @internal Budgets count what is allocated from here on. */
  countBy(charges: Charges): void {
    this.values.countBy(charges, undefined);
  }

  /** @internal */
  get owned(): OwnedValues {
    return this.values;
  }

  private add<I>(members: Members, item: I, sizeBytes: number): I {
    members.items[members.count] = item;
    members.count += 1;
    members.bytes += sizeBytes;
    this.tally?.add(sizeBytes);
    return item;
  }

  private membersOf(group: Group, call: string): Members {
    if (!this.groupExists(group)) throw staleGroup(call, group);
    return this.members[slotOf(group)] as Members;
  }
}
