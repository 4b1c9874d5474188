/**
 * What must not compile, and what types come out. A comment of the form `// @ts-expect-error: text` marks an error whose message contains the text;
 * types.test-d.test.ts checks both.
 */
import { array, bool, diagnostic, emit, f32, i64, soa, struct, u8, type FrameBox, type FrameMap, type FrameVec, type Infer, type OwnedBox, type Ref, type SmartAlloc, type FrameEvent, installSink, setStrictMode, type StructArray, TransferChannel, type TransferHandle } from "@framealloc/runtime";

declare const alloc: SmartAlloc;
class Point {
  x = 0;
}
class Needs {
  readonly n: number;
  constructor(n: number) {
    this.n = n;
  }
}
const Vec2 = struct({ x: f32, y: f32 });
const Body = struct({ id: i64, alive: bool, position: Vec2, weights: array(f32, 3), trail: array(Vec2, 4) });

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(..._proof: T[]): void => {};

// What an allocation gives.
is<Same<Infer<typeof f32>, Ref<number>>>();
is<Same<Infer<typeof i64>, Ref<bigint>>>();
is<Same<Infer<typeof bool>, Ref<boolean>>>();
is<Same<Infer<typeof Point>, Point>>();
const body: Infer<typeof Body> = alloc.frameAlloc(Body);
is<Same<typeof body.id, bigint>>();
is<Same<typeof body.alive, boolean>>();
is<Same<typeof body.position.x, number>>();
is<Same<typeof body.weights, Float32Array>>();
is<Same<ReturnType<typeof body.trail.at>["y"], number>>();
const slice: Float32Array = alloc.frameSlice(f32, 3);
const batch: StructArray<(typeof Vec2)["fields"]> = alloc.frameAllocBatch(Vec2, 3);
const vec: FrameVec<number> = alloc.frameVec(f32, 3);
const boxed: FrameBox<number> = alloc.frameBox(f32, 1);
const owned: OwnedBox<{ a: number }> = alloc.poolBox({ a: 1 });
const handle: TransferHandle<number> = alloc.frameBoxForTransfer(boxed);
void [slice, batch, vec, owned, handle];

// @ts-expect-error: to type 'bigint'
body.id = 1;
// @ts-expect-error: read-only
body.position = body.position;
// @ts-expect-error: does not exist
void body.velocity;
// @ts-expect-error: not assignable
alloc.frameAlloc(Needs);
// @ts-expect-error: not assignable
alloc.frameAlloc("f32");
// @ts-expect-error: not assignable
struct({ x: Point });
// @ts-expect-error: not assignable
array(array(u8, 2), 2);
// @ts-expect-error: not assignable
alloc.frameBox(Vec2, { x: "1" });
// @ts-expect-error: not assignable
vec.push("1");
// @ts-expect-error: Type 'string' is not assignable to type 'number'
alloc.poolBox(f32, 1).value = "1";

// Maps: what keys are, what values read as, and what they are set from.
const scores: FrameMap<string, number> = alloc.frameMap("string", f32, 8);
const bodies = alloc.frameMap("number", Body, 8);
const points = alloc.frameMap("object", Point, 8);
const longs = alloc.frameMap("bigint", i64, 8);
is<Same<ReturnType<typeof scores.get>, number | undefined>>();
is<Same<ReturnType<typeof bodies.getOrInsert>["position"]["x"], number>>();
is<Same<ReturnType<typeof points.get>, Point | undefined>>();
is<Same<Parameters<typeof longs.set>, [key: bigint, value: bigint]>>();
const ids: number[] = [...bodies.keys()];
const pairs: [bigint, bigint][] = [...longs];
bodies.set(1, { position: { x: 1 } }).set(2, alloc.frameAlloc(Body)).trySet(3, {});
points.set(view0(), new Point());
scores.forEach((score, name, map) => void [score.toFixed(), name.length, map.size]);
void [ids, pairs];
declare function view0(): { x: number };
// @ts-expect-error: not assignable
scores.set(1, 1);
// @ts-expect-error: not assignable
scores.set("a", undefined);
// @ts-expect-error: not assignable
bodies.set(1, { id: 1 });
// @ts-expect-error: not assignable
alloc.frameMap("symbol", f32, 8);
// @ts-expect-error: not assignable
alloc.frameMap("number", array(f32, 2), 8);
// @ts-expect-error: Expected 3 arguments
alloc.frameMap("number", f32);
// @ts-expect-error: read-only
scores.size = 0;

// Vecs: what has an order of its own, and what slices are.
const structs = alloc.frameVec(Vec2);
const sorted: FrameVec<number> = alloc.frameVec(f32, 3).sort().sort((a, b) => b - a);
structs.sort((a, b) => a.x - b.x).retain(({ y }, index) => y > index);
is<Same<ReturnType<typeof vec.slice>, unknown>>();
const floats: Float32Array = alloc.frameVec(f32).slice(1);
const part: StructArray<(typeof Vec2)["fields"]> = structs.slice(0, 2);
const someItems: readonly Point[] = alloc.frameVec(Point).slice();
const longest: bigint[] = [...alloc.frameVec(i64)];
void [sorted, floats, part, someItems, longest];
// @ts-expect-error: Expected 1 arguments
structs.sort();
// @ts-expect-error: not assignable
alloc.frameVec(f32).sort((a: string, b: string) => a.length - b.length);
// @ts-expect-error: FA201: a frame value cannot cross agents
alloc.frameBoxForTransfer(alloc.frameVec(f32).slice());

