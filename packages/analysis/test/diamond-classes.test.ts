/** Classes that extend one of several which extend the same ones again: each is gone up to once, however many ways lead there. */
import { openTexts } from "@framealloc/fa-cli";
import { expect, test } from "vitest";
import { linkProgram } from "../src/index.ts";

const LEVELS = 24;

test("each class above is met once", () => {
  const levels = Array.from({ length: LEVELS }, (_, index) => `class A${index + 1} extends (flag ? A${index} : B${index}) {}\nclass B${index + 1} extends (flag ? A${index} : B${index}) {}\n`);
  const text = `declare const flag: boolean;\nclass A0 { a = 1; }\nclass B0 { b = 1; }\n${levels.join("")}`;
  const { modules, tracer } = linkProgram(openTexts(new Map([["main.ts", text]])).input);
  const module = modules[0];
  const top = module?.classes.find(({ name }) => name === `A${LEVELS}`);
  if (module === undefined || top === undefined) throw new Error("not lowered");
  const names = tracer.ancestors(module, top).map((type) => (type.kind === "instance" ? type.class.name : type.kind));
  expect(names.sort()).toEqual(["A", "B"].flatMap((letter) => Array.from({ length: LEVELS }, (_, index) => `${letter}${index}`)).sort());
});
