/**
 * Values that are written over again and again: the classes of engines whose instances serve as scratch, which of their methods write all of the
 * receiver without reading it, which give the receiver back, and which calls write into an argument.
 */
import type { ApiKey } from "../source/traced-type.ts";
import { canonicalApi } from "./package-aliases.ts";

interface ScratchClass {
  /** Write the receiver whole; a name that ends in `*` stands for all that begin so. */
  readonly overwrites: readonly string[];
  /** Give something else than the receiver. */
  readonly others: readonly string[];
}

const words = (text: string): readonly string[] => text.split(" ");

const MATH: ScratchClass = {
  overwrites: words("set setScalar copy fromArray fromBufferAttribute addVectors subVectors multiplyVectors crossVectors lerpVectors multiplyMatrices multiplyQuaternions slerpQuaternions setFrom* make* identity compose random randomDirection setHex setRGB setHSL setStyle setColorName lerpColors"),
  others: words("clone dot length lengthSq manhattanLength distanceTo distanceToSquared manhattanDistanceTo angleTo equals toArray getComponent determinant getHex getHexString getStyle containsPoint containsBox intersectsBox intersectsSphere intersectsPlane isEmpty distanceToPoint getMaxScaleOnAxis cross2d angle"),
};
const BABYLON: ScratchClass = { overwrites: words("copyFrom copyFromFloats set setAll copyFromArray"), others: words("clone length lengthSquared equals equalsWithEpsilon asArray toArray add subtract multiply scale negate divide normalizeToNew cross determinant") };
const SMALL: ScratchClass = { overwrites: words("set copy setZero copyFrom setTo setFrom*"), others: words("clone length lengthSquared lengthSq dot distance equals") };

const CLASSES: Readonly<Record<string, Readonly<Record<string, ScratchClass>>>> = {
  three: Object.fromEntries(words("Vector2 Vector3 Vector4 Quaternion Euler Color Matrix3 Matrix4 Box2 Box3 Sphere Plane Ray Line3 Triangle Spherical Cylindrical Frustum").map((name) => [name, MATH])),
  "@babylonjs/core": Object.fromEntries(words("Vector2 Vector3 Vector4 Quaternion Matrix Color3 Color4").map((name) => [name, BABYLON])),
  "cannon-es": { Vec3: SMALL, Quaternion: SMALL },
  planck: { Vec2: SMALL, Vec3: SMALL },
  playcanvas: Object.fromEntries(words("Vec2 Vec3 Vec4 Quat Mat4 Color").map((name) => [name, { overwrites: [...SMALL.overwrites, "add2", "sub2", "mul2", "cross", "lerp", "setIdentity"], others: SMALL.others }])),
  "pixi.js": { Point: SMALL, ObservablePoint: SMALL, Matrix: { overwrites: words("set copyFrom identity setTransform"), others: SMALL.others }, Rectangle: { overwrites: words("copyFrom"), others: SMALL.others } },
};

/** Of instances of this class; undefined for classes that are no plain values. */
export function scratchClass(api: ApiKey): ScratchClass | undefined {
  const [owner = "", name = ""] = canonicalApi(api).split(":");
  const classes = Object.hasOwn(CLASSES, owner) ? CLASSES[owner] : undefined;
  return classes !== undefined && Object.hasOwn(classes, name) ? classes[name] : undefined;
}

export function overwritesReceiver(of: ScratchClass, member: string): boolean {
  return of.overwrites.some((name) => (name.endsWith("*") ? member.startsWith(name.slice(0, -1)) : name === member));
}

export function givesReceiver(of: ScratchClass, member: string): boolean {
  return !of.others.includes(member) && !member.startsWith("get") && !member.startsWith("is");
}

/** Members by which three.js writes into an argument, and its number. */
const TARGETS: Readonly<Record<string, number>> = {
  getWorldPosition: 0, getWorldQuaternion: 0, getWorldScale: 0, getWorldDirection: 0, getCenter: 0, getSize: 0, getBoundingSphere: 0, getBoundingBox: 0, getNormal: 0, getPlane: 0, getMidpoint: 0, coplanarPoint: 0,
  delta: 0, getHSL: 0, getRGB: 0, getDrawingBufferSize: 0, clampPoint: 1, projectPoint: 1, intersectLine: 1, intersectBox: 1, intersectSphere: 1, intersectPlane: 1, closestPointToPoint: 1, getPoint: 1,
  getPointAt: 1, getTangent: 1, getMatrixAt: 1, getColorAt: 1, getVertexPosition: 1, getParameter: 1, at: 1, intersectTriangle: 4,
};
/** What gl-matrix computes without writing its first argument. */
const GL_READS: ReadonlySet<string> = new Set(words("dot len length dist distance sqrDist sqrLen squaredLength squaredDistance equals exactEquals str angle determinant getAngle create clone fromValues frob"));

/**
 * The argument that a call writes whole: by the API where it is known, else by a member's name that only three.js has, for a value of one of its classes.
 * Null for none.
 */
export function writtenArgument(apis: readonly ApiKey[], member: string | null, isThree: boolean): number | null {
  for (const each of apis) {
    const api = canonicalApi(each);
    const gl = /^gl-matrix:(?:vec|quat|mat)\w*\.(\w+)$/.exec(api)?.[1];
    if (gl !== undefined) return GL_READS.has(gl) ? null : 0;
  }
  return isThree && member !== null && Object.hasOwn(TARGETS, member) ? TARGETS[member] ?? null : null;
}

const CONTAINER_KEEPS: ReadonlySet<ApiKey> = new Set(["global:Array#push", "global:Array#unshift", "global:Map#set", "global:Set#add", "global:WeakMap#set"]);

/** Whether a call of this API keeps its arguments in the receiver. */
export function keepsArguments(api: ApiKey): boolean {
  return CONTAINER_KEEPS.has(api);
}

/** Methods by which a value of an engine, or of a class like theirs, is written whole, where the class cannot be named. */
const WRITES: ReadonlySet<string> = new Set(words("set copy setScalar fromArray copyFrom addVectors subVectors crossVectors lerpVectors multiplyMatrices identity compose fill"));

export function writesWhole(member: string): boolean {
  return WRITES.has(member);
}
