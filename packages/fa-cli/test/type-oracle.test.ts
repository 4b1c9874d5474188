/** The checker behind the analysis: what it answers about a place in a file, with a tsconfig and without, and that it teaches the tracer. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { linkProgram, lowerModule, type Location } from "@framealloc/analysis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseModule } from "../src/parse.ts";
import { typeOracle } from "../src/type-oracle.ts";

const FILES: Readonly<Record<string, string>> = {
  "tsconfig.json": `{ "compilerOptions": { "strict": true, "target": "es2022", "module": "esnext", "moduleResolution": "bundler" }, "include": ["src"] }`,
  "src/main.ts": `import { store } from "hooks"; import { Enemy } from "./enemy";
function pick<K extends keyof Enemy>(k: K): Enemy { throw k; }
const a = store((s) => s.alloc); a.frameAlloc(Enemy);
const b = pick("hp"); b.hit();
const c = [1, 2]; c.push(3);
const d: Enemy | null = null as Enemy | null; d?.hit();
const e = Enemy; e.name;
const f = Math.random() > 0.5 ? new Enemy() : new Map(); f.toString();
function g<T extends Enemy>(t: T) { t.hit(); }
`,
  "src/enemy.ts": "export class Enemy { hp = 1; hit() { this.hp--; } }",
  "src/marked.ts": `\u{feff}import { Enemy } from "./enemy"; const x = new Enemy(); x.hit();`,
  "src/plain.js": `import { Enemy } from "./enemy"; const x = [new Enemy()].map((e) => e)[0]; x.hit();`,
  "src/physics.ts": `import { World } from "@dimforge/rapier3d"; const body = new World().createRigidBody(); export const at = body.translation();`,
  "node_modules/@dimforge/rapier3d/package.json": `{ "name": "@dimforge/rapier3d", "types": "index.d.ts" }`,
  "node_modules/@dimforge/rapier3d/index.d.ts": "export declare class RigidBody { translation(): { x: number } } export declare class World { createRigidBody(): RigidBody }",
  "node_modules/hooks/package.json": `{ "name": "hooks", "types": "index.d.ts" }`,
  "node_modules/hooks/index.d.ts": `import { SmartAlloc } from "@framealloc/runtime"; interface State { alloc: SmartAlloc } export declare function store<R>(pick: (s: State) => R): R;`,
  "node_modules/@framealloc/runtime/package.json": `{ "name": "@framealloc/runtime", "types": "index.d.ts" }`,
  "node_modules/@framealloc/runtime/index.d.ts": "export declare class SmartAlloc { frameAlloc(t: unknown): unknown }",
};

let root = "";

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "fa-type-oracle-")));
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The place of `name` in front of `member`, counted without a byte-order mark. */
function place(file: string, receiver: string, member: string): Location {
  const text = (FILES[file] ?? "").replace("\u{feff}", "");
  const start = text.indexOf(receiver + member);
  return { file, span: { start, end: start + receiver.length } };
}

const ENEMY = { name: "Enemy", file: "src/enemy.ts", package: null };

describe("with a tsconfig", () => {
  it("names classes of the project, of packages and of the language", () => {
    const oracle = typeOracle({ root, tsconfig: join(root, "tsconfig.json") });
    const at = (receiver: string, member: string): Location => place("src/main.ts", receiver, member);
    expect(oracle.resolve([at("a", ".frame"), at("b", ".hit"), at("c", ".push"), at("d", "?.hit"), at("t", ".hit")])).toEqual([
      { name: "SmartAlloc", file: null, package: "@framealloc/runtime" },
      ENEMY,
      { name: "Array", file: null, package: "global" },
      ENEMY,
      ENEMY,
    ]);
  });

  it("has no answer for a class as a value, a union, a place without an expression and a file that is not there", () => {
    const oracle = typeOracle({ root, tsconfig: join(root, "tsconfig.json") });
    const nowhere = { file: "src/main.ts", span: { start: 3, end: 5 } };
    expect(oracle.resolve([place("src/main.ts", "e", ".name"), place("src/main.ts", "f", ".toS"), nowhere, { ...nowhere, file: "src/gone.ts" }])).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("counts offsets without a byte-order mark, and reads JavaScript", () => {
    const oracle = typeOracle({ root, tsconfig: join(root, "tsconfig.json") });
    expect(oracle.resolve([place("src/marked.ts", "x", ".hit"), place("src/plain.js", "x", ".hit")])).toEqual([ENEMY, ENEMY]);
  });
});

describe("without a usable tsconfig", () => {
  it("opens the files that are asked about", () => {
    expect(typeOracle({ root, tsconfig: null }).resolve([place("src/main.ts", "b", ".hit")])).toEqual([ENEMY]);
    expect(typeOracle({ root, tsconfig: join(root, "missing.json") }).resolve([place("src/main.ts", "b", ".hit")])).toEqual([ENEMY]);
  });
});

describe("behind the tracer", () => {
  it("names a receiver that comes out of another package's generics", () => {
    const asked: number[] = [];
    expect(apisOf(["src/main.ts", "src/enemy.ts"], "frameAlloc", asked)).toEqual(["@framealloc/runtime:SmartAlloc#frameAlloc"]);
    expect(asked).toHaveLength(1);
  });

  it("is asked what an engine's value comes from", () => {
    expect(apisOf(["src/physics.ts"], "translation", [])).toEqual(["@dimforge/rapier3d:RigidBody#translation"]);
  });

  /** The names of what calls of a member reach; counts what is asked for. */
  function apisOf(files: readonly string[], key: string, asked: number[]): readonly string[] {
    const checker = typeOracle({ root, tsconfig: join(root, "tsconfig.json") });
    const modules = files.map((file) => {
      const { module } = parseModule(file, FILES[file] ?? "", "project");
      if (module === null) throw new Error(file);
      return lowerModule(module);
    });
    const resolve = (_: string, specifier: string) => (specifier.startsWith(".") ? { file: "src/enemy.ts", package: null } : { file: null, package: specifier });
    const oracle = { resolve: (questions: readonly Location[]) => (asked.push(questions.length), checker.resolve(questions)) };
    const { tracer } = linkProgram({ modules, resolve, oracle });
    return modules.flatMap((module) => module.functions.flatMap((fn) => fn.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "call" && op.key === key ? tracer.targets(module, fn, op.dst).apis : [])))));
  }
});

it("answers about a text that it was told of, and about the one on disk again", () => {
  const oracle = typeOracle({ root, tsconfig: join(root, "tsconfig.json") });
  const text = FILES["src/main.ts"] ?? "";
  const question = place("src/main.ts", "c", ".push(3)");
  const name = (): string | undefined => oracle.resolve([question])[0]?.name;
  expect(name()).toBe("Array");
  // As long as before, so that the question stays where it is.
  oracle.setText("src/main.ts", text.replace("const c = [1, 2];", "const c=new Set; "));
  expect(name()).toBe("Set");
  oracle.setText("src/main.ts", text);
  expect(name()).toBe("Array");
});