// Columns.
const Columns = soa(Body, 10);
const columns: Infer<typeof Columns> = alloc.frameAlloc(Columns);
is<Same<typeof columns.id, BigInt64Array>>();
is<Same<typeof columns.alive, Uint8Array>>();
is<Same<typeof columns.position.x, Float32Array>>();
is<Same<typeof columns.weights, Float32Array>>();
is<Same<typeof columns.trail.y, Float32Array>>();
alloc.poolBox(Columns, { position: { x: [1, 2] }, alive: [true] });
// @ts-expect-error: read-only
columns.id = columns.id;
// @ts-expect-error: not assignable
soa(f32, 10);
// @ts-expect-error: not assignable
struct({ all: Columns });
// @ts-expect-error: not assignable
alloc.poolBox(Columns, { position: { x: ["1"] } });
// @ts-expect-error: FA201: a frame value cannot cross agents
alloc.frameBoxForTransfer(columnsOfFrame());
declare function columnsOfFrame(): ReturnType<typeof alloc.frameAlloc<typeof Columns>>;

// Frame values do not cross agents.
const view = alloc.frameAlloc(Vec2);
const box = alloc.frameBox({ hp: 1 });
alloc.frameBoxForTransfer(box);
alloc.frameBoxForTransfer(Vec2, { x: 1 });
alloc.frameBoxForTransfer({ hp: view.x });
alloc.frameBoxForTransfer(42);
alloc.frameBoxForTransfer(alloc.poolBox(Vec2));
alloc.frameBoxForTransfer({ any: JSON.parse("1") });
// @ts-expect-error: FA201: a frame value cannot cross agents; use `alloc.frameBoxForTransfer(box)`
alloc.frameBoxForTransfer(view);
// @ts-expect-error: FA201: a frame value cannot cross agents
alloc.frameBoxForTransfer(vec);
// @ts-expect-error: FA201: a frame value cannot cross agents
alloc.frameBoxForTransfer(alloc.frameSlice(f32, 4));
// @ts-expect-error: FA201: a frame value cannot cross agents
alloc.frameBoxForTransfer(alloc.frameAllocBatch(Vec2, 4));
// @ts-expect-error: FA201: a frame value cannot cross agents
alloc.frameBoxForTransfer({ target: view, hp: 1 });
// @ts-expect-error: FA201: a frame value cannot cross agents
alloc.frameBoxForTransfer({ boxes: box });
// @ts-expect-error: FA201: a frame value cannot cross agents
alloc.frameBoxForTransfer([view]);
// Nor by channels.
const channel = new TransferChannel<typeof Vec2>(4);
channel.send(alloc.frameBoxForTransfer(Vec2, { x: 1 }));
channel.send(alloc.frameBoxForTransfer(Vec2).detach());
const carried: OwnedBox<Infer<typeof Vec2>> = channel.receive();
const values = new TransferChannel<{ hp: number }>(4);
values.send({ hp: view.x });
const hp: number | undefined = values.tryReceive()?.value.hp;
void [carried, hp];
// @ts-expect-error: FA201: a frame value cannot cross agents
channel.send(view);
// @ts-expect-error: FA201: a frame value cannot cross agents
channel.trySend(alloc.frameAllocBatch(Vec2, 4));
// @ts-expect-error: not assignable
channel.send(alloc.frameBoxForTransfer(f32, 1));
// @ts-expect-error: FA201: a frame value cannot cross agents
channel.send(box);
// @ts-expect-error: not assignable
values.send({ hp: "1" });
const retained = alloc.frameRetained(Vec2, "promoteToPool", { x: 1 });
const x: number = retained.value.x;
const kept: number = alloc.frameRetained(7, { promoteToScratch: "ai" }).value;
// @ts-expect-error: FA201: a frame value cannot cross agents
alloc.frameBoxForTransfer(retained);
// @ts-expect-error: not assignable
alloc.frameRetained(Vec2, "keep");
// @ts-expect-error: not assignable
alloc.frameWithImportance(Vec2, "promoteToPool");
const tried = alloc.speculative(() => 1);
const value: number | undefined = tried.value;
// @ts-expect-error: not assignable
alloc.rollbackTo({});
void [kept, value, x];
declare const port: { postMessage(message: unknown, transfer: ArrayBuffer[]): void };
alloc.frameBoxForTransfer(f32, 1).send(port);
// @ts-expect-error: not assignable
alloc.frameBoxForTransfer(f32, 1).send({});
const token = alloc.frameBoxForTransfer(f32, 1).detach();
is<Same<typeof token, ReturnType<TransferHandle<number>["detach"]>>>();
const received: OwnedBox<number> = alloc.receive(token);
// @ts-expect-error: not assignable
const wrong: OwnedBox<string> = alloc.receive(token);
void [received, wrong];

// Watching.
const { totalAllocated }: { readonly totalAllocated: number } = alloc.stats();
const unlisten: () => void = alloc.onFrameEvent((event: FrameEvent) => { if (event.type === "frameEnd") is<Same<typeof event.durationUs, number>>(); });
alloc.enableBehaviorFilter("strict");
alloc.enableBehaviorFilter({ minSamples: 3 });
installSink(({ code, severity }) => void [code, severity]);
void [totalAllocated, unlisten];
// @ts-expect-error: not assignable
alloc.enableBehaviorFilter("lenient");
// @ts-expect-error: does not exist
alloc.enableBehaviorFilter({ samples: 3 });
// @ts-expect-error: not assignable
setStrictMode("panic");
// @ts-expect-error: not assignable
emit("GAME7");
// @ts-expect-error: is missing
diagnostic({ code: "GAME7" });
// @ts-expect-error: read-only
alloc.stats().totalAllocated = 1;
alloc.onFrameEvent((event) => {
  // @ts-expect-error: does not exist
  void event.durationUs;
});
