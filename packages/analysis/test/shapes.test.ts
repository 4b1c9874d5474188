/** The tables of shapes: their syntax, that they can all be read, and that they keep up with the runtime. */
import * as runtime from "@framealloc/runtime";
import { describe, expect, it } from "vitest";
import { parseShapes } from "../src/knowledge/parse-shapes.ts";
import { knowsName, shapesOf } from "../src/knowledge/shapes.ts";

describe("the syntax", () => {
  it("classes, objects, functions, aliases, overloads", () => {
    const shapes = parseShapes(`class A<T> extends B<T> { new<T>(T); v: T[]; get<U>((T) => U, ...number[]): U; get(string): T; static of(): A<string> } object O { p: number; q() } function f(A<string> | null): [A, { k: T }]; type L = () => void;`);
    const a = shapes.classes.get("A");
    expect(a?.typeParameters).toEqual(["T"]);
    expect(a?.extends).toMatchObject({ kind: "name", parts: ["B"] });
    expect(a?.construct?.typeParameters).toEqual(["T"]);
    expect(a?.members.get("v")).toMatchObject({ method: false, term: { kind: "array" } });
    expect(a?.members.get("get")).toMatchObject({ method: true, typeParameters: ["U"], next: { typeParameters: [], method: true } });
    expect([...(a?.statics.keys() ?? [])]).toEqual(["of"]);
    expect([...(shapes.classes.get("O")?.statics.keys() ?? [])]).toEqual(["p", "q"]);
    expect(shapes.functions.get("f")?.term).toMatchObject({ kind: "function", params: [{ type: { kind: "union" } }], returns: { kind: "tuple" } });
    expect(shapes.aliases.get("L")).toMatchObject({ kind: "function" });
  });

  it("a fault is said with its place", () => {
    expect(() => parseShapes("class A { b }")).toThrow("`(` is missing before `}`");
    expect(() => parseShapes("klass A {}")).toThrow("`klass` begins no shape");
    expect(() => parseShapes("class A {} class A {}")).toThrow("`A` is given twice");
  });
});

describe("the tables", () => {
  it.each(["global", "@framealloc/runtime", "react"])("%s can be read, and names nothing that is nowhere", (package_) => {
    const shapes = shapesOf(package_);
    expect(shapes).toBeDefined();
    const supers = [...(shapes?.classes.values() ?? [])].flatMap((shape) => (shape.extends?.kind === "name" ? [shape.extends.parts[0] ?? ""] : []));
    expect(supers.filter((name) => !knowsName(package_, name) && !knowsName("global", name))).toEqual([]);
  });

  it("list no package that has none", () => {
    expect(shapesOf("lodash")).toBeUndefined();
    expect(knowsName("lodash", "map")).toBe(false);
  });

  it("list every method by which a value of the runtime gives another", () => {
    const giving: Readonly<Record<string, readonly string[]>> = {
      SmartAlloc: ["withDefaults", "attach", "withFrame", "frame", "frameScope", "frameAlloc", "frameSlice", "frameBox", "frameVec", "poolAlloc", "poolBox", "heapAlloc", "heapBox", "frameMap", "frameRetained", "speculative", "frameCheckpoint", "checkpointGuard", "scratchPool", "objectPool", "frameBoxForTransfer", "receive", "share", "memory"],
      FrameArena: ["alloc", "tryAlloc", "slice", "frame", "withFrame"],
      OwnedBox: ["value"],
      FrameBox: ["value"],
      StructArray: ["at", "cursor"],
      TransferHandle: ["detach", "receive"],
    };
    for (const [name, members] of Object.entries(giving)) {
      const class_ = (runtime as Readonly<Record<string, unknown>>)[name];
      const shape = shapesOf("@framealloc/runtime")?.classes.get(name);
      if (typeof class_ !== "function") throw new Error(`the runtime exports no class ${name}`);
      for (const member of members) {
        expect(member in class_ || member in (class_.prototype as object), `${name}.${member} of the runtime`).toBe(true);
        expect(shape?.members.has(member) === true || shape?.statics.has(member) === true, `${name}.${member} of the shapes`).toBe(true);
      }
    }
  });
});
