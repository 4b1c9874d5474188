/** Functions that only look at what they are given, or copy it: what was passed is the caller's own again when they return. */
import type { ApiKey } from "../source/traced-type.ts";
import { callEffect } from "./calls.ts";
import { givesReceiver, scratchClass } from "./scratch-apis.ts";
import { canonicalMember } from "./three-parts.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Members of three.js' objects, cameras and rays that read their arguments. */
const THREE: ReadonlySet<string> = words(
  "lookAt applyMatrix4 applyQuaternion worldToLocal localToWorld rotateOnAxis rotateOnWorldAxis translateOnAxis setRotationFromAxisAngle setRotationFromQuaternion setRotationFromMatrix setRotationFromEuler "
  + "getWorldPosition getWorldQuaternion getWorldScale getWorldDirection setMatrixAt setColorAt getMatrixAt getColorAt setFromCamera setXYZ intersectsSphere intersectsBox setFromProjectionMatrix",
);
/** Of those, members that give back their argument. */
const GIVES_ARGUMENT: ReadonlySet<string> = words("worldToLocal localToWorld getWorldPosition getWorldQuaternion getWorldScale getWorldDirection");

/** Members of other engines' objects that copy what they are given. */
const COPIES: readonly (readonly [string, ReadonlySet<string>])[] = [
  ["playcanvas:", words("translate translateLocal rotate rotateLocal setPosition setLocalPosition setRotation setLocalRotation setEulerAngles setLocalEulerAngles setLocalScale lookAt")],
  ["@babylonjs/core:", words("lookAt translate rotate rotateAround setAbsolutePosition setDirection locallyTranslate moveWithCollisions applyImpulse applyForce")],
  ["cannon-es:", words("applyForce applyImpulse applyLocalForce applyLocalImpulse applyTorque")],
];

const PLATFORM = /^global:(?:Math\.|(?:WebGL2?RenderingContext|(?:Offscreen)?CanvasRenderingContext2D|(?:Float|Int|Uint|BigInt|BigUint)\d+(?:Clamped)?Array)#)/;
const ARRAY_READS = /^global:(?:Readonly)?Array#(?:includes|indexOf|lastIndexOf|join)$/;

/** What becomes of arguments: `read` and no more, `given` back, or `unknown`. */
export function argumentFate(api: ApiKey): "read" | "given" | "unknown" {
  const key = canonicalMember(api);
  if (PLATFORM.test(key)) return "read";
  const [owner = "", member = ""] = key.split("#");
  const known = scratchClass(owner);
  if (known !== undefined && member !== "") return givesReceiver(known, member) || member === "dot" || member === "equals" || /^(?:distance|angle|contains|intersects|manhattan)/.test(member) ? "read" : "given";
  if (owner.startsWith("three:") && THREE.has(member)) return GIVES_ARGUMENT.has(member) ? "given" : "read";
  return COPIES.some(([owned, members]) => owner.startsWith(owned) && members.has(member)) ? "read" : "unknown";
}

/** What becomes of a receiver: the members that only read it, or give it back. */
export function receiverFate(api: ApiKey): "read" | "given" | "unknown" {
  const key = canonicalMember(api);
  const [owner = "", member = ""] = key.split("#");
  if (ARRAY_READS.test(key)) return "read";
  if (PLATFORM.test(key)) return callEffect(key) === undefined ? "read" : "given";
  const known = scratchClass(owner);
  return known === undefined || member === "" ? "unknown" : givesReceiver(known, member) ? "given" : "read";
}

/** Whether a function is called before the API returns, or once in a later turn; never kept, compared or called by events. */
export function callsOnly(api: ApiKey, slot: number): boolean {
  const effect = callEffect(api);
  if (effect?.kind === "now") return effect.callback === slot;
  return effect?.kind === "defer" && effect.turn === "always" && effect.callbacks.includes(slot);
}

/** Members that call their first argument at once, whoever has them. */
const VISITORS: ReadonlySet<string> = words("forEach map filter some every find findIndex reduce sort traverse traverseVisible traverseAncestors");

export function isVisitor(member: string): boolean {
  return VISITORS.has(member);
}

/** Members by which values of engines read another one, and nothing else has: `copy`, but not `add`, which sets and scenes have as well. */
const READS: ReadonlySet<string> = words(
  "copy sub subVectors addVectors addScaledVector crossVectors lerp lerpVectors dot cross distanceTo distanceToSquared angleTo applyMatrix3 applyMatrix4 applyQuaternion premultiply multiplyMatrices multiplyQuaternions "
  + "setFromMatrixPosition setFromRotationMatrix setFromUnitVectors setFromAxisAngle setFromEuler setFromQuaternion lookAt slerp containsPoint",
);
/** Members of drawing contexts that copy a list. */
const DRAWS = /^(?:setLineDash|clearBuffer(?:f|i|ui)v|uniform[1-4](?:f|i|ui)v|vertexAttrib[1-4]fv|drawBuffers|invalidateFramebuffer)$/;

/** Whether a member of a receiver that nobody can name only reads its argument. */
export function readsByName(member: string): boolean {
  return READS.has(member) || DRAWS.test(member);
}
