/**
 * The adapters beside the engines themselves: frames begin and end where the engine's own do. `npm run engines` installs the engines, 440 MB, which nothing else needs; those that are not
 * there are left out.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AllocConfig, f32, SmartAlloc } from "@framealloc/runtime";
import * as babylon from "@framealloc/runtime/adapters/babylon";
import * as bitecs from "@framealloc/runtime/adapters/bitecs";
import { FramesPlugin } from "@framealloc/runtime/adapters/phaser";
import * as pixi from "@framealloc/runtime/adapters/pixi";
import * as playcanvas from "@framealloc/runtime/adapters/playcanvas";
import * as r3f from "@framealloc/runtime/adapters/r3f";
import * as three from "@framealloc/runtime/adapters/three";
import { afterEach, describe, expect, test, vi } from "vitest";
import { errorOf } from "./error-of.ts";

const folder = fileURLToPath(new URL("../../../node_modules/.cache/framealloc/engines", import.meta.url));
const isThere = (name: string): boolean => existsSync(join(folder, "node_modules", name));
/** Of a package, or of a file of one. The engines' types are not read: the tests say what they use. */
const load = async (specifier: string): Promise<never> => {
  const path = /\.m?js$/.test(specifier) ? join(folder, "node_modules", specifier) : createRequire(join(folder, "package.json")).resolve(specifier);
  return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as never;
};

/** An allocator, and what happened: `begin`, `end`, and what the program adds. */
function watched(): { readonly alloc: SmartAlloc; readonly log: string[]; readonly use: (name: string) => void } {
  const alloc = new SmartAlloc({ ...AllocConfig.minimal(), debug: false });
  const log: string[] = [];
  alloc.enableLifecycleTracking();
  alloc.onFrameEvent(({ type }) => {
    if (type === "frameBegin") log.push("begin");
    if (type === "frameEnd") log.push("end");
  });
  // Throws outside of a frame.
  return { alloc, log, use: (name) => { log.push(`${name} ${alloc.frameAlloc(f32).value}`); } };
}

afterEach(() => vi.unstubAllGlobals());

/** Whatever an engine asks of a page when it is loaded. */
const page: object = new Proxy(function () {}, { get: (_, name) => (name === Symbol.toPrimitive ? () => 0 : name === "length" ? 0 : page), apply: () => page, construct: () => page, set: () => true });

/** A screen whose frames are asked for by hand. */
function screen(): (timeMs?: number) => void {
  let asked: ((timeMs: number) => void)[] = [];
  const requestAnimationFrame = (callback: (timeMs: number) => void): number => asked.push(callback);
  const cancelAnimationFrame = (): void => { asked = []; };
  vi.stubGlobal("requestAnimationFrame", requestAnimationFrame);
  vi.stubGlobal("cancelAnimationFrame", cancelAnimationFrame);
  vi.stubGlobal("navigator", { userAgent: "", maxTouchPoints: 0 });
  vi.stubGlobal("self", { requestAnimationFrame, cancelAnimationFrame });
  return (timeMs = 16) => { for (const callback of asked.splice(0)) callback(timeMs); };
}

test.skipIf(!isThere("@types/three"))("what the adapters take is what the engines' types are", () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  copyFileSync(join(root, "packages/runtime/test/programs/engine-types.tsx"), join(folder, "engine-types.tsx"));
  const compilerOptions = { module: "ESNext", moduleResolution: "Bundler", jsx: "react-jsx", lib: ["ES2023", "ESNext.Disposable", "DOM"], types: ["node"], typeRoots: [join(root, "node_modules/@types")] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["engine-types.tsx"] }));
  const { stdout, status } = spawnSync(process.execPath, [join(root, "node_modules/typescript-native/bin/tsc"), "-p", folder], { encoding: "utf8" });
  expect([stdout, status]).toEqual(["", 0]);
});

