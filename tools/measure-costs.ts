/**
 * Measures what each kind of garbage costs on the Node that runs this script, and writes the table the analysis reads:
 * `packages/analysis/src/knowledge/garbage-costs.ts`. Run `npx tsx tools/measure-costs.ts`; with `--check` it writes nothing and fails
 * when a figure in the table is more than 32 bytes, and more than a quarter, from the one measured now.
 *
 * Method: every case is a small monomorphic function in a process of its own, so that no type feedback leaks from one case to the
 * next. It is called 40,000 times to warm up; then, in each of 12 windows, the heap is collected, and `heapUsed` is read before and after 4,000
 * calls. The young generation is 64 MB, so no collection happens inside a window and the difference is what was allocated. The result is
 * the least of the last 6 windows (by then the optimised code is in place), whole bytes, everything below 1 byte a call counted as 0: reading
 * the heap's size itself allocates some 250 bytes a window. All but the cases with hash tables and growing arrays agree to the byte from run to run.
 *
 * `steady` cases keep their result (in a field of a long-lived object); `removed` cases show which allocations V8 takes away, and
 * which near relatives it does not. Figures hold for 64-bit Node without pointer compression; with it, as in Chrome, a pointer takes 4 bytes
 * and the figures are lower (not measured here).
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Case {
  readonly key: string;
  readonly setup: string;
  readonly body: string;
}

const TABLE = fileURLToPath(new URL("../packages/analysis/src/knowledge/garbage-costs.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Cases with hash tables and growing arrays differ by so much, or by a quarter, from process to process. */
const TOLERANCE_BYTES = 32;

const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];
const upTo = (count: number): readonly string[] => NAMES.slice(0, count);
const LIST = "const list = []; for (let k = 0; k < 6; k++) list.push(k);";
const PAIRS = "const map = new Map(); const set = new Set(); for (let k = 0; k < 6; k++) { map.set(k, k); set.add(k); }";
const RECORD = "const record = { a: 1, b: 2, c: 3 };";
/** More than 460 bytes of bytecode: V8 does not inline it. */
const LARGE = Array.from({ length: 60 }, (_, k) => `s = ((s * ${k + 3}) ^ (s >> 2)) & 1023;`).join(" ");

