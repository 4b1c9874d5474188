/**
 * Functions whose every call makes garbage: JavaScript's own, and those of engines that give a fresh value where an `out` argument or a `...ToRef`
 * form exists. Bytes come from the measured table; an engine's class that was not measured takes the figure of the nearest measured shape.
 *
 * Not listed, since they were measured at 0 or make only a small string: `forEach some every find reduce` (their callback is judged as a closure),
 * `Map#values Map#keys Set#values` in a `for-of`, `trim`, `toUpperCase`, `substring`, `Math.*`, `performance.now`.
 */
import type { ApiKey } from "../source/traced-type.ts";
import { GARBAGE_BYTES as B } from "./garbage-costs.ts";
import { canonicalApi } from "./package-aliases.ts";
import { OUT_ARGUMENT_METHODS, outArgument } from "./out-arguments.ts";
import { canonicalMember } from "./three-parts.ts";

/** What garbage is made of; the words of `// fact garbage(f) = ...` and of messages. */
export type GarbageKind =
  | "object" | "array" | "instance" | "closure" | "class" | "template" | "string-concat" | "spread" | "rest" | "arguments" | "array-method" | "sort" | "iterator"
  | "typed-array" | "view" | "bound-function" | "object-keys" | "json" | "regexp" | "string-split" | "promise" | "generator" | "clone" | "container" | "container-clear"
  | "length-reset" | "api";

export interface AllocatingApi {
  readonly kind: GarbageKind;
  readonly bytes: number;
  /** It allocates only when the call leaves this argument out: the `out` argument. */
  readonly unlessArgument?: number;
}

const method = (bytes: number): AllocatingApi => ({ kind: "array-method", bytes });
const view: AllocatingApi = { kind: "view", bytes: B.subarray };

const ARRAY: Readonly<Record<string, AllocatingApi>> = {
  map: method(B.map), filter: method(B.filter), slice: method(B.slice), concat: method(B.concat), flat: method(B.flat), flatMap: method(B.flatMap), splice: method(B.splice),
  toSorted: { kind: "sort", bytes: B.toSorted }, toReversed: method(B.toReversed), toSpliced: method(B.toSpliced), with: method(B.arrayWith),
  sort: { kind: "sort", bytes: B.sort }, join: method(B.join), entries: { kind: "iterator", bytes: B.arrayEntries },
};
const TYPED_ARRAY: Readonly<Record<string, AllocatingApi>> = {
  subarray: view, slice: { kind: "typed-array", bytes: B.typedArraySlice }, map: { kind: "typed-array", bytes: B.typedArraySlice }, filter: { kind: "typed-array", bytes: B.typedArraySlice },
  entries: { kind: "iterator", bytes: B.arrayEntries },
};
const MAP: Readonly<Record<string, AllocatingApi>> = { entries: { kind: "iterator", bytes: B.mapEntries }, clear: { kind: "container-clear", bytes: B.setClear } };

const GLOBAL_MEMBERS: Readonly<Record<string, Readonly<Record<string, AllocatingApi>>>> = {
  Array: ARRAY, ReadonlyArray: ARRAY, TypedArray: TYPED_ARRAY,
  Map: MAP, ReadonlyMap: MAP, Set: MAP, ReadonlySet: MAP,
  String: { split: { kind: "string-split", bytes: B.stringSplit }, match: { kind: "regexp", bytes: B.stringMatch }, matchAll: { kind: "regexp", bytes: B.stringMatch } },
  RegExp: { exec: { kind: "regexp", bytes: B.regexpExec } },
  Function: { bind: { kind: "bound-function", bytes: B.bind } },
  Promise: { then: { kind: "promise", bytes: B.promiseThen }, catch: { kind: "promise", bytes: B.promiseThen }, finally: { kind: "promise", bytes: B.promiseThen } },
};
export const TYPED_ARRAYS = ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"];

