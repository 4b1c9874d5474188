/** Members of three.js' objects, cameras, lights and materials, and of cannon-es' bodies, that are plain values, and of which class. */
import type { ApiKey } from "../source/traced-type.ts";
import { canonicalApi } from "./package-aliases.ts";

const PARTS: Readonly<Record<string, string>> = {
  position: "Vector3", scale: "Vector3", up: "Vector3", center: "Vector3", origin: "Vector3", direction: "Vector3", normal: "Vector3", min: "Vector3", max: "Vector3",
  quaternion: "Quaternion", rotation: "Euler", color: "Color", emissive: "Color",
  matrix: "Matrix4", matrixWorld: "Matrix4", matrixWorldInverse: "Matrix4", projectionMatrix: "Matrix4", projectionMatrixInverse: "Matrix4",
};
const BODY_PARTS: Readonly<Record<string, string>> = {
  position: "Vec3", previousPosition: "Vec3", interpolatedPosition: "Vec3", velocity: "Vec3", angularVelocity: "Vec3", force: "Vec3", torque: "Vec3",
  quaternion: "Quaternion", interpolatedQuaternion: "Quaternion",
};
/** Classes of which some of these are something else. */
const OTHERWISE = /^three:(?:Box2|Vector|Color|Sprite$)/;

/** `three:Mesh#position.add` is `three:Vector3#add`, `cannon-es:Body#velocity.vsub` is `cannon-es:Vec3#vsub`; other names as the tables list them. */
export function canonicalMember(api: ApiKey): ApiKey {
  const key = canonicalApi(api);
  const [, ofBody = "", method = ""] = /^cannon-es:(?:Body|RigidBody)#(\w+)\.(\w+)$/.exec(key) ?? [];
  if (Object.hasOwn(BODY_PARTS, ofBody)) return `cannon-es:${BODY_PARTS[ofBody]}#${method}`;
  const [, owner = "", part = "", member = ""] = /^(three:\w+)#(\w+)\.(\w+)$/.exec(key) ?? [];
  const class_ = Object.hasOwn(PARTS, part) && !OTHERWISE.test(owner) ? PARTS[part] : undefined;
  return class_ === undefined ? key : `three:${class_}#${member}`;
}