const steady: readonly Case[] = [
  ...[0, 1, 2, 3, 4, 6, 8].map((n) => ({ key: `object${n}`, setup: "", body: `sink.value = { ${upTo(n).map((name) => `${name}: i & 7`).join(", ")} };` })),
  ...[0, 1, 2, 3, 4, 6, 8].map((n) => ({ key: `array${n}`, setup: "", body: `sink.value = [${upTo(n).map(() => "i & 7").join(", ")}];` })),
  ...[0, 1, 2, 3, 4, 6, 8].map((n) => ({ key: `instance${n}`, setup: `class C { constructor(v) { ${upTo(n).map((name) => `this.${name} = v;`).join(" ")} } }`, body: "sink.value = new C(i & 7);" })),
  { key: "instanceOfThreeDoubles", setup: "class V { constructor(x, y, z) { this.x = x; this.y = y; this.z = z; } }", body: "sink.value = new V(i + 0.5, 2.5, 3.5);" },
  { key: "closure", setup: "", body: "sink.value = () => 1;" },
  { key: "closureCapturing", setup: "", body: "const k = i; sink.value = () => k;" },
  { key: "classExpression", setup: "", body: "sink.value = class { m() { return 1; } };" },
  { key: "template", setup: "const words = ['left', 'right'];", body: "sink.value = `key ${words[i & 1]} of ${words[(i >> 1) & 1]}`;" },
  { key: "stringConcat", setup: "const words = ['a longer word', 'another long word'];", body: "sink.value = words[i & 1] + words[(i >> 1) & 1];" },
  { key: "taggedTemplate", setup: "function tag(strings, value) { return value; }", body: "sink.value = tag`x ${i & 7} y`;" },
  { key: "spreadArray", setup: LIST, body: "sink.value = [...list, i & 7];" },
  { key: "spreadArrayAlone", setup: LIST, body: "sink.value = [...list];" },
  { key: "spreadTypedArray", setup: "const samples = new Float32Array(6);", body: "sink.value = Math.max(...samples) | 0;" },
  { key: "spreadSet", setup: PAIRS, body: "sink.value = [...set];" },
  { key: "spreadObject", setup: RECORD, body: "sink.value = { ...record, d: i & 7 };" },
  { key: "restArray", setup: "function f(...all) { sink.value = all; }", body: "f(i & 7, 2, 3);" },
  { key: "restObject", setup: RECORD, body: "const { a, ...others } = record; sink.value = others;" },
  { key: "arguments", setup: "function f() { sink.value = arguments; }", body: "f(i & 7, 2, 3);" },
  // Sloppy code, whose `arguments` share the parameters.
  { key: "argumentsShared", setup: "const f = new Function('sink', 'return function f(a) { sink.count = arguments[1]; }')(sink);", body: "f(i & 7, 2, 3);" },
  { key: "argumentsLookedUp", setup: "function f(k) { sink.count = arguments[k]; }", body: "f(i & 1, 2, 3);" },
  { key: "map", setup: LIST, body: "sink.value = list.map((x) => x + 1);" },
  { key: "filter", setup: LIST, body: "sink.value = list.filter((x) => x !== 1);" },
  { key: "slice", setup: LIST, body: "sink.value = list.slice();" },
  { key: "concat", setup: LIST, body: "sink.value = list.concat(list);" },
  { key: "flat", setup: LIST, body: "sink.value = list.flat();" },
  { key: "flatMap", setup: LIST, body: "sink.value = list.flatMap((x) => x);" },
  { key: "splice", setup: LIST, body: "sink.value = list.splice(2, 1); list.push(i & 7);" },
  { key: "toSorted", setup: `${LIST} const order = (a, b) => a - b;`, body: "sink.value = list.toSorted(order);" },
  { key: "toReversed", setup: LIST, body: "sink.value = list.toReversed();" },
  { key: "toSpliced", setup: LIST, body: "sink.value = list.toSpliced(1, 1);" },
  { key: "arrayWith", setup: LIST, body: "sink.value = list.with(1, i & 7);" },
  { key: "sort", setup: `${LIST} const order = (a, b) => a - b;`, body: "list.sort(order);" },
  { key: "arrayFrom", setup: LIST, body: "sink.value = Array.from(list);" },
  { key: "join", setup: LIST, body: "sink.value = list.join(',');" },
  { key: "arrayConstructor", setup: "", body: "sink.value = new Array(8);" },
  { key: "arrayEntries", setup: LIST, body: "let s = 0; for (const [k, x] of list.entries()) s += k + x; sink.count = s;" },
  { key: "mapEntries", setup: PAIRS, body: "let s = 0; for (const [k, x] of map) s += k + x; sink.count = s;" },
  { key: "mapForEach", setup: PAIRS, body: "const k = i & 7; map.forEach((x) => { sink.count = x + k; });" },
  { key: "setForEach", setup: PAIRS, body: "const k = i & 7; set.forEach((x) => { sink.count = x + k; });" },
  { key: "typedArray", setup: "", body: "sink.value = new Float32Array(4);" },
  { key: "typedArrayOverBuffer", setup: "const buffer = new ArrayBuffer(64);", body: "sink.value = new Float32Array(buffer, 16, 4);" },
  { key: "subarray", setup: "const floats = new Float32Array(16);", body: "sink.value = floats.subarray(4, 8);" },
  { key: "typedArraySlice", setup: "const floats = new Float32Array(16);", body: "sink.value = floats.slice(4, 8);" },
  { key: "dataView", setup: "const buffer = new ArrayBuffer(64);", body: "sink.value = new DataView(buffer);" },
  { key: "bind", setup: "function f() { return this; }", body: "sink.value = f.bind(sink);" },
  { key: "objectKeys", setup: RECORD, body: "sink.value = Object.keys(record);" },
  { key: "objectValues", setup: RECORD, body: "sink.value = Object.values(record);" },
  { key: "objectEntries", setup: RECORD, body: "sink.value = Object.entries(record);" },
  { key: "objectAssign", setup: RECORD, body: "sink.value = Object.assign({}, record);" },
  { key: "objectFromEntries", setup: PAIRS, body: "sink.value = Object.fromEntries(map);" },
  { key: "jsonParse", setup: "", body: "sink.value = JSON.parse('{\"a\":1,\"b\":2}');" },
  { key: "jsonStringify", setup: RECORD, body: "sink.value = JSON.stringify(record);" },
  { key: "structuredClone", setup: RECORD, body: "sink.value = structuredClone(record);" },
  { key: "boxedNumber", setup: "let held = 0.5;", body: "held += 0.25; sink.count = held > 5 ? 1 : 0;" },
  { key: "bigint", setup: "let big = 1n;", body: "big = BigInt.asUintN(60, big + 12345678901n); sink.value = big;" },
  { key: "lengthReset", setup: "const list = [];", body: "list.length = 0; list.push(i & 7);" },
  { key: "mapSetDelete", setup: "const map = new Map();", body: "map.set(i & 1023, i); map.delete((i + 512) & 1023);" },
  { key: "setClear", setup: "const set = new Set();", body: "set.clear();" },
  { key: "newMap", setup: "", body: "sink.value = new Map();" },
  { key: "newSet", setup: "", body: "sink.value = new Set();" },
  { key: "newWeakMap", setup: "", body: "sink.value = new WeakMap();" },
  { key: "newDate", setup: "", body: "sink.value = new Date(i);" },
  { key: "newError", setup: "", body: "sink.value = new Error('x');" },
  { key: "newPromise", setup: "const noop = () => {};", body: "sink.value = new Promise(noop);" },
  { key: "promiseResolve", setup: "", body: "sink.value = Promise.resolve(i & 7);" },
  { key: "asyncCall", setup: "async function f() { return 1; }", body: "sink.value = f();" },
  { key: "asyncCallWithAwait", setup: "async function f() { await null; return 1; }", body: "sink.value = f();" },
  { key: "generatorCall", setup: "function* g() { yield 1; yield 2; }", body: "sink.value = g();" },
  { key: "generatorStep", setup: "function* g() { while (true) yield 1; } const it = g();", body: "sink.value = it.next();" },
  { key: "regexpExec", setup: "const pattern = /(\\d+)-(\\d+)/;", body: "sink.value = pattern.exec('x 12-34 y');" },
  { key: "stringMatch", setup: "const pattern = /(\\d+)-(\\d+)/;", body: "sink.value = 'x 12-34 y'.match(pattern);" },
  { key: "stringSplit", setup: "const words = ['a b c d', 'e f g h'];", body: "sink.value = words[i & 1].split(' ');" },
  { key: "stringReplace", setup: "const words = ['left and right', 'up and down'];", body: "sink.value = words[i & 1].replace('and', 'or');" },
  { key: "numberToFixed", setup: "", body: "sink.value = (i + 0.37).toFixed(2);" },
  { key: "threeDoublesInArray", setup: "", body: "sink.value = [i + 0.5, 1.5, 2.5];" },
  { key: "promiseThen", setup: "const done = Promise.resolve(1); const next = (x) => x;", body: "sink.value = done.then(next);" },
  { key: "arrayBuffer", setup: "", body: "sink.value = new ArrayBuffer(16);" },
  { key: "arrayPush", setup: "const list = [];", body: "list.push(i & 7); if (list.length > 4) list.length = 0;" },
  { key: "regexpLiteral", setup: "", body: "sink.value = /a+b/;" },
];

