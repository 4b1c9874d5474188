/**
 * Who must give what back: which functions of our runtime make something that has an owner, which take it back, which only ask, and what
 * dies with it. The one place of the engine that holds these names; a test compares them with the runtime.
 */
import type { ApiKey } from "../source/traced-type.ts";
import { modelled, modelOwnership } from "./model-api.ts";
import { RUNTIME } from "./runtime-api.ts";

/** What is owned; a release takes some of these. */
export type Resource =
  | "pool value" | "heap value" | "box" | "retained value" | "handle" | "group" | "object pool" | "pooled object" | "tag scope" | "phase scope" | "pin scope" | "task scope" | "stream"
  /** Opened and closed by name, on an allocator or a handle. */
  | Bracket
  /** Lives as long as the handle, group or scope that it was taken from. */
  | "resolved view" | "group value" | "task value";

export type Bracket = "phase" | "pin";

/** Which operand a call speaks of: an argument by its number, or what it is called on. */
export type Operand = number | "receiver";

export type OwnershipEffect =
  | { readonly kind: "acquire"; readonly resource: Resource; /** Whoever makes it must release it or hand it on. */ readonly owed: boolean; /** What must be alive for it. */ readonly uses: Operand | null }
  /** Makes memory that dies with operand `owner`; `type` is the argument that says what it holds, if one does. */
  | { readonly kind: "part"; readonly resource: Resource; readonly owner: Operand; readonly type: number | null; readonly many: boolean; /** Opened on the owner. */ readonly opens: Bracket | null }
  | { readonly kind: "open" | "close"; readonly bracket: Bracket; readonly on: Operand }
  | { readonly kind: "release"; readonly operand: Operand; readonly takes: readonly Resource[]; /** Right also when it was released before. */ readonly again: boolean; /** Checks that it made what it takes back. */ readonly own: boolean }
  /** Whether the operand is still alive: reads nothing of it. */
  | { readonly kind: "ask"; readonly operand: Operand }
  /** Needs the operand alive, and does nothing else to it. */
  | { readonly kind: "use"; readonly operand: Operand }
  /** The allocator is over, and everything with it. */
  | { readonly kind: "dispose-all" };

const acquire = (resource: Resource, owed = true, uses: Operand | null = null): OwnershipEffect => ({ kind: "acquire", resource, owed, uses });
const part = (resource: Resource, owner: Operand, type: number | null, many = false, opens: Bracket | null = null): OwnershipEffect => ({ kind: "part", resource, owner, type, many, opens });
const release = (operand: Operand, takes: readonly Resource[], own = true): OwnershipEffect => ({ kind: "release", operand, takes, again: false, own });
const use = (operand: Operand): OwnershipEffect => ({ kind: "use", operand });
const dispose = (...takes: Resource[]): OwnershipEffect => ({ kind: "release", operand: "receiver", takes, again: true, own: false });

/** What ends a `using` block, as the source names it. */
const DISPOSE = "@@dispose";

const CLASSES: Readonly<Record<string, Readonly<Record<string, OwnershipEffect>>>> = {
  SmartAlloc: {
    poolAlloc: acquire("pool value"), tryPoolAlloc: acquire("pool value"), heapAlloc: acquire("heap value"), tryHeapAlloc: acquire("heap value"),
    poolBox: acquire("box"), tryPoolBox: acquire("box"), heapBox: acquire("box"), tryHeapBox: acquire("box"),
    poolFree: release(0, ["pool value"]), heapFree: release(0, ["heap value"]),
    // The frame's end decides over it; what is promoted and then dropped is not counted here.
    frameRetained: acquire("retained value", false), frameWithImportance: acquire("retained value", false),
    tagScope: acquire("tag scope"), phaseScope: acquire("phase scope"),
    beginPhase: { kind: "open", bracket: "phase", on: "receiver" }, endPhase: { kind: "close", bracket: "phase", on: "receiver" },
    objectPool: acquire("object pool", false),
    // Another agent's: who receives it may keep it as long as it likes.
    receive: acquire("box", false),
    dispose: { kind: "dispose-all" }, [DISPOSE]: { kind: "dispose-all" },
  },
  TransferHandle: { receive: acquire("box", false) },
  OwnedBox: { release: release("receiver", ["box"], false), [DISPOSE]: dispose("box"), isAlive: { kind: "ask", operand: "receiver" } },
  FrameRetained: { release: release("receiver", ["retained value"], false), [DISPOSE]: dispose("retained value"), isAlive: { kind: "ask", operand: "receiver" } },
  ObjectPool: { acquire: acquire("pooled object", false), tryAcquire: acquire("pooled object", false), release: release(0, ["pooled object"]) },
  TagScope: { [DISPOSE]: dispose("tag scope") },
  PhaseScope: { [DISPOSE]: dispose("phase scope") },
  HandleAllocator: {
    alloc: acquire("handle"), tryAlloc: acquire("handle"), free: release(0, ["handle"]), isValid: { kind: "ask", operand: 0 }, pinScope: acquire("pin scope", true, 0),
    resolve: part("resolved view", 0, null), tryResolve: part("resolved view", 0, null), resolveMut: part("resolved view", 0, null), pin: part("resolved view", 0, null, false, "pin"),
    unpin: { kind: "close", bracket: "pin", on: 0 },
  },
  PinScope: { [DISPOSE]: dispose("pin scope") },
  GroupAllocator: {
    createGroup: acquire("group"), freeGroup: release(0, ["group"]),
    alloc: part("group value", 0, 1), tryAlloc: part("group value", 0, 1), allocVal: part("group value", 0, null), slice: part("group value", 0, 1, true),
  },
  // A stream that nobody frees is evicted when its room is needed.
  StreamingAllocator: {
    reserve: acquire("stream", false), tryReserve: acquire("stream", false), free: release(0, ["stream"]), access: part("resolved view", 0, null), beginLoad: part("resolved view", 0, null),
    write: use(0), reportProgress: use(0), finishLoad: use(0), fail: use(0), loadFromStream: use(0),
  },
  TaskAlloc: { alloc: part("task value", "receiver", 0), slice: part("task value", "receiver", 0, true), dispose: dispose("task scope"), [DISPOSE]: dispose("task scope") },
  AsyncPoolGuard: { alloc: part("task value", "receiver", 0), slice: part("task value", "receiver", 0, true), dispose: dispose("task scope"), [DISPOSE]: dispose("task scope") },
};