describe.skipIf(!isThere("three"))("three", () => {
  test("a frame is a call of the renderer's animation loop", async () => {
    const next = screen();
    const { WebGPURenderer }: { WebGPURenderer: new (options: object) => LoopedRenderer } = await load("three/webgpu");
    const { WebGLRenderer }: { WebGLRenderer: new (options: object) => LoopedRenderer } = await load("three");
    expect(typeof WebGPURenderer.prototype.setAnimationLoop).toBe("function");
    const renderer = new WebGLRenderer({ canvas: fakeCanvas(), context: fakeContext() });
    const { alloc, log, use } = watched();
    const detach = three.attachFrames(renderer, alloc);
    expect(three.allocOf(renderer)).toBe(alloc);
    renderer.setAnimationLoop((time) => use(`draw ${time}`));
    next(1);
    next(2);
    expect(log).toEqual(["begin", "draw 1 0", "end", "begin", "draw 2 0", "end"]);
    expect(errorOf("FA102", () => alloc.frameAlloc(f32)).message).toContain("three is between two of its own, or does not run");
    renderer.setAnimationLoop(() => { throw new Error("of the program"); });
    expect(() => next(3)).toThrow("of the program");
    expect([log.slice(6), alloc.inFrame()]).toEqual([["begin", "end"], false]);
    renderer.setAnimationLoop(() => { log.push(`in frame: ${alloc.inFrame()}`); });
    detach();
    next(4);
    renderer.setAnimationLoop(null);
    next(5);
    expect(log.slice(8)).toEqual(["in frame: false"]);
    errorOf("FA001", () => alloc.frameAlloc(f32));
  });

  interface LoopedRenderer { setAnimationLoop(callback: ((time: number) => void) | null): void }
  const fakeCanvas = (): object => ({ width: 8, height: 8, style: {}, addEventListener: () => {}, removeEventListener: () => {} });
  /** Answers whatever a renderer asks of a context when it is made. */
  const fakeContext = (): object => new Proxy({}, {
    get(_, name) {
      if (name === "getContextAttributes") return () => ({});
      if (name === "getParameter") return (id: unknown) => (id === "VERSION" ? "WebGL 2.0" : id === "SCISSOR_BOX" || id === "VIEWPORT" ? [0, 0, 8, 8] : 16);
      if (name === "getShaderPrecisionFormat") return () => ({ precision: 23, rangeMin: 127, rangeMax: 127 });
      if (name === "getExtension") return () => ({});
      return typeof name === "string" && /^[A-Z0-9_]+$/.test(name) ? name : () => ({});
    },
  });
});

describe.skipIf(!isThere("@babylonjs/core"))("babylon", () => {
  interface Scene extends babylon.ObservedScene { render(): void; readonly onBeforeRenderObservable: { add(callback: () => void): void } }
  const open = async (): Promise<{ engine: { runRenderLoop(callback: () => void): void; stopRenderLoop(): void; beginFrame(): void; endFrame(): void; dispose(): void }; scene: Scene }> => {
    const { NullEngine, Scene, FreeCamera, Vector3 }: Record<"NullEngine" | "Scene" | "FreeCamera" | "Vector3", new (...args: unknown[]) => never> = await load("@babylonjs/core");
    const engine = new NullEngine();
    const scene = new Scene(engine) as Scene;
    new FreeCamera("camera", new Vector3(0, 0, 0), scene);
    return { engine, scene };
  };

  test("a frame is one of the engine's, with what its loop does around the scene", async () => {
    const { engine, scene } = await open();
    const { alloc, log, use } = watched();
    const detach = babylon.attachFrames(scene, alloc);
    scene.onBeforeRenderObservable.add(() => use("before render"));
    for (let i = 0; i < 2; i += 1) {
      engine.beginFrame();
      use("loop");
      scene.render();
      use("loop");
      engine.endFrame();
    }
    const one = ["begin", "loop 0", "before render 0", "loop 0", "end"];
    expect([log, babylon.allocOf(scene)]).toEqual([[...one, ...one], alloc]);
    errorOf("FA102", () => alloc.frameAlloc(f32));
    detach();
    engine.beginFrame();
    expect(alloc.inFrame()).toBe(false);
    engine.dispose();
  });

  test("without the engine's loop it is one rendering of the scene", async () => {
    const { engine, scene } = await open();
    const { alloc, log, use } = watched();
    babylon.attachFrames(scene, alloc);
    scene.onBeforeRenderObservable.add(() => use("before render"));
    scene.render();
    scene.render();
    expect(log).toEqual(["begin", "before render 0", "end", "begin", "before render 0", "end"]);
    engine.dispose();
  });
});