const three = (key: string, make: string, use: string): Case => ({ key, setup: `import * as THREE from 'three'; ${make}`, body: use });
const engines: readonly Case[] = [
  three("threeVector2", "", "sink.value = new THREE.Vector2(i + 0.5, 1.5);"),
  three("threeVector3", "", "sink.value = new THREE.Vector3(i + 0.5, 1.5, 2.5);"),
  three("threeVector4", "", "sink.value = new THREE.Vector4(i + 0.5, 1.5, 2.5, 3.5);"),
  three("threeQuaternion", "", "sink.value = new THREE.Quaternion(i + 0.5, 1.5, 2.5, 3.5);"),
  three("threeEuler", "", "sink.value = new THREE.Euler(i + 0.5, 1.5, 2.5);"),
  three("threeColor", "", "sink.value = new THREE.Color(0.25, 0.5, (i & 7) / 16);"),
  three("threeMatrix3", "", "sink.value = new THREE.Matrix3().makeTranslation(i + 0.5, 1.5);"),
  three("threeMatrix4", "", "sink.value = new THREE.Matrix4().makeTranslation(i + 0.5, 1.5, 2.5);"),
  three("threeBox3", "", "sink.value = new THREE.Box3();"),
  three("threeSphere", "", "sink.value = new THREE.Sphere();"),
  three("threeRay", "", "sink.value = new THREE.Ray();"),
  three("threePlane", "", "sink.value = new THREE.Plane();"),
  three("threeFrustum", "", "sink.value = new THREE.Frustum();"),
  three("threeRaycaster", "", "sink.value = new THREE.Raycaster();"),
  three("threeObject3D", "", "sink.value = new THREE.Object3D();"),
  three("threeMesh", "const geometry = new THREE.BufferGeometry(); const material = new THREE.MeshBasicMaterial();", "sink.value = new THREE.Mesh(geometry, material);"),
  three("threeMaterial", "", "sink.value = new THREE.MeshBasicMaterial();"),
  three("threeBufferGeometry", "", "sink.value = new THREE.BufferGeometry();"),
  three("threeIntersectObjects", "const caster = new THREE.Raycaster(); const scene = new THREE.Scene();", "sink.value = caster.intersectObjects(scene.children);"),
];

