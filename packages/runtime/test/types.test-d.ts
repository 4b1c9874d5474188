/**
 * What must not compile, and what types come out. A comment of the form `// @ts-expect-error: text` marks an error whose message contains the text;
 * types.test-d.test.ts checks both.
 */
import { array, bool, f32, i64, struct, u8, type FrameBox, type FrameVec, type Infer, type OwnedBox, type Ref, type SmartAlloc, type StructArray, type TransferHandle } from "@framealloc/runtime";

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
