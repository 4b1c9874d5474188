/** Functions and classes are called by what they are stored in, and obey the tags of their doc comments. */
import { describe, expect, test } from "vitest";
import { classNamed, functionNamed, lower } from "./lower-text.ts";

function names(text: string, file?: string): string[] {
  return lower(text, file).functions.slice(1).map((fn) => fn.name);
}

describe("names", () => {
  test.each([
    ["const a = () => {};", ["a"]],
    ["let a; a = function () {};", ["a"]],
    ["x.update = function () {};", ["update"]],
    ["A.prototype.move = () => {};", ["move"]],
    ["const o = { a() {}, b: () => {}, get c() { return 1; }, 'd e': function () {}, 3: () => {} };", ["a", "b", "c", "d e", "3"]],
    ["class A { m() {} #p() {} static s() {} f = () => {}; get g() { return 1; } constructor() {} }", ["m", "#p", "s", "f", "g", "constructor", "f"]],
    ["const a = function own() {};", ["own"]],
    ["call(() => {}, function () {});", ["", ""]],
    ["const { a = () => {} } = {};", ["a"]],
    ["function f(cb = () => {}) {}", ["f", "cb"]],
    ["const a = (() => {}) as unknown as F;", ["a"]],
    ["a ??= () => {};", ["a"]],
    ["export default () => {};", ["default"]],
    ["export default function () {}", ["default"]],
    ["export = () => {};", ["exports"]],
    ["const o = { [Symbol.iterator]() {}, [computed()]() {} };", ["@@iterator", ""]],
  ])("%s", (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  test("the name's span is where the name is written", () => {
    const text = "x.update = function () {}; call(() => 1);";
    const [update, anonymous] = lower(text).functions.slice(1).map((fn) => text.slice(fn.nameSpan.start, fn.nameSpan.end));
    expect(update).toBe("update");
    expect(anonymous).toBe("() => ");
  });

  test("classes", () => {
    const module = lower("class A {} const B = class {}; const C = class Own {}; o.D = class {}; export default class {}");
    expect(module.classes.map((class_) => class_.name)).toEqual(["A", "B", "Own", "D", "default"]);
    expect(module.classes.map((class_) => (class_.variable === null ? null : module.variables[class_.variable]?.name))).toEqual(["A", "B", "Own", null, null]);
  });
});

describe("tags", () => {
  const tagged = { hot: true };
  test.each([
    ["/** @hot */ function f() {}"],
    ["/** @hot */ export function f() {}"],
    ["/** @hot */ export default function f() {}"],
    ["/** text\n * @hot every frame\n */\nexport const f = () => {};"],
    ["/** @hot */ const f = function () {};"],
    ["/** @hot */\n// a remark\nfunction f() {}"],
    ["const f = /** @hot */ () => {};"],
    ["class A { /** @hot */ f() {} }"],
    ["class A { /** @hot */ @dec() f() {} }"],
    ["class A { /** @hot */ static f = () => {}; }"],
    ["const o = { /** @hot */ f() {} };"],
    ["const o = { /** @hot */ f: () => {} };"],
    ["/** @hot */ o.f = function () {};"],
    ["/** @hot */ A.prototype.f = () => {};"],
    ["namespace N { /** @hot */ export function f() {} }"],
  ])("%s", (text) => {
    const last = lower(text).functions.filter((fn) => fn.name === "f").at(-1);
    expect(last?.tags).toMatchObject(tagged);
  });

  test("each tag, at the start of a line only", () => {
    const module = lower("/** @cold\n * @noalloc\n * @allocBudget 128 bytes\n * @deprecated use g */ function f() {} /** not @hot here */ function g() {} function h() {}");
    expect(functionNamed(module, "f").tags).toEqual({ hot: false, cold: true, noalloc: true, allocBudget: 128, deprecated: true });
    expect(functionNamed(module, "g").tags.hot).toBe(false);
    expect(functionNamed(module, "h").tags.cold).toBe(false);
  });

  test("of a class", () => {
    expect(classNamed(lower("/** @hot */ export class A {}"), "A").tags.hot).toBe(true);
    expect(classNamed(lower("/** @cold */ export const A = class {};"), "A").tags.cold).toBe(true);
  });

  test("a plain comment is none", () => {
    expect(functionNamed(lower("/* @hot */ function f() {} // @hot\nfunction g() {}"), "f").tags.hot).toBe(false);
  });
});
