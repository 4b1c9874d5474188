/**
 * How an instance of an engine's plain class is made anew in place: the member that writes it like its constructor does, and the one that writes it like
 * `clone`. All of them give the receiver back.
 */
import type { ApiKey } from "../source/traced-type.ts";
import { canonicalApi } from "./package-aliases.ts";
import { scratchClass } from "./scratch-apis.ts";
import { canonicalMember } from "./three-parts.ts";

interface Maker {
  /** Takes the constructor's arguments; null when there is none. */
  readonly set: string | null;
  /** What the constructor takes them for when it is given none. */
  readonly defaults?: readonly number[];
  /** The call that does what a constructor without arguments does, where that is no `set`. */
  readonly empty?: string;
  /** Counts of arguments that `set` takes as the constructor does; those of `defaults` without. */
  readonly counts?: readonly number[];
  /** Another name than `set` for a count of arguments: in releases whose `set` takes one alone. */
  readonly setOf?: Readonly<Record<number, string>>;
  /** All that can be read out of an instance are numbers. */
  readonly scalar: boolean;
}

const numbers = (...defaults: number[]): Maker => ({ set: "set", defaults, scalar: true });
const emptied = (empty: string, counts: readonly number[] = []): Maker => ({ set: counts.length === 0 ? null : "set", empty, counts, scalar: false });

const THREE: Readonly<Record<string, Maker>> = {
  Vector2: numbers(0, 0), Vector3: numbers(0, 0, 0), Vector4: numbers(0, 0, 0, 1), Quaternion: numbers(0, 0, 0, 1),
  Euler: { set: "set", empty: 'set(0, 0, 0, "XYZ")', counts: [4], scalar: true }, Color: { set: "set", empty: "setScalar(1)", counts: [1, 3], setOf: { 3: "setRGB" }, scalar: true },
  Matrix3: emptied("identity()", [9]), Matrix4: emptied("identity()", [16]), Box2: emptied("makeEmpty()"), Box3: emptied("makeEmpty()"), Sphere: emptied("makeEmpty()"),
  Plane: emptied("setComponents(1, 0, 0, 0)"), Spherical: numbers(1, 0, 0), Cylindrical: numbers(1, 0, 0),
};

interface Family {
  readonly copy: string;
  readonly classes: Readonly<Record<string, Maker>>;
}

const FAMILIES: Readonly<Record<string, Family>> = {
  three: { copy: "copy", classes: THREE },
  "@babylonjs/core": { copy: "copyFrom", classes: { Vector2: numbers(0, 0), Vector3: numbers(0, 0, 0), Vector4: numbers(0, 0, 0, 0), Quaternion: numbers(0, 0, 0, 1), Color3: numbers(0, 0, 0), Color4: numbers(0, 0, 0, 1) } },
  "cannon-es": { copy: "copy", classes: { Vec3: numbers(0, 0, 0), Quaternion: numbers(0, 0, 0, 1) } },
  playcanvas: { copy: "copy", classes: { Vec2: numbers(0, 0), Vec3: numbers(0, 0, 0), Vec4: numbers(0, 0, 0, 0), Quat: numbers(0, 0, 0, 1), Color: numbers(0, 0, 0, 1), Mat4: { ...emptied("setIdentity()"), scalar: false } } },
  "pixi.js": { copy: "copyFrom", classes: { Point: numbers(0, 0) } },
};

/** How one value of a class is made in an instance that is there. */
export interface InPlace {
  /** What stands in place of `new Class(`, up to the first argument; or of all of it, arguments and all. */
  readonly call: string;
  readonly keepsArguments: boolean;
  readonly scalar: boolean;
}

/** Of `new Class(...)` with so many arguments; null for none that is the same. */
export function madeInPlace(class_: ApiKey, argumentCount: number): InPlace | null {
  const [owner = "", name = ""] = canonicalApi(class_).split(":");
  const maker = Object.hasOwn(FAMILIES, owner) && Object.hasOwn(FAMILIES[owner]?.classes ?? {}, name) ? FAMILIES[owner]?.classes[name] : undefined;
  if (maker === undefined) return null;
  const { set, defaults, scalar } = maker;
  if (argumentCount === 0) {
    const call = maker.empty ?? (defaults === undefined ? null : `${set}(${defaults.join(", ")})`);
    return call === null ? null : { call, keepsArguments: false, scalar };
  }
  const counts = maker.counts ?? (defaults === undefined ? [] : [defaults.length]);
  return set === null || !counts.includes(argumentCount) ? null : { call: maker.setOf?.[argumentCount] ?? set, keepsArguments: true, scalar };
}

/** Of `value.clone()`: `package:Class#clone`. The name of the class, and the member that copies into an instance of it. */
export function clonedInPlace(api: ApiKey): { readonly package: string; readonly name: string; readonly copy: string; readonly scalar: boolean } | null {
  const [class_ = "", member] = canonicalMember(api).split("#");
  const [owner = "", name = ""] = class_.split(":");
  const family = Object.hasOwn(FAMILIES, owner) ? FAMILIES[owner] : undefined;
  if (member !== "clone" || family === undefined || scratchClass(class_) === undefined) return null;
  return { package: owner, name, copy: family.copy, scalar: family.classes[name]?.scalar ?? false };
}

/** The members that instances of these classes have: what is written into any other outlives what is made anew in place. */
export const VALUE_MEMBERS: ReadonlySet<string> = new Set("x y z w _x _y _z _w r g b a order elements min max center radius normal constant phi theta data".split(" "));
