/** The set for react-three-fiber beside the React compiler's rules of eslint-plugin-react-hooks: what those hold against scratch objects, and what they keep saying. */
import plugin from "@framealloc/eslint-plugin";
import { Linter } from "eslint";
import hooks from "eslint-plugin-react-hooks";
import { describe, expect, it } from "vitest";

const compiler = [hooks.configs.flat["recommended-latest"], { languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } } }] as Linter.Config[];

function faults(text: string, ...more: readonly Linter.Config[]): string[] {
  return new Linter().verify(text, [...compiler, ...more], "a.js").map(({ line, ruleId, message }) => `${line} ${ruleId ?? message}`);
}

const component = (before: string, inside: string): string => `import { useMemo, useRef, useState } from "react";
import { useFrame, useThree } from "@react-three/fiber";
import { Vector3 } from "three";
${before}
export function Mover() {
  ${inside}
  return null;
}
`;

describe("what the compiler's rules hold against scratch objects", () => {
  it.each([
    ["useMemo", "const scratch = useMemo(() => new Vector3(), []); useFrame((_, delta) => { scratch.x = delta; });"],
    ["useState", "const [scratch] = useState(() => new Vector3()); useFrame((_, delta) => { scratch.x = delta; });"],
    ["useThree", "const camera = useThree((state) => state.camera); useFrame((_, delta) => { camera.position.x += delta; });"],
  ])("%s: is silent with the set", (_, inside) => {
    const text = component("", inside);
    const alone = faults(text);
    expect(alone.length).toBeGreaterThan(0);
    expect(new Set(alone.map((fault) => fault.split(" ")[1]))).toEqual(new Set(["react-hooks/immutability"]));
    expect(faults(text, ...plugin.configs.r3f)).toEqual([]);
  });

  it.each([
    ["a constant of the module", "const scratch = new Vector3();", "useFrame((_, delta) => { scratch.x = delta; });"],
    ["a ref, read in the callback", "", "const scratch = useRef(new Vector3()); useFrame((_, delta) => { scratch.current.x = delta; });"],
  ])("%s: is silent without it, as the README says", (_, before, inside) => {
    expect(faults(component(before, inside))).toEqual([]);
  });

  it("leaves the other rules of react-hooks as they are", () => {
    const text = component("", "const scratch = useRef(null); if (scratch.current) useFrame(() => {});");
    expect(faults(text, ...plugin.configs.r3f)).toEqual(faults(text));
    expect(faults(text).map((fault) => fault.split(" ")[1])).toContain("react-hooks/rules-of-hooks");
  });

  it("needs no react-hooks to be there, and finds garbage of a frame", () => {
    const text = "const kept = [];\nrequestAnimationFrame(function tick(time) { kept.push({ x: time, y: 1 }); requestAnimationFrame(tick); });\n";
    const messages = new Linter().verify(text, plugin.configs.r3f, "a.js");
    expect(messages.map(({ ruleId }) => ruleId)).toEqual(["framealloc/hot-path-garbage"]);
  });
});