describe.skipIf(!isThere("pixi.js"))("pixi", () => {
  test("a frame is an update of the ticker, from its first listener to its last", async () => {
    const { Ticker, UPDATE_PRIORITY }: { Ticker: new () => pixi.PrioritizedTicker & { update(timeMs: number): void; autoStart: boolean }; UPDATE_PRIORITY: Record<"INTERACTION" | "UTILITY", number> } = await load("pixi.js/lib/ticker/index.mjs");
    const ticker = new Ticker();
    ticker.autoStart = false;
    const { alloc, log, use } = watched();
    ticker.add(() => use("interaction"), undefined, UPDATE_PRIORITY.INTERACTION);
    const detach = pixi.attachFrames({ ticker }, alloc);
    ticker.add(() => use("utility"), undefined, UPDATE_PRIORITY.UTILITY);
    ticker.add(() => use("normal"));
    ticker.update(100);
    ticker.update(116);
    const one = ["begin", "interaction 0", "normal 0", "utility 0", "end"];
    expect(log).toEqual([...one, ...one]);
    errorOf("FA102", () => alloc.frameAlloc(f32));
    detach();
    expect(() => ticker.update(132)).toThrow("FA001");
    const other = watched();
    pixi.attachFrames(ticker, other.alloc);
    expect(pixi.allocOf(ticker)).toBe(other.alloc);
  });
});

describe.skipIf(!isThere("playcanvas"))("playcanvas", () => {
  test("a frame is a tick of the application", async () => {
    const next = screen();
    vi.stubGlobal("window", globalThis);
    vi.stubGlobal("document", page);
    const engine: { AppBase: new (canvas: object) => playcanvas.TickingApp & { init(options: object): void; start(): void; tick(time: number): void; destroy(): void; fire(name: string): void }; AppOptions: new () => Record<string, unknown>; NullGraphicsDevice: new (canvas: object) => object } = await load("playcanvas/build/playcanvas.mjs");
    const canvas = { width: 8, height: 8, style: {}, addEventListener: () => {}, removeEventListener: () => {}, getBoundingClientRect: () => ({ width: 8, height: 8 }) };
    const app = new engine.AppBase(canvas);
    app.init(Object.assign(new engine.AppOptions(), { graphicsDevice: new engine.NullGraphicsDevice(canvas), componentSystems: [], resourceHandlers: [] }));
    const { alloc, log, use } = watched();
    const detach = playcanvas.attachFrames(app, alloc);
    app.on("update", () => use("update"));
    app.on("prerender", () => use("prerender"));
    app.start();
    next(16);
    next(32);
    const one = ["begin", "update 0", "prerender 0", "end"];
    expect([log.slice(0, 4), log.length >= 8, playcanvas.allocOf(app)]).toEqual([one, true, alloc]);
    errorOf("FA102", () => alloc.frameAlloc(f32));
    detach();
    app.fire("frameupdate");
    expect(alloc.inFrame()).toBe(false);
  });
});

describe.skipIf(!isThere("bitecs"))("bitecs", () => {
  test("a frame is a run of a system; one within another takes part in its frame", async () => {
    const { addComponent, addEntity, createWorld, query }: { createWorld(): object; addEntity(world: object): number; addComponent(world: object, id: number, component: object): void; query(world: object, components: object[]): readonly number[] } = await load("bitecs");
    const Position = { x: [] as number[] };
    const world = createWorld();
    for (let i = 0; i < 3; i += 1) addComponent(world, addEntity(world), Position);
    const { alloc, log, use } = watched();
    const count = bitecs.withFrames((of: object) => { use("count"); return query(of, [Position]).length; }, alloc);
    const all = bitecs.withFrames((of: object, dt: number) => { use(`dt ${dt}`); return count(of); }, alloc);
    expect([all(world, 16), count(world)]).toEqual([3, 3]);
    expect(log).toEqual(["begin", "dt 16 0", "count 0", "end", "begin", "count 0", "end"]);
    expect(() => bitecs.withFrames(() => { throw new Error("of the system"); }, alloc)()).toThrow("of the system");
    expect(alloc.inFrame()).toBe(false);
    errorOf("FA102", () => alloc.frameAlloc(f32));
  });
});

