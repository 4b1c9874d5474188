/**
 * What calls a function every frame: the platform's own loops, and the engines' and libraries' hooks. The analysis starts here; what such a
 * function reaches is hot.
 *
 * Four tables, all keyed by API, none by spelling alone (`DISTINCTIVE` below is used only where a receiver cannot be named at all):
 * - CALLS: an API that is handed a function and calls it every frame.
 * - PROPERTIES: a property that holds a function the engine calls every frame (`mesh.onBeforeRender = ...`).
 * - METHODS: methods that the engine, or by the documentation the engine's user, calls every frame on subclasses of a base class.
 * - LIBRARY_LOOP: functions and methods of published packages that their users call every frame; they make entries when the package itself is
 *   what is analysed, since no caller is in sight there.
 * METHODS holds for classes that implement an interface of that name, too.
 *
 * Not listed on purpose, since they run once or on demand: loaders (`parse`), exporters, geometry constructors, `raycast`, event handlers,
 * `dispose`, shader building (`setup`, `onBeforeCompile`).
 */
import type { ApiKey } from "../source/traced-type.ts";
import { ownersByName, ownersOf } from "./owners-by-name.ts";
import { emitterMethod } from "./engine-emitters.ts";
import { canonicalApi } from "./package-aliases.ts";

export interface CallEntry {
  /** Which argument is the function; `all` when every function argument is. */
  readonly argument: number | "all";
  /**
   * `always`: every frame once handed over. `chain`: once, so every frame only when the function asks again itself. `interval`: with the period
   * in argument 1, in milliseconds. `timeout`: both, the function asks again itself after such a
   * time, on every way that does anything. `event`: every frame when the argument before it is one of `events`. `scope`: called now, around one frame.
   */
  readonly when: "always" | "chain" | "interval" | "timeout" | "event" | "scope";
  readonly events?: readonly string[];
}

const always: CallEntry = { argument: 0, when: "always" };
const chain: CallEntry = { argument: 0, when: "chain" };
const onEvent = (...events: string[]): CallEntry => ({ argument: 1, when: "event", events });

/** A timer with a constant period up to this many milliseconds ticks like a frame. */
export const FASTEST_IDLE_PERIOD_MS = 50;

const CALLS: Readonly<Record<ApiKey, CallEntry>> = {
  "global:requestAnimationFrame": chain,
  "global:webkitRequestAnimationFrame": chain,
  "global:Window#requestAnimationFrame": chain,
  "global:DedicatedWorkerGlobalScope#requestAnimationFrame": chain,
  "global:XRSession#requestAnimationFrame": chain,
  "global:HTMLVideoElement#requestVideoFrameCallback": chain,
  "global:setInterval": { argument: 0, when: "interval" },
  "global:Window#setInterval": { argument: 0, when: "interval" },
  "global:setTimeout": { argument: 0, when: "timeout" },
  "global:Window#setTimeout": { argument: 0, when: "timeout" },

  "three:WebGLRenderer#setAnimationLoop": always,
  "three:WebGPURenderer#setAnimationLoop": always,
  "three:Renderer#setAnimationLoop": always,
  "three:XRManager#setAnimationLoop": always,
  "three:WebXRManager#setAnimationLoop": always,

  "@react-three/fiber:useFrame": always,
  "@react-three/fiber:addEffect": always,
  "@react-three/fiber:addAfterEffect": always,
  "@react-three/rapier:useBeforePhysicsStep": always,
  "@react-three/rapier:useAfterPhysicsStep": always,
  "@threlte/core:useTask": { argument: "all", when: "always" },
  "@threlte/core:useFrame": always,
  "@tresjs/core:useRenderLoop#onLoop": always,
  "@pixi/react:useTick": always,
  "framer-motion:useAnimationFrame": always,
  "motion/react:useAnimationFrame": always,

  "pixi.js:Ticker#add": always,
  "pixi.js:Ticker.shared.add": always,
  "pixi.js:Ticker#addOnce": chain,
  "gsap:gsap.ticker.add": always,
  "@babylonjs/core:AbstractEngine#runRenderLoop": always,
  "@babylonjs/core:Engine#runRenderLoop": always,
  "@babylonjs/core:WebGPUEngine#runRenderLoop": always,
  "@babylonjs/core:Scene#registerBeforeRender": always,
  "@babylonjs/core:Scene#registerAfterRender": always,
  "@babylonjs/core:AbstractMesh#registerBeforeRender": always,
  "playcanvas:AppBase#on": onEvent("update", "frameupdate", "framerender", "frameend", "prerender", "postrender"),
  "playcanvas:Application#on": onEvent("update", "frameupdate", "framerender", "frameend", "prerender", "postrender"),
  "cannon-es:World#addEventListener": onEvent("preStep", "postStep"),
  "phaser:Events.EventEmitter#on": onEvent("update", "preupdate", "postupdate", "prerender", "postrender", "step", "prestep", "poststep"),
  "kaplay:onUpdate": { argument: "all", when: "always" },
  "kaplay:onDraw": { argument: "all", when: "always" },
  "littlejsengine:engineInit": { argument: "all", when: "always" },
  "bitecs:defineSystem": always,
  "planck:World#on": onEvent("pre-solve", "post-solve"),
  "matter-js:Events.on": { argument: 2, when: "event", events: ["beforeUpdate", "afterUpdate", "beforeRender", "afterRender", "beforeTick", "afterTick", "tick", "collisionActive"] },

  "@framealloc/runtime:SmartAlloc#withFrame": { argument: 0, when: "scope" },
  "@framealloc/runtime:withFrame": { argument: "all", when: "scope" },
  "@framealloc/runtime:frameLoop": { argument: "all", when: "always" },
};