const CONSTRUCTORS: Readonly<Record<string, OwnershipEffect>> = { TaskAlloc: acquire("task scope"), AsyncPoolGuard: acquire("task scope") };

/** What a call of this API does to who owns what; undefined when nothing. */
export function ownershipEffect(api: ApiKey): OwnershipEffect | undefined {
  const model = modelled(api);
  if (model !== undefined) return modelOwnership(model);
  if (!api.startsWith(`${RUNTIME}:`)) return undefined;
  const path = api.slice(RUNTIME.length + 1);
  const [owner, member] = path.split(/[#.]/);
  if (owner === undefined) return undefined;
  if (member === undefined) return own(CONSTRUCTORS, owner);
  const members = own(CLASSES, owner);
  return members === undefined ? undefined : own(members, member);
}

/** What the call of this API made; null when it is nothing owned. */
export function resourceMade(api: ApiKey | null): Resource | null {
  const effect = api === null ? undefined : ownershipEffect(api);
  return effect?.kind === "acquire" || effect?.kind === "part" ? effect.resource : null;
}

/** The effect of a method called on something of which only the resource is known, not the class. */
export function ownershipOfMember(resource: Resource, member: string): OwnershipEffect | undefined {
  const owner = CLASS_OF[resource];
  const members = owner === undefined ? undefined : CLASSES[owner];
  return members === undefined ? undefined : own(members, member);
}

const CLASS_OF: Partial<Record<Resource, string>> = {
  box: "OwnedBox", "retained value": "FrameRetained", "tag scope": "TagScope", "phase scope": "PhaseScope", "pin scope": "PinScope", "task scope": "TaskAlloc",
};

/** Methods by which something is given back that may be ours, where its class is not known. */
export function mayRelease(member: string): boolean {
  return member === DISPOSE || member === "release";
}

/** Whether it is a number or a name for something: to hand it around reads no memory. */
export function isToken(resource: Resource): boolean {
  return resource === "handle" || resource === "group" || resource === "stream";
}

/** Whether each call of it makes an allocator, or a pool, that takes back only what it gave. */
export function makesAllocator(api: ApiKey): boolean {
  return api === `${RUNTIME}:SmartAlloc` || api === `${RUNTIME}:SmartAlloc.withDefaults` || api === `${RUNTIME}:SmartAlloc#objectPool`;
}

/** Functions of the platform that neither keep nor release what they are given. */
export function onlyReads(api: ApiKey): boolean {
  return /^global:(?:console|Math|JSON|Number|String|Boolean|Object|Reflect|performance|structuredClone|isNaN|parseInt|parseFloat|TextDecoder)\b/.test(api) || /^global:\w*(?:Array|Map|Set|DataView)[#.]/.test(api);
}

/** Methods that look for a value by its identity, or take it off a list, whoever they belong to. */
export function comparesOnly(member: string): boolean {
  return /^(?:delete|remove|has|includes|indexOf|lastIndexOf|is[A-Z]|off$|un[a-z]|forget|discard|drop|detach)/.test(member);
}

/** Every name that the tables hold, for the test that compares them with the runtime. */
export function ownershipNames(): readonly { readonly owner: string; readonly member: string }[] {
  const members = Object.entries(CLASSES).flatMap(([owner, table]) => Object.keys(table).map((member) => ({ owner, member })));
  return [...members, ...Object.keys(CONSTRUCTORS).map((owner) => ({ owner, member: "constructor" }))];
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
