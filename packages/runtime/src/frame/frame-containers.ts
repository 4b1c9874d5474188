/**
 * What a frame holds besides plain memory: boxes, vecs and maps, which know whether their frame is still open. Their memory is the arena's; the handles
 * are recycled by lists that the arena winds back with everything else.
 */
import { badArgument } from "../errors.ts";
import { isClass, isMemoryType, type AllocType, type BoxValue, type Init } from "../types/memory-type.ts";
import type { RewindableArena } from "./rewindable-arena.ts";
import { FrameBox } from "./frame-box.ts";
import { strideOf, type TakeObject, type VecElement } from "./element-lane.ts";
import { frameMapClass, type FrameMapHandle } from "./frame-map.ts";
import { frameVecClass, type FrameVecHandle } from "./frame-vec.ts";
import { HandleList, MarkerList } from "./handle-list.ts";
import type { FrameMap } from "./map-interface.ts";
import type { KeyTable } from "./key-table.ts";
import { isMapKeyKind, keyTable, ObjectNumbers, type MapKeyKind, type MapKeys } from "./map-keys.ts";
import type { FrameVec, VecInput, VecSlice, VecValue } from "./vec-interface.ts";

type AnyVec = FrameVec<unknown> & FrameVecHandle;

/** The maps of one kind of keys and one type of values. */
interface Maps {
  /** Keys of the kind, for asking what they need. */
  readonly keys: KeyTable;
  readonly list: HandleList<FrameMap<unknown, unknown> & FrameMapHandle>;
}

export class FrameContainers {
  private readonly arena: RewindableArena;
  private readonly boxes: HandleList<FrameBox<unknown>>;
  /** Those around memory, and around instances, which are counted already. */
  private readonly boxesAround: MarkerList<FrameBox<unknown>>;
  private readonly vecs: Map<VecElement, HandleList<AnyVec>> = new Map();
  private readonly maps: { readonly [K in MapKeyKind]: Map<VecElement, Maps> } = { number: new Map(), bigint: new Map(), string: new Map(), object: new Map() };
  private readonly numbers: ObjectNumbers = new ObjectNumbers();

  constructor(arena: RewindableArena) {
    this.arena = arena;
    const newBox = (): FrameBox<unknown> => new FrameBox(arena.memory);
    this.boxes = new HandleList(arena.memory, newBox);
    this.boxesAround = new MarkerList(arena.memory, newBox);
  }

  /** @internal The boxes of the open frame. */
  openBoxes(): readonly FrameBox<unknown>[] {
    return [this.boxes, this.boxesAround].flatMap((list) => (list.touched ? list.inUse() : []));
  }

  /** A box that holds a value until the frame ends, or memory of a type. */
  box<const T extends AllocType>(type: T, init?: Init<T>): FrameBox<BoxValue<T>>;
  box<T>(value: T): FrameBox<T>;
  box(content: unknown, init?: unknown): FrameBox<unknown> {
    const { arena } = this;
    if (!arena.inFrame()) throw arena.outside("frameBox");
    const type = isMemoryType(content) ? content : undefined;
    const held = type !== undefined ? arena.allocWith(type, init) : isClass(content) ? arena.alloc(content) : content;
    const boxes = held === content ? this.boxes : this.boxesAround;
    arena.touch(boxes);
    return boxes.take().hold(arena.frameNumber(), held, type);
  }

  /** An empty vec: fixed when a capacity is given, else growing inside the arena. */
  vec<const E extends VecElement>(element: E, capacity?: number): FrameVec<VecValue<E>, VecInput<E>, VecSlice<E>> {
    const { arena } = this;
    if (capacity !== undefined && (!Number.isSafeInteger(capacity) || capacity < 0)) throw badArgument("frameVec", "capacity", capacity, "an integer of at least 0");
    if (!arena.inFrame()) throw arena.outside("frameVec");
    const list = this.vecs.get(element) ?? this.newVecs(element);
    const isObject = typeof element === "function";
    const ptr = arena.place((capacity ?? 0) * (isObject ? 0 : element.sizeBytes), isObject ? 1 : element.alignBytes, "frameVec");
    arena.touch(list);
    const vec = list.take();
    vec.open(arena.frameNumber(), ptr, capacity ?? 0, capacity === undefined);
    // The lane's element type is what VecValue and VecInput compute; the class is made for it at run time.
    return vec as unknown as FrameVec<VecValue<E>, VecInput<E>, VecSlice<E>>;
  }

  /** An empty map for at most `capacity` keys. */
  map<const K extends MapKeyKind, const E extends VecElement>(keyKind: K, element: E, capacity: number): FrameMap<MapKeys[K], VecValue<E>, VecInput<E>> {
    const { arena } = this;
    if (!Number.isSafeInteger(capacity) || capacity < 0) throw badArgument("frameMap", "capacity", capacity, "an integer of at least 0");
    if (!isMapKeyKind(keyKind)) throw badArgument("frameMap", "keyKind", keyKind, '"number", "bigint", "string" or "object"');
    if (!arena.inFrame()) throw arena.outside("frameMap");
    const { keys, list } = this.maps[keyKind].get(element) ?? this.newMaps(keyKind, element);
    const ptr = arena.place(keys.sizeBytes(capacity) + capacity * strideOf(element), 8, "frameMap");
    arena.touch(list);
    const map = list.take();
    map.open(arena.frameNumber(), ptr, capacity);
    // As for vecs.
    return map as unknown as FrameMap<MapKeys[K], VecValue<E>, VecInput<E>>;
  }

  // Apart, as a function that makes closures makes their scope on every call.
  private newVecs(element: VecElement): HandleList<AnyVec> {
    const { arena } = this;
    const Vec = frameVecClass(this.checkElement(element, "frameVec"));
    const takeObject = this.takerOf(element);
    const list = new HandleList(arena.memory, () => new Vec(arena, element, takeObject));
    this.vecs.set(element, list);
    return list;
  }

  private newMaps(keyKind: MapKeyKind, element: VecElement): Maps {
    const { arena, numbers } = this;
    const Table = frameMapClass(this.checkElement(element, "frameMap"));
    const takeObject = this.takerOf(element);
    const newKeys = (): KeyTable => keyTable(keyKind, arena.memory, numbers);
    const maps = { keys: newKeys(), list: new HandleList(arena.memory, () => new Table(arena, newKeys(), element, takeObject)) };
    this.maps[keyKind].set(element, maps);
    return maps;
  }

  /** JavaScript callers pass anything. */
  private checkElement(element: VecElement, call: string): VecElement {
    const given: unknown = element;
    if (typeof given === "function" || (isMemoryType(given) && (given.kind === "scalar" || given.kind === "struct"))) return element;
    throw badArgument(call, "type", element, "a scalar, a struct or a class");
  }

  private takerOf(element: VecElement): TakeObject {
    const { arena } = this;
    // What a scope or a rollback takes back serves again at once: of what outlives it, that would be somebody else's too.
    return typeof element === "function" ? (newestMark) => (arena.newestMark > newestMark ? new element() : arena.alloc(element)) : () => undefined;
  }
}