const promise: AllocatingApi = { kind: "promise", bytes: B.promiseResolve };
const GLOBAL_FUNCTIONS: Readonly<Record<string, AllocatingApi>> = {
  "Object.keys": { kind: "object-keys", bytes: B.objectKeys }, "Object.values": { kind: "object-keys", bytes: B.objectValues }, "Object.entries": { kind: "object-keys", bytes: B.objectEntries },
  "Object.getOwnPropertyNames": { kind: "object-keys", bytes: B.objectKeys }, "Object.fromEntries": { kind: "object", bytes: B.objectFromEntries }, "Object.create": { kind: "object", bytes: B.object0 },
  "Array.from": { kind: "array", bytes: B.arrayFrom }, "Array.of": { kind: "array", bytes: B.array3 }, Array: { kind: "array", bytes: B.arrayConstructor },
  "JSON.parse": { kind: "json", bytes: B.jsonParse }, "JSON.stringify": { kind: "json", bytes: B.jsonStringify }, structuredClone: { kind: "json", bytes: B.structuredClone },
  "Promise.resolve": promise, "Promise.reject": promise, "Promise.all": promise, "Promise.race": promise, "Promise.allSettled": promise, "Promise.any": promise,
};

/** By `new`. */
const GLOBAL_CONSTRUCTORS: Readonly<Record<string, AllocatingApi>> = {
  Array: { kind: "array", bytes: B.arrayConstructor }, Object: { kind: "object", bytes: B.object0 },
  Map: { kind: "container", bytes: B.newMap }, Set: { kind: "container", bytes: B.newSet }, WeakMap: { kind: "container", bytes: B.newWeakMap }, WeakSet: { kind: "container", bytes: B.newWeakMap },
  DataView: { kind: "view", bytes: B.dataView }, ArrayBuffer: { kind: "typed-array", bytes: B.arrayBuffer }, SharedArrayBuffer: { kind: "typed-array", bytes: B.arrayBuffer },
  Date: { kind: "instance", bytes: B.newDate }, Error: { kind: "instance", bytes: B.newError }, Promise: { kind: "promise", bytes: B.newPromise }, RegExp: { kind: "regexp", bytes: B.regexpLiteral },
};

const clones = (classes: Readonly<Record<string, number>>): [string, AllocatingApi][] => Object.entries(classes).map(([name, bytes]) => [`${name}#clone`, { kind: "clone", bytes }]);
const THREE_CLASSES = {
  Vector2: B.threeVector2, Vector3: B.threeVector3, Vector4: B.threeVector4, Quaternion: B.threeQuaternion, Euler: B.threeEuler, Color: B.threeColor, Matrix3: B.threeMatrix3, Matrix4: B.threeMatrix4,
  Box2: B.threeVector2 * 2, Box3: B.threeBox3, Sphere: B.threeSphere, Ray: B.threeRay, Plane: B.threePlane, Line3: B.threeVector3 * 2, Triangle: B.threeVector3 * 3, Frustum: B.threeFrustum,
  Spherical: B.threeVector3, Cylindrical: B.threeVector3, Raycaster: B.threeRaycaster, Layers: B.instance1, Object3D: B.threeObject3D, Group: B.threeObject3D, Mesh: B.threeMesh, Sprite: B.threeObject3D,
  Line: B.threeMesh, LineSegments: B.threeMesh, Points: B.threeMesh, InstancedMesh: B.threeMesh, SkinnedMesh: B.threeMesh, Scene: B.threeObject3D, BufferGeometry: B.threeBufferGeometry, Material: B.threeMaterial,
  MeshBasicMaterial: B.threeMaterial, MeshStandardMaterial: B.threeMaterial, ShaderMaterial: B.threeMaterial, LineBasicMaterial: B.threeMaterial, SpriteMaterial: B.threeMaterial, PointsMaterial: B.threeMaterial,
};
const withoutTarget = (index: number, bytes: number): AllocatingApi => ({ kind: "api", bytes, unlessArgument: index });
const fresh = (bytes: number): AllocatingApi => ({ kind: "api", bytes });

const THREE: ReadonlyMap<string, AllocatingApi> = new Map<string, AllocatingApi>([
  ...clones(THREE_CLASSES),
  ...["Vector2", "Vector3", "Vector4", "Quaternion", "Euler", "Color", "Matrix3", "Matrix4"].map((name): [string, AllocatingApi] => [`${name}#toArray`, withoutTarget(0, B.threeDoublesInArray)]),
  ["Raycaster#intersectObject", withoutTarget(2, B.threeIntersectObjects)], ["Raycaster#intersectObjects", withoutTarget(2, B.threeIntersectObjects)],
  ["Curve#getPoint", withoutTarget(1, B.threeVector3)], ["Curve#getPointAt", withoutTarget(1, B.threeVector3)], ["Curve#getTangent", withoutTarget(1, B.threeVector3)], ["Curve#getTangentAt", withoutTarget(1, B.threeVector3)],
  ["CatmullRomCurve3#getPoint", withoutTarget(1, B.threeVector3)], ["CatmullRomCurve3#getPointAt", withoutTarget(1, B.threeVector3)], ["CatmullRomCurve3#getTangentAt", withoutTarget(1, B.threeVector3)],
  ["Curve#getPoints", fresh(B.threeVector3 * 6)], ["CatmullRomCurve3#getPoints", fresh(B.threeVector3 * 6)], ["BufferGeometry#toNonIndexed", fresh(B.threeBufferGeometry)], ["Object3D#toJSON", fresh(B.object8)],
]);

