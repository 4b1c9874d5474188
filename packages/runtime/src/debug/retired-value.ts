/** Debug mode: objects whose memory is gone are changed so that every use of them throws FA004. */
import { staleFrameValue } from "../errors.ts";
import type { Memory } from "../memory.ts";
import { StructArray } from "../types/struct-array.ts";
import { NOT_CLONEABLE, View, type ViewHome } from "../view.ts";

/** Why a value is dead, kept in the value's `$home`. */
class Retirement implements ViewHome {
  readonly $notCloneable: symbol = NOT_CLONEABLE;
  readonly memory: Memory;
  readonly endedFrame: number;
  readonly site: string | undefined;

  constructor(memory: Memory, endedFrame: number, site: string | undefined) {
    this.memory = memory;
    this.endedFrame = endedFrame;
    this.site = site;
  }
}

/** Makes every access to a view or a `StructArray` throw. A typed array cannot be stopped: it reads what its memory is filled with. */
export function retire(value: unknown, endedFrame: number, site: string | undefined): void {
  if (value instanceof StructArray) value.retire(endedFrame, site);
  else if (Array.isArray(value)) for (const part of value) retire(part, endedFrame, site);
  else if (value instanceof View) {
    for (const kid of value.$kids ?? []) retire((kid as { readonly value?: unknown }).value, endedFrame, site);
    value.$home = new Retirement(value.$home.memory, endedFrame, site);
    Object.setPrototypeOf(value, retiredPrototype(Object.getPrototypeOf(value) as object));
  }
}

const prototypes = /* @__PURE__ */ new WeakMap<object, object>();

/** A prototype with the fields of `prototype`, all of which throw. */
function retiredPrototype(prototype: object): object {
  let made = prototypes.get(prototype);
  if (made !== undefined) return made;
  function refuse(this: View): never {
    const home = this.$home instanceof Retirement ? this.$home : undefined;
    throw staleFrameValue("frame value", home?.endedFrame ?? 0, home?.site);
  }
  made = Object.create(View.prototype) as object;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name !== "constructor") Object.defineProperty(made, name, { get: refuse, set: refuse, enumerable: true });
  }
  prototypes.set(prototype, made);
  return made;
}

/** "at update (game.ts:12:5)": the caller of the runtime, from a stack trace; undefined when the engine gives none. */
export function allocationSite(): string | undefined {
  const lines = (new Error().stack ?? "").split("\n").filter((line) => /^\s*at /.test(line));
  return lines.find((line) => !OWN_FRAME.test(line))?.trim();
}

// The runtime's own methods are between here and the caller; a caller's function is not a method of these classes.
const OWN_FRAME = /^\s*at (?:new )?(?:Object\.)?(?:allocationSite|BumpArena|FrameArena|PoisonedFrameArena|SmartAlloc|SingleList|ManyList|TupleList|SlotList|HandleList|Vec|OwnedValues|PoisonedValues)\b/;
