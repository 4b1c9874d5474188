/**
 * Methods of engines that make what they give back, unless they are handed something to write it into. Read off the engines' sources: each has `target = new Vec3()`, or the like.
 *
 * By package: what is made, how many bytes it takes at least, and `Class#method/3`, where 3 is the position of the target; without a number there is none.
 */
import { GARBAGE_BYTES as B } from "./garbage-costs.ts";

export interface OutArgument {
  readonly bytes: number;
  /** Null when each call makes one. */
  readonly target: number | null;
}

type Rows = readonly (readonly [bytes: number, owner: string, methods: string])[];

const RAPIER_2D: Rows = [
  [B.object2, "RigidBody#", "translation/0 linvel/0 nextTranslation/0"],
  [B.object2, "Collider#", "translation/0"],
];
const RAPIER_3D: Rows = [
  [B.object3, "RigidBody#", "translation/0 linvel/0 angvel/0 nextTranslation/0"],
  [B.object4, "RigidBody#", "rotation/0 nextRotation/0"],
  [B.object3, "Collider#", "translation/0"],
  [B.object4, "Collider#", "rotation/0"],
];

const TABLE: Readonly<Record<string, Rows>> = {
  "cannon-es": [
    [B.threeVector3, "Vec3#", "unit/0 negate/0 cross/1 vadd/1 vsub/1 scale/1 vmul/1 addScaledVector/2"],
    [B.threeVector4, "Quaternion#", "inverse/0 conjugate/0 mult/1 slerp/2 integrate/3"],
    [B.threeVector3, "Quaternion#", "vmult/1 toAxisAngle"],
    [B.threeVector3, "Body#", "pointToLocalFrame/1 pointToWorldFrame/1 vectorToLocalFrame/1 vectorToWorldFrame/1"],
  ],
  "matter-js": [[B.object2, "Vector.", "create clone normalise mult div perp neg add/2 sub/2 rotate/2 rotateAbout/3"]],
  "@dimforge/rapier2d": RAPIER_2D,
  "@dimforge/rapier2d-compat": RAPIER_2D,
  "@dimforge/rapier3d": RAPIER_3D,
  "@dimforge/rapier3d-compat": RAPIER_3D,
  planck: [[B.threeVector2, "Body#", "getWorldPoint getWorldVector getLocalPoint getLocalVector"]],
  "@babylonjs/core": [
    [B.threeVector3, "TransformNode#", "getDirection"],
    [B.threeRay, "Camera#", "getForwardRay"],
    [B.threeRay, "Scene#", "createPickingRay"],
  ],
  "pixi.js": [
    [B.threeVector2, "Container#", "getGlobalPosition/0 toGlobal/1 toLocal/2"],
    [B.object4, "Container#", "getBounds/1"],
  ],
  phaser: [
    [B.threeVector2, "Cameras.Scene2D.BaseCamera#", "getWorldPoint/2"],
    [B.threeVector2, "Cameras.Scene2D.Camera#", "getWorldPoint/2"],
  ],
  playcanvas: [[B.threeVector3, "CameraComponent#", "screenToWorld/3 worldToScreen/1"]],
};

const OUT_ARGUMENTS: ReadonlyMap<string, OutArgument> = new Map(
  Object.entries(TABLE).flatMap(([package_, rows]) =>
    rows.flatMap(([bytes, owner, methods]) =>
      methods.split(" ").map((each): [string, OutArgument] => {
        const [name = "", target] = each.split("/");
        return [`${package_}:${owner}${name}`, { bytes, target: target === undefined ? null : Number(target) }];
      }),
    ),
  ),
);

/** Names of the methods, the static ones aside. */
export const OUT_ARGUMENT_METHODS: readonly string[] = [...OUT_ARGUMENTS.keys()].flatMap((api) => /#(\w+)$/.exec(api)?.[1] ?? []);

/** What a call of this API makes; undefined for any other. The name is the canonical one. */
export function outArgument(api: string): OutArgument | undefined {
  return OUT_ARGUMENTS.get(api);
}