const removed: readonly Case[] = [
  { key: "localObject", setup: "", body: "const o = { x: i & 7, y: 1 }; sink.count = o.x + o.y;" },
  { key: "localInstance", setup: "class V { constructor(x, y) { this.x = x; this.y = y; } sum() { return this.x + this.y; } }", body: "sink.count = new V(i & 7, 1).sum();" },
  { key: "localArrayConstantIndex", setup: "", body: "const a = [i & 7, 1]; sink.count = a[0] + a[1];" },
  { key: "localInTry", setup: "", body: "try { const o = { x: i & 7 }; sink.count = o.x; } catch { sink.count = 0; }" },
  { key: "returnedTupleTakenApart", setup: "function f(v) { return [v & 7, 1]; }", body: "const [a, b] = f(i); sink.count = a + b;" },
  { key: "returnedObjectTakenApart", setup: "function f(v) { return { a: v & 7, b: 1 }; }", body: "const { a, b } = f(i); sink.count = a + b;" },
  { key: "passedToInlinedCallee", setup: "function f(o) { return o.a + o.b; }", body: "sink.count = f({ a: i & 7, b: 2 });" },
  { key: "objectInsideAnother", setup: "", body: "const o = { inner: { a: i & 7 } }; sink.count = o.inner.a;" },
  { key: "chainOfMethods", setup: "class V { constructor(x) { this.x = x; } add(o) { this.x += o.x; return this; } }", body: "sink.count = new V(i & 7).add({ x: 1 }).x;" },
  { key: "derivedInstance", setup: "class A { constructor(x) { this.x = x; } } class B extends A { y = 2; constructor(x) { super(x); } }", body: "const b = new B(i & 7); sink.count = b.x + b.y;" },
  { key: "swapByPattern", setup: "const list = [1, 2];", body: "[list[0], list[1]] = [list[1], list[0]]; sink.count = list[0];" },
  { key: "closureCalledHere", setup: "", body: "const k = i & 7; const f = (x) => x + k; sink.count = f(1) + f(2);" },
  { key: "closureNamedThenForEach", setup: LIST, body: "const k = i & 7; const f = (x) => { sink.count = x + k; }; list.forEach(f);" },
  { key: "closureToOwnFunction", setup: "function twice(f) { f(1); f(2); }", body: "const k = i & 7; twice((x) => { sink.count = x + k; });" },
  { key: "closureWithoutCapturesToOwnLoop", setup: "function each(n, f) { for (let j = 0; j < n; j++) f(j); }", body: "each(3, (x) => { sink.count = x; });" },
  { key: "madeInLoop", setup: "", body: "let s = 0; for (let j = 0; j < 4; j++) { const o = { a: j, b: i & 7 }; s += o.a + o.b; } sink.count = s;" },
  { key: "passedToFourCallees", setup: "class A { m(o) { return o.x; } } class B { m(o) { return o.x + 1; } } class C { m(o) { return o.x + 2; } } class D { m(o) { return 4; } } const all = [new A(), new B(), new C(), new D()];", body: "sink.count = all[i & 3].m({ x: i & 7 });" },
  { key: "closureToForEach", setup: LIST, body: "const k = i & 7; list.forEach((x) => { sink.count = x + k; });" },
  { key: "closureToReduce", setup: LIST, body: "sink.count = list.reduce((a, b) => a + b, 0);" },
  { key: "closureToSome", setup: LIST, body: "const k = i & 7; sink.count = list.some((x) => x === k) ? 1 : 0;" },
  { key: "closureToFind", setup: LIST, body: "const k = i & 7; sink.count = list.find((x) => x === k) | 0;" },
  { key: "restOfInlinedCallee", setup: "function f(...all) { return all.length; }", body: "sink.count = f(i, 2, 3);" },
  { key: "restPassedOn", setup: "function g(a, b) { return a + b; } function f(...all) { return g(...all); }", body: "sink.count = f(i & 7, 2);" },
  { key: "argumentsRead", setup: `function f(n) { let s = n; for (let j = 0; j < arguments.length; j++) s += arguments[j]; ${LARGE} sink.count = s; }`, body: "f(i & 7, 2, 3);" },
  { key: "argumentsHandedOn", setup: `function g(a, b) { return a + b; } function f() { let s = 0; ${LARGE} sink.count = s + g(...arguments) + g.apply(null, arguments); }`, body: "f(i & 7, 2, 3);" },
  { key: "argumentsCounted", setup: "const f = new Function('sink', 'return function f(a) { sink.count = arguments.length; }')(sink);", body: "f(i & 7, 2, 3);" },
  { key: "kept.argumentsToLargeCallee", setup: `function g(all) { let s = all.length; ${LARGE} sink.count = s; } function f() { g(arguments); }`, body: "f(i & 7, 2, 3);" },
  { key: "kept.argumentsWrittenTo", setup: "function f(a) { arguments[0] = 5; sink.count = arguments[0]; }", body: "f(i & 7, 2, 3);" },
  { key: "kept.argumentsWalked", setup: "function f() { let s = 0; for (const x of arguments) s += x; sink.count = s; }", body: "f(i & 7, 2, 3);" },
  { key: "spreadCall", setup: "function f(a, b, c) { return a + b + c; } const list = [1, 2, 3];", body: "sink.count = f(...list);" },
  { key: "forOfArray", setup: LIST, body: "let s = 0; for (const x of list) s += x; sink.count = s;" },
  { key: "forOfSet", setup: PAIRS, body: "let s = 0; for (const x of set) s += x; sink.count = s;" },
  { key: "forOfMapValues", setup: PAIRS, body: "let s = 0; for (const x of map.values()) s += x; sink.count = s;" },
  { key: "forIn", setup: RECORD, body: "let s = 0; for (const k in record) s += record[k]; sink.count = s;" },
  { key: "kept.choiceOfTwo", setup: "", body: "const o = (i & 1) === 0 ? { a: 1 } : { a: 2 }; sink.count = o.a;" },
  { key: "kept.remadeInLoop", setup: "", body: "let o = { a: 0 }; for (let j = 0; j < 4; j++) o = { a: o.a + 1 }; sink.count = o.a;" },
  { key: "kept.variableIndex", setup: "", body: "const a = [i & 7, 2, 3]; let s = 0; for (let j = 0; j < 3; j++) s += a[j]; sink.count = s;" },
  { key: "kept.iteratedLiteral", setup: "", body: "let s = 0; for (const x of [i & 7, 2, 3]) s += x; sink.count = s;" },
  { key: "kept.passedToLargeCallee", setup: `function f(o) { let s = o.a; ${LARGE} return s; }`, body: "sink.count = f({ a: i & 7, b: 2 });" },
  { key: "kept.closureOverReassigned", setup: LIST, body: "let s = 0; list.forEach((x) => { s += x; }); sink.count = s;" },
  { key: "kept.largeClosureToForEach", setup: LIST, body: `const k = i & 7; list.forEach((x) => { let s = x + k; ${LARGE} sink.count = s; });` },
  { key: "kept.closureAssignedVariable", setup: LIST, body: "let f = (x) => { sink.count = x; }; if ((i & 1) === 0) f = (x) => { sink.count = x + i; }; list.forEach(f);" },
  { key: "kept.capturedObject", setup: LIST, body: "const o = { k: i & 7 }; let s = 0; list.forEach((x) => { s += x + o.k; }); sink.count = s;" },
  { key: "kept.spreadLocal", setup: LIST, body: "sink.count = [...list].length;" },
  { key: "capturedObject", setup: LIST, body: "const o = { k: i & 7 }; list.forEach((x) => { sink.count = x + o.k; });" },
  { key: "closureThatCallsSmall", setup: `${LIST} function small(x) { return x + 1; }`, body: "const k = i & 7; list.forEach((x) => { sink.count = small(x + k); });" },
  { key: "kept.closureThatCalls", setup: `${LIST} const others = new Set();`, body: "const k = i & 7; list.forEach((x) => { others.delete(x + k); });" },
  { key: "kept.closureThatAssigns", setup: `${LIST} let longest = 0;`, body: "const k = i & 7; list.forEach((x) => { if (x > 3) longest = x + k; });" },
  { key: "kept.closureNeverRun", setup: "const none = [];", body: "const k = i & 7; none.forEach((x) => { sink.count = x + k; });" },
  { key: "constantListWalked", setup: "const o = { x: 1, y: 2, z: 3 };", body: "let s = 0; for (const key of ['x', 'y', 'z']) s += o[key]; for (const sign of [1, -1]) s += sign * i; sink.count = s & 7;" },
  { key: "constantListRead", setup: "", body: "const all = [1, 2, 3]; sink.count = all[i & 1];" },
  { key: "constantListSearched", setup: "", body: "sink.count = [1, 2, 3].includes(i & 7) ? 1 : [4, 5].indexOf(i & 7);" },
  { key: "kept.listOfLists", setup: "", body: "let s = 0; for (const [a, b] of [[1, 2], [3, 4]]) s += a * b * i; sink.count = s & 7;" },
  { key: "kept.listOfDoubles", setup: "", body: "let s = 0; for (const x of [1.5, -1.5]) s += x > 1 ? i : 1; sink.count = s & 7;" },
  { key: "kept.closureToOwnLoop", setup: "function each(n, f) { for (let j = 0; j < n; j++) f(j); }", body: "const k = i & 7; each(3, (x) => { sink.count = x + k; });" },
  { key: "kept.closureCalledInLoop", setup: "", body: "const k = i & 7; const f = (x) => x + k; let s = 0; for (let j = 0; j < 3; j++) s += f(j); sink.count = s;" },
  { key: "kept.leavesInOneBranch", setup: "", body: "const o = { a: i & 7 }; if ((i & 7) === 3) sink.value = o; sink.count = o.a;" },
  { key: "kept.mappedThenMeasured", setup: LIST, body: "sink.count = list.map((x) => x + 1).length;" },
  { key: "kept.mapEntriesLocal", setup: PAIRS, body: "let s = 0; for (const [k, x] of map.entries()) s += k + x; sink.count = s;" },
];