/** Members so peculiar to one engine that they say enough on a receiver nobody can name. */
const DISTINCTIVE: Readonly<Record<string, CallEntry>> = {
  setAnimationLoop: always, runRenderLoop: always, registerBeforeRender: always, registerAfterRender: always, requestVideoFrameCallback: chain,
  requestAnimationFrame: chain,
};

/** `x.<property>.add(f)`: Babylon's observables that fire every frame, and tickers. */
const OBSERVABLES: ReadonlySet<string> = new Set([
  "onBeforeRenderObservable", "onAfterRenderObservable", "onBeforeAnimationsObservable", "onAfterAnimationsObservable", "onBeforeCameraRenderObservable", "onAfterCameraRenderObservable",
  "onBeginFrameObservable", "onEndFrameObservable", "onBeforePhysicsObservable", "onAfterPhysicsObservable", "onBeforeStepObservable", "onAfterStepObservable",
  "onXRFrameObservable", "onBeforeActiveMeshesEvaluationObservable", "onAfterActiveMeshesEvaluationObservable", "onAfterWorldMatrixUpdateObservable",
]);

const PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  "three:Object3D": ["onBeforeRender", "onAfterRender", "onBeforeShadow", "onAfterShadow"],
  "three:Material": ["onBeforeRender"],
  "pixi.js:Container": ["onRender"],
  "global:AudioWorkletProcessor": ["process"],
  "global:ScriptProcessorNode": ["onaudioprocess"],
};

const OBJECT3D = ["update", "updateMatrix", "updateMatrixWorld", "updateWorldMatrix", "onBeforeRender", "onAfterRender", "onBeforeShadow", "onAfterShadow"];
const CANNON = ["step", "fixedStep", "internalStep"];

const METHODS: Readonly<Record<string, readonly string[]>> = {
  "global:AudioWorkletProcessor": ["process"],

  "three:Object3D": OBJECT3D,
  "three:Material": ["onBeforeRender"],
  "three:Node": ["update", "updateBefore", "updateAfter"],
  "three:LightShadow": ["updateMatrices"],
  "three:Interpolant": ["evaluate", "interpolate_"],
  "three:AnimationMixer": ["update"],
  "three:Controls": ["update"],
  "three:RenderPipeline": ["render"],
  "three:Pass": ["render"],
  "postprocessing:Pass": ["render"],
  "postprocessing:Effect": ["update"],

  "playcanvas:ScriptType": ["update", "postUpdate", "fixedUpdate"],
  "playcanvas:Script": ["update", "postUpdate", "fixedUpdate"],
  "phaser:Scene": ["update"],
  "phaser:GameObjects.GameObject": ["preUpdate"],
  "phaser:GameObjects.Sprite": ["preUpdate"],
  "phaser:Physics.Arcade.Sprite": ["preUpdate"],
  "@babylonjs/core:Node": ["computeWorldMatrix"],
  "pixi.js:Container": ["updateTransform"],
  "excalibur:Actor": ["update", "onPreUpdate", "onPostUpdate"],
  "excalibur:Scene": ["update", "onPreUpdate", "onPostUpdate"],
  "excalibur:System": ["update"],
  "melonjs:Renderable": ["update", "draw"],
  "yuka:GameEntity": ["update"],
  "yuka:SteeringBehavior": ["calculate"],
  "quarks.core:Behavior": ["update", "frameUpdate"],
  "quarks.core:EmitterShape": ["update"],
  "three.quarks:Behavior": ["update", "frameUpdate"],
  "ecsy:System": ["execute"],
  "@lastolivegames/becsy:System": ["execute"],
  "littlejsengine:EngineObject": ["update", "render", "updatePhysics"],
};

/** By constructor: where its options (argument 0) hold a function called every frame. */
const OPTIONS: Readonly<Record<ApiKey, readonly string[]>> = {
  "phaser:Game": ["scene", "update"],
};

