/** Makes many views of the kind that its argument names; run by a loader that sets the name of every class that has one. */
import { f32, struct } from "@framealloc/runtime";
import { Memory } from "../../src/memory.ts";

const COUNT = 1_000_000;
const Vec3 = struct({ x: f32, y: f32, z: f32 });
const buffer = new ArrayBuffer(1 << 16);
const memory = new Memory(buffer, 16, buffer.byteLength);
const type = process.argv[2] === "scalar" ? f32 : Vec3;

let last: object = {};
function makeMany(): void {
  for (let i = 0; i < COUNT; i += 1) last = type.make(memory, 16 + (i & 1023) * 16);
}

makeMany();
console.log(`made ${COUNT}: ${"$ptr" in last}`);