function childProgram(test: Case): string {
  return `${test.setup.startsWith("import") ? test.setup : ""}
const sink = { value: null, count: 0 };
${test.setup.startsWith("import") ? "" : test.setup}
function call(i) { ${test.body} }
function window_(n) { for (let i = 0; i < n; i++) call(i); }
for (let w = 0; w < 80; w++) window_(500);
const result = new Float64Array(12);
for (let w = 0; w < 12; w++) {
  gc();
  const before = process.memoryUsage().heapUsed;
  window_(4000);
  result[w] = (process.memoryUsage().heapUsed - before) / 4000;
}
console.log(JSON.stringify([...result]));`;
}

/** Bytes a call; throws when the case itself fails. */
function measure(test: Case): number {
  const flags = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64", "--input-type=module"];
  const child = spawnSync(process.execPath, [...flags, "-e", childProgram(test)], { encoding: "utf8", cwd: ROOT });
  if (child.status !== 0) throw new Error(`case \`${test.key}\`: ${child.stderr}`);
  const windows = (JSON.parse(child.stdout) as number[]).slice(6).sort((a, b) => a - b);
  return Math.floor(windows[0] ?? Number.NaN);
}

function measureAll(cases: readonly Case[]): Map<string, number> {
  return new Map(cases.map((test) => [test.key, measure(test)]));
}