/** Functions that make a class whose methods are put on its prototype, and the class it then extends. */
const CLASS_MAKERS: Readonly<Record<ApiKey, ApiKey>> = {
  "playcanvas:createScript": "playcanvas:ScriptType",
};

/** By package: what its users call every frame. `Class#method`, or the name of an exported function. */
const LIBRARY_LOOP: Readonly<Record<string, readonly string[]>> = {
  three: [
    "WebGLRenderer#render", "Renderer#render", "AnimationMixer#update", "Timer#update", "Clock#getDelta", "CubeCamera#update", "LOD#update",
    // The add-ons that are no subclass of anything above.
    "EffectComposer#render", "FullScreenQuad#render", "CSS2DRenderer#render", "CSS3DRenderer#render", "SVGRenderer#render", "Projector#projectScene",
    "AnaglyphEffect#render", "AsciiEffect#render", "OutlineEffect#render", "ParallaxBarrierEffect#render", "PeppersGhostEffect#render", "StereoEffect#render",
    "CSM#update", "MD2Character#update", "MD2CharacterComplex#update", "CCDIKSolver#update", "GPUComputationRenderer#compute", "InteractionManager#update",
    "ProgressiveLightMap#update", "Stats#update", "BitonicSort#compute", "CountingSort#compute",
    // Asked in each step of a character that walks in a level, in each frame by a batch that sorts itself, by a metaball that moves, by a portal.
    ...["boxIntersect", "capsuleIntersect", "rayIntersect", "sphereIntersect"].map((name) => `Octree#${name}`), "radixSort", "MarchingCubes#addBall", "MarchingCubes#reset", "frameCorners",
    "ViewHelper#render", "ShadowMapViewer#render", "MorphAnimMesh#updateAnimation", "GPUComputationRenderer#doRenderTarget",
  ],
  planck: ["World#step"],
  "cannon-es": CANNON.map((method) => `World#${method}`),
  "matter-js": ["Engine.update", "Runner.tick", "Render.world", "MouseConstraint.update"],
  "p2-es": ["World#step"],
  crashcat: ["updateWorld"],
  "three.quarks": ["BatchedRenderer#update", "ParticleSystem#update", "ParticleEmitter#update"],
  littlejsengine: [
    "engineUpdate", "drawTile", "drawRect", "drawLine", "drawLineList", "drawPoly", "drawRegularPoly", "drawEllipse", "drawCircle", "drawRectGradient", "drawEllipseGradient", "drawCircleGradient", "drawTextureWrapped", "drawCanvas2D", "drawText",
    "drawTextScreen", "drawNineSlice", "drawThreeSlice", "drawNineSliceScreen", "drawThreeSliceScreen", "FontImage#drawText", "FontImage#drawTextScreen",
    "engineObjectsCallback", "engineObjectsCollect", "engineObjectsRaycast", "tileCollisionTest", "tileCollisionRaycast",
  ],
  // A readme shows five hundred rays a frame, and meshes that are refitted in each.
  "three-mesh-bvh": [
    ...["MeshBVH", "BVH", "GeometryBVH", "PointsBVH", "LineBVH", "LineLoopBVH", "LineSegmentsBVH", "ObjectBVH", "SkinnedMeshBVH"].flatMap((name) => ["raycast", "raycastFirst", "raycastObject3D", "shapecast", "bvhcast", "refit", "intersectsBox", "intersectsSphere", "intersectsGeometry", "closestPointToPoint", "closestPointToGeometry"].map((method) => `${name}#${method}`)),
    "acceleratedRaycast", "acceleratedBatchedMeshRaycast",
  ],
  ogl: [
    "Renderer#render", "Transform#updateMatrixWorld", "Camera#updateMatrixWorld", "Camera#updateFrustum", "Orbit#update", "Animation#update", "GLTFAnimation#update", "Skin#update", "GLTFSkin#update", "Post#render", "Shadow#render",
    "GPGPU#render", "Flowmap#update", "Polyline#updateGeometry",
    // What the renderer calls on the nodes of a scene, which nobody can name in plain JavaScript.
    "Mesh#draw", "Skin#draw", "GLTFSkin#draw", "InstancedMesh#draw", "Geometry#draw", "Program#use", "Texture#update",
  ],
  "camera-controls": ["CameraControls#update"],
  postprocessing: ["EffectComposer#render"],
  yuka: ["EntityManager#update"],
};

/** The entry that a call of this API makes; undefined when it makes none. */
export function callEntry(api: ApiKey): CallEntry | undefined {
  const key = emitterMethod(canonicalApi(api));
  return Object.hasOwn(CALLS, key) ? CALLS[key] : undefined;
}

