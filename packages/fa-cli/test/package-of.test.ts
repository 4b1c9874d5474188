/** A file's package is the nearest manifest's that has a name. */
import { expect, it } from "vitest";
import { memoryHost } from "../src/memory-host.ts";
import { packageOf } from "../src/package-of.ts";

it("finds the nearest name upwards", () => {
  const host = memoryHost(new Map([
    ["package.json", `{ "private": true, "name": "root" }`],
    ["packages/physics/package.json", `{ "version": "1.0.0", "name": "@game/physics" }`],
    ["packages/physics/src/package.json", `{ "type": "module" }`],
    ["packages/physics/src/world.ts", ""],
    ["main.ts", ""],
  ]));
  const nameOf = packageOf(host, host.cwd);
  expect(nameOf("packages/physics/src/world.ts")).toBe("@game/physics");
  expect(nameOf("main.ts")).toBe("root");
});

it("says null where no manifest has a name", () => {
  const host = memoryHost(new Map([["main.ts", ""]]));
  expect(packageOf(host, host.cwd)("main.ts")).toBeNull();
});