function table(name: string, doc: string, figures: ReadonlyMap<string, number>): string {
  const rows = [...figures].map(([key, bytes]) => `  ${/^\w+$/.test(key) ? key : JSON.stringify(key)}: ${bytes},`);
  return `/** ${doc} */\nexport const ${name} = {\n${rows.join("\n")}\n} as const;\n`;
}

function render(kept: ReadonlyMap<string, number>, free: ReadonlyMap<string, number>): string {
  const threeVersion = (JSON.parse(readFileSync(new URL("../node_modules/three/package.json", import.meta.url), "utf8")) as { version: string }).version;
  return `/**
 * Bytes that one call of each kind of garbage costs. Generated by \`npx tsx tools/measure-costs.ts\`; do not edit.
 * Measured on Node ${process.versions.node} (V8 ${process.versions.v8}, ${process.arch}), three ${threeVersion}; method in the script's header.
 * The list has 6 elements and the record 3 properties wherever a case needs one: a figure is what to expect at least, not a promise.
 */

${table("GARBAGE_BYTES", "Bytes a call for garbage that outlives the call; `object3` is a literal of 3 properties, `instance3` a class of 3 fields.", kept)}
${table("REMOVED_BYTES", "What optimised code allocates when the value stays local: 0 where V8 removes the allocation; `kept.*` are relatives that it does not remove.", free)}`;
}

function check(figures: ReadonlyMap<string, number>): number {
  const text = readFileSync(TABLE, "utf8");
  let stale = 0;
  for (const [key, bytes] of figures) {
    const known = new RegExp(`^ {2}"?${key.replace(".", "\\.")}"?: (\\d+),$`, "m").exec(text)?.[1];
    if (known !== undefined && Math.abs(Number(known) - bytes) <= Math.max(TOLERANCE_BYTES, bytes / 4)) continue;
    console.error(`${key}: the table says ${known ?? "nothing"}, measured ${bytes}`);
    stale++;
  }
  return stale;
}

function main(): void {
  const kept = measureAll([...steady, ...engines]);
  const free = measureAll(removed);
  if (!process.argv.includes("--check")) {
    writeFileSync(TABLE, render(kept, free));
    return;
  }
  if (check(new Map([...kept, ...free])) === 0) return;
  console.error("run `npx tsx tools/measure-costs.ts`");
  process.exitCode = 1;
}

main();