describe.skipIf(!isThere("phaser"))("phaser", () => {
  interface Game {
    readonly plugins: { install(key: string, plugin: unknown, start: boolean, mapping: string, data: object): FramesPlugin<SmartAlloc>; get(key: string): FramesPlugin<SmartAlloc>; stop(key: string): void; start(key: string): void };
    readonly events: { once(name: string, callback: () => void): void };
    boot(): void;
  }

  test("a frame is a step of the game, and scenes reach the allocator by the plugin", async () => {
    const next = screen();
    for (const name of ["document", "HTMLElement", "HTMLCanvasElement", "HTMLVideoElement", "Element"]) vi.stubGlobal(name, page);
    for (const name of ["addEventListener", "removeEventListener", "focus"]) vi.stubGlobal(name, () => {});
    vi.stubGlobal("window", globalThis);
    vi.stubGlobal("screen", { width: 8, height: 8 });
    vi.stubGlobal("Image", class {
      onload: (() => void) | undefined;
      width = 1;
      height = 1;
      set src(_: string) { queueMicrotask(() => this.onload?.()); }
    });
    const { default: Phaser }: { default: { HEADLESS: number; Game: new (config: object) => Game; Scene: new () => object } } = await load("phaser/dist/phaser.esm.js");
    const { alloc, log, use } = watched();
    const game = new Phaser.Game({ type: Phaser.HEADLESS, audio: { noAudio: true }, banner: false, input: false, canvas: page, parent: null, scene: { update: () => use("update") } });
    const isReady = new Promise<void>((resolve) => game.events.once("ready", resolve));
    game.boot();
    await isReady;
    // As the configuration does, which a game without a screen reads too early.
    game.plugins.install("frames", FramesPlugin, true, "frames", { alloc });
    next(16);
    next(32);
    const one = ["begin", "update 0", "end"];
    expect([log, game.plugins.get("frames").alloc]).toEqual([[...one, ...one], alloc]);
    errorOf("FA102", () => alloc.frameAlloc(f32));
    game.plugins.stop("frames");
    expect(() => next(48)).toThrow("FA001");
    expect(() => game.plugins.install("none", FramesPlugin, true, "none", {})).toThrow("the adapter of phaser needs a `SmartAlloc`");
  });
});

describe.skipIf(!isThere("@react-three/fiber"))("r3f", () => {
  test.each(["component", "hook"])("a frame is one of the canvas: by the %s", async (how) => {
    screen();
    vi.stubGlobal("window", globalThis);
    const fiber: { createRoot(canvas: object): { configure(options: object): Promise<void>; render(element: unknown): void; unmount(): void }; act<T>(fn: () => T): Promise<Awaited<T>>; advance(timeMs: number): void; useFrame(callback: () => void, priority?: number): unknown } = await load("@react-three/fiber");
    const React: { createElement(type: unknown, props: object | null, ...children: unknown[]): unknown } = ((await load("react")) as { default: never }).default;
    vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
    const { alloc, log, use } = watched();
    const gl = { render: () => { if (log.length < 8) use("render"); }, setSize: () => {}, setPixelRatio: () => {}, xr: { addEventListener: () => {}, removeEventListener: () => {} }, shadowMap: {}, dispose: () => {}, forceContextLoss: () => {}, renderLists: { dispose: () => {} } };
    const canvas = { width: 8, height: 8, style: {}, addEventListener: () => {}, removeEventListener: () => {} };
    const root = fiber.createRoot(canvas);
    await root.configure({ gl: () => gl, frameloop: "never", size: { width: 8, height: 8, top: 0, left: 0 } });
    const Crowd = (): null => {
      if (how === "hook") expect(r3f.useFrames(fiber.useFrame, alloc)).toBe(alloc);
      fiber.useFrame(() => use("useFrame"));
      return null;
    };
    await fiber.act(async () => root.render([React.createElement(Crowd, { key: 1 }), how === "component" ? React.createElement(r3f.Frames, { key: 2, alloc }) : null]));
    for (const timeMs of [16, 32]) {
      fiber.advance(timeMs);
      await Promise.resolve();
    }
    const one = ["begin", "useFrame 0", "render 0", "end"];
    expect(log).toEqual([...one, ...one]);
    errorOf("FA102", () => alloc.frameAlloc(f32));
    await fiber.act(async () => root.render(null));
    fiber.advance(48);
    expect([log.length, alloc.inFrame()]).toEqual([8, false]);
  });
});