/** Engines whose arithmetic gives a new value: class -> bytes of an instance, and the methods that make one. */
interface ValueClass {
  readonly bytes: number;
  readonly methods: string;
  readonly statics: string;
}
const BABYLON_VECTOR = "add subtract multiply divide scale negate clone normalizeToNew cross rotateByQuaternionToNew fract floor";
const VALUE_CLASSES: Readonly<Record<string, Readonly<Record<string, ValueClass>>>> = {
  "@babylonjs/core": {
    Vector2: { bytes: B.threeVector2, methods: "add addVector3 subtract multiply divide scale negate clone normalizeToNew fract floor", statics: "Zero One Random FromArray Lerp Normalize Minimize Maximize Transform Center" },
    Vector3: { bytes: B.threeVector3, methods: BABYLON_VECTOR, statics: "Zero One Up Down Right Left Forward Backward Random FromArray Lerp Slerp Cross Normalize Minimize Maximize TransformCoordinates TransformNormal Center RotationFromAxis" },
    Vector4: { bytes: B.threeVector4, methods: "add subtract multiply divide scale negate clone", statics: "Zero One FromArray Normalize" },
    Quaternion: { bytes: B.threeVector4, methods: "add subtract multiply scale clone conjugate invert toEulerAngles", statics: "Identity Zero Inverse Slerp FromEulerAngles FromEulerVector RotationAxis RotationYawPitchRoll FromRotationMatrix" },
    Matrix: { bytes: B.typedArray, methods: "add multiply scale clone getRotationMatrix getTranslation", statics: "Identity Zero Translation Scaling RotationX RotationY RotationZ RotationAxis RotationYawPitchRoll Invert Transpose Compose LookAtLH PerspectiveFovLH FromArray" },
    Color3: { bytes: B.threeVector3, methods: "add subtract multiply scale clone toLinearSpace toGammaSpace", statics: "Red Green Blue Black White Random Lerp FromHexString FromArray" },
    Color4: { bytes: B.threeVector4, methods: "add subtract multiply scale clone", statics: "Lerp FromColor3 FromHexString FromArray" },
  },
  planck: { Vec2: { bytes: B.threeVector2, methods: "clone", statics: "zero neo clone add sub mul mulNumVec2 mulVec2Num neg abs mid upper lower skew cross crossNumVec2 crossVec2Num combine wAdd normalize clamp" }, Vec3: { bytes: B.threeVector3, methods: "clone", statics: "clone add sub mul neg cross" } },
  "cannon-es": { Vec3: { bytes: B.threeVector3, methods: "clone", statics: "" }, Quaternion: { bytes: B.threeVector4, methods: "clone", statics: "" } },
  playcanvas: { Vec2: { bytes: B.threeVector2, methods: "clone", statics: "" }, Vec3: { bytes: B.threeVector3, methods: "clone", statics: "" }, Vec4: { bytes: B.threeVector4, methods: "clone", statics: "" }, Quat: { bytes: B.threeVector4, methods: "clone", statics: "" }, Mat4: { bytes: B.typedArray, methods: "clone", statics: "" }, Color: { bytes: B.threeVector4, methods: "clone", statics: "" } },
  "pixi.js": { Point: { bytes: B.threeVector2, methods: "clone", statics: "" }, Matrix: { bytes: B.instance6, methods: "clone", statics: "" }, Rectangle: { bytes: B.instance4, methods: "clone", statics: "" } },
  phaser: { "Math.Vector2": { bytes: B.threeVector2, methods: "clone", statics: "" }, "Math.Vector3": { bytes: B.threeVector3, methods: "clone", statics: "" } },
  "gl-matrix": Object.fromEntries(["vec2", "vec3", "vec4", "quat", "mat2", "mat3", "mat4", "quat2", "mat2d"].map((name) => [name, { bytes: B.typedArray, methods: "", statics: "create clone fromValues" }])),
};