/** The same for a member of a receiver that could not be named. */
export function distinctiveEntry(member: string): CallEntry | undefined {
  return Object.hasOwn(DISTINCTIVE, member) ? DISTINCTIVE[member] : undefined;
}

export function isFrameObservable(property: string): boolean {
  return OBSERVABLES.has(property);
}

/** The engine, or library, whose table lists this; null for the platform's own and our runtime's. */
export function engineOf(api: ApiKey): string | null {
  const key = canonicalApi(api);
  const owner = key.slice(0, key.lastIndexOf(":"));
  return owner === "global" || owner === "@framealloc/runtime" ? null : owner;
}

/** The engine that a name on a receiver which nobody can name belongs to; null for the platform's. */
export function distinctiveEngine(member: string): string | null {
  if (Object.hasOwn(DISTINCTIVE, member)) return member === "setAnimationLoop" ? "three" : member.startsWith("request") ? null : "@babylonjs/core";
  return isFrameObservable(member) ? "@babylonjs/core" : "three";
}

/** What `[hot].engines` may name, sorted. */
export const ENGINES: readonly string[] = [...new Set([CALLS, PROPERTIES, METHODS, OPTIONS].flatMap((table) => Object.keys(table).map(engineOf)))].filter((engine) => engine !== null).sort();

/** Names of members and functions that a call must have for `callEntry` to know it: a filter before the tracer is asked. */
export const ENTRY_CALL_NAMES: ReadonlySet<string> = new Set([...Object.keys(CALLS).map((api) => api.replace(/^.*[#.:]/, "")), ...Object.keys(DISTINCTIVE), "add"]);

/**
 * The packages whose tables have this name: a call, a class or an option of that name makes no entry in a program that has to do with none of them. Null for a name that
 * is the platform's or the runtime's too, or says enough by itself.
 */
export function entryCallOwners(name: string): ReadonlySet<string> | null {
  return Object.hasOwn(DISTINCTIVE, name) ? null : (CALL_OWNERS.get(name) ?? null);
}

/** The same for a method of a class. */
export function entryMethodOwners(name: string): ReadonlySet<string> | null {
  return METHOD_OWNERS.get(name) ?? null;
}

const CALL_OWNERS = ownersByName(Object.keys(CALLS).map((api) => [engineOf(api), api.replace(/^.*[#.:]/, "")]));
const METHOD_OWNERS = ownersByName(Object.entries(METHODS).flatMap(([api, names]) => names.map((name) => [engineOf(api), name])));

/** Names of all methods of `METHODS`. */
export const ENTRY_METHOD_NAMES: ReadonlySet<string> = new Set(METHOD_OWNERS.keys());

/** Names of properties that may hold a function called every frame. */
export const ENTRY_PROPERTY_NAMES: ReadonlySet<string> = new Set(Object.values(PROPERTIES).flat());

/** Whether the property of instances of this class (or of a subclass of it) is called every frame. */
export function isEntryProperty(baseClass: ApiKey, property: string): boolean {
  return Object.hasOwn(PROPERTIES, baseClass) && (PROPERTIES[baseClass] ?? []).includes(property);
}

/** Methods called every frame on subclasses of this class; empty for most. `className` is the subclass's own name. */
export function entryMethods(baseClass: ApiKey, className: string): readonly string[] {
  const methods = Object.hasOwn(METHODS, baseClass) ? METHODS[baseClass] ?? [] : [];
  // three.js's convention: a helper draws something for the developer, who calls `update` when that has changed.
  return className.includes("Helper") ? methods.filter((method) => method !== "update") : methods;
}

/** What users of this package call every frame: `World#step`, `updateWorld`; empty for most packages. */
export function libraryLoop(packageName: string): readonly string[] {
  return Object.hasOwn(LIBRARY_LOOP, packageName) ? LIBRARY_LOOP[packageName] ?? [] : [];
}

/** The path of property names to a function in the options of a constructor; undefined for most. */
export function entryOptions(constructorApi: ApiKey): readonly string[] | undefined {
  const key = canonicalApi(constructorApi);
  return Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
}

/** The class that what this function gives extends; undefined for any other function. */
export function madeClass(api: ApiKey): ApiKey | undefined {
  const key = canonicalApi(api);
  return Object.hasOwn(CLASS_MAKERS, key) ? CLASS_MAKERS[key] : undefined;
}

/** Names that `OPTIONS` needs, and the packages of `OPTIONS` and `CLASS_MAKERS`: filters before the tracer is asked. */
export const OPTION_CONSTRUCTORS: ReadonlySet<string> = new Set(Object.keys(OPTIONS).map((api) => api.replace(/^.*[.:]/, "")));
export const OPTION_OWNERS: ReadonlySet<string> = ownersOf(OPTIONS);
export const CLASS_MAKER_OWNERS: ReadonlySet<string> = ownersOf(CLASS_MAKERS);
