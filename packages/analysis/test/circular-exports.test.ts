/** Names that are exported round in a circle: nothing is found where nothing is, what is there is found from everywhere, and no search runs for ever. */
import { expect, test } from "vitest";
import { TestProgram } from "./program-of.ts";

test("a name that two modules import from each other and export again stands for nothing", () => {
  const program = new TestProgram({
    "a.ts": "import { x } from './b'; export { x }; x.run();",
    "b.ts": "import { x } from './a'; export { x }; x.run();",
  });
  expect(program.describeTargets("a.ts", "x.run()")).toEqual(["..."]);
  expect(program.describeTargets("b.ts", "x.run()")).toEqual(["..."]);
});

test("a module that exports its own names from itself, crosswise", () => {
  const program = new TestProgram({ "a.ts": "export { one as two, two as one } from './a'; import { one } from './a'; one();" });
  expect(program.describeTargets("a.ts", "one()")).toEqual(["..."]);
});

test("a module that imports what it declares", () => {
  const program = new TestProgram({ "a.ts": "import { make as self } from './a'; export function make() {} self();" });
  expect(program.describeTargets("a.ts", "self()")).toEqual(["a.ts:make"]);
});

test.each([["first", "second"], ["second", "first"]])("a way out of the circle is found, whoever asks first (%s)", (first, second) => {
  const [asked, other] = [`import { x } from './hub-${first}'; x();`, `import { x } from './hub-${second}'; x();`];
  const program = new TestProgram({
    "hub-first.ts": "import { x } from './hub-second'; export { x }; export * from './real';",
    "hub-second.ts": "export { x } from './hub-first';",
    "real.ts": "export function x() {}",
    "0.ts": asked,
    "1.ts": other,
  });
  expect(program.describeTargets("0.ts", "x()")).toEqual(["real.ts:x"]);
  expect(program.describeTargets("1.ts", "x()")).toEqual(["real.ts:x"]);
});