/** What garbage a call of this API makes; undefined for none that is known. `construct` for `new`. */
export function allocatingApi(givenApi: ApiKey, construct: boolean): AllocatingApi | undefined {
  const api = canonicalMember(givenApi);
  const split = api.indexOf(":", api.startsWith("node:") ? 5 : 0);
  const owner = api.slice(0, split);
  const path = api.slice(split + 1);
  if (owner === "global") return globalApi(path, construct);
  if (owner === "three") return construct ? undefined : THREE.get(path);
  return construct ? undefined : valueClassApi(owner, path) ?? outArgumentApi(api);
}

/** Bytes of an instance of an external class that was measured; undefined when it was not. */
export function instanceBytes(api: ApiKey): number | undefined {
  const [owner = "", name = ""] = canonicalApi(api).split(":");
  if (owner === "three") return own(THREE_CLASSES, name);
  return own(VALUE_CLASSES[owner] ?? {}, name)?.bytes;
}

/**
 * The same by the member's name alone, for a receiver that nobody can name: only members that allocate whatever they are called on. `slice` and
 * `concat` of a string make a string, so they count only in the form that copies a whole array, and `sort` only when it is handed a function to compare by.
 */
export function allocatingMember(member: string, argumentCount: number, isFunction: (argument: number) => boolean): AllocatingApi | undefined {
  switch (member) {
    case "sort": return argumentCount === 1 && isFunction(0) ? ARRAY["sort"] : undefined;
    case "map": case "filter": case "flatMap": return argumentCount === 1 || argumentCount === 2 ? ARRAY[member] : undefined;
    case "slice": return argumentCount === 0 ? ARRAY["slice"] : undefined;
    case "splice": return argumentCount > 0 ? ARRAY["splice"] : undefined;
    case "subarray": return view;
    case "split": return argumentCount === 1 || argumentCount === 2 ? { kind: "string-split", bytes: B.stringSplit } : undefined;
    case "clone": return argumentCount === 0 ? { kind: "clone", bytes: B.instance2 } : undefined;
    default: return undefined;
  }
}

function globalApi(path: string, construct: boolean): AllocatingApi | undefined {
  if (construct) {
    if (TYPED_ARRAYS.includes(path)) return { kind: "typed-array", bytes: B.typedArray };
    return own(GLOBAL_CONSTRUCTORS, path.endsWith("Error") ? "Error" : path);
  }
  const [class_ = "", member] = path.split("#");
  if (member === undefined) return own(GLOBAL_FUNCTIONS, path) ?? typedArrayStatic(path);
  return own(own(GLOBAL_MEMBERS, TYPED_ARRAYS.includes(class_) ? "TypedArray" : class_) ?? {}, member);
}

function typedArrayStatic(path: string): AllocatingApi | undefined {
  const [class_ = "", member = ""] = path.split(".");
  return TYPED_ARRAYS.includes(class_) && (member === "from" || member === "of") ? { kind: "typed-array", bytes: B.typedArray } : undefined;
}

function valueClassApi(owner: string, path: string): AllocatingApi | undefined {
  const classes = own(VALUE_CLASSES, owner);
  if (classes === undefined) return undefined;
  const instance = path.lastIndexOf("#");
  const at = instance >= 0 ? instance : path.lastIndexOf(".");
  const class_ = own(classes, path.slice(0, at));
  const names = instance >= 0 ? class_?.methods : class_?.statics;
  const member = path.slice(at + 1);
  if (class_ === undefined || names === undefined || !names.split(" ").includes(member)) return undefined;
  return { kind: member === "clone" ? "clone" : "api", bytes: class_.bytes };
}

/** Names of the methods by which engines' values make others: enough reason to ask what their receiver is. */
export const ENGINE_METHODS: ReadonlySet<string> = new Set([
  ...[...THREE.keys()].map((name) => name.replace(/^.*#/, "")), ...Object.values(VALUE_CLASSES).flatMap((classes) => Object.values(classes).flatMap(({ methods }) => methods.split(" "))), ...OUT_ARGUMENT_METHODS,
]);

function outArgumentApi(api: ApiKey): AllocatingApi | undefined {
  const made = outArgument(api);
  return made === undefined ? undefined : made.target === null ? fresh(made.bytes) : withoutTarget(made.target, made.bytes);
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
