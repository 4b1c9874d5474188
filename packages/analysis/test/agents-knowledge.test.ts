/** The engine's table of what works between agents against the runtime: each name is the runtime's. */
import * as runtime from "@framealloc/runtime";
import { describe, expect, it } from "vitest";
import { agentNames } from "../src/knowledge/agents-api.ts";

/** Whether the runtime exports the class, and the class has the member. */
function exists(name: string): boolean {
  const [owner = "", member = ""] = name.split("#");
  const type = (runtime as Readonly<Record<string, unknown>>)[owner];
  return typeof type === "function" && (member in (type.prototype as object) || member in type);
}

describe("the table of what works between agents", () => {
  it("holds names of the runtime", () => {
    expect(agentNames().filter((name) => !exists(name))).toEqual([]);
  });

  it("knows the handle's steps and the allocator's receive", () => {
    expect(agentNames()).toEqual(expect.arrayContaining(["TransferHandle#send", "TransferHandle#detach", "TransferHandle#receive", "TransferHandle#drop", "SmartAlloc#receive"]));
  });
});
