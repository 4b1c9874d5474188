/** FA531 reads the fact `scratchAliases`: scratch objects that are overwritten while their value is wanted, or given away. */
import { type Related, type ScratchAlias, scratchAliases, secondScratch } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

const HELP: Readonly<Record<ScratchAlias["kind"], string>> = {
  overwritten: "give the callee a scratch object of its own, or read what is needed before the call",
  argument: "copy it into another object for the call, or give the callee a scratch object of its own",
  waited: "copy what is needed after the wait into an object of this call",
  returned: "let the caller pass the object to write into, or return a copy",
  kept: "copy it into what is kept",
};

export const FA531 = defineRule({
  code: "FA531",
  name: "scratch-alias",
  families: ["intent"],
  severity: "warning",
  since: "0.1.0",
  summary: "a shared scratch object is overwritten while its value is still wanted, or given to somebody who will see it overwritten",
  docs: {
    why: `
A scratch object at module level saves an allocation a call, and every function that uses it writes it over. A caller that still wants its value after
such a call, a wait or a \`yield\`, and whoever was given the object itself, reads what somebody else put there. Nothing fails; the numbers are wrong.`,
    bad: `
const scratch = { x: 0, y: 0 };

function lengthOf(ax: number, ay: number): number {
  scratch.x = ax * ax;
  scratch.y = ay * ay;
  return Math.sqrt(scratch.x + scratch.y);
}

export function pull(ax: number, ay: number): number {
  scratch.x = ax - 1;
  scratch.y = ay - 1;
  const far = lengthOf(ax, ay);
  return (scratch.x + scratch.y) / far;
}`,
    good: `
const scratch = { x: 0, y: 0 };
const pulled = { x: 0, y: 0 };

function lengthOf(ax: number, ay: number): number {
  scratch.x = ax * ax;
  scratch.y = ay * ay;
  return Math.sqrt(scratch.x + scratch.y);
}

export function pull(ax: number, ay: number): number {
  pulled.x = ax - 1;
  pulled.y = ay - 1;
  const far = lengthOf(ax, ay);
  return (pulled.x + pulled.y) / far;
}`,
    misses: "scratch in fields of objects, or of classes whose constructors put it there; objects that some function reads without writing them first, which are taken for state; calls that cannot be resolved.",
  },
  needs: { aliases: scratchAliases, second: secondScratch },

  check({ aliases, second }, report) {
    for (const alias of aliases) {
      const rewrite = second.get(alias);
      report({ at: alias.at, message: messageOf(alias), related: relatedTo(alias), help: HELP[alias.kind], fixes: rewrite === undefined ? [] : [rewrite] });
    }
  },
});

function messageOf({ kind, object, by }: ScratchAlias): string {
  const name = `scratch \`${object.name}\``;
  switch (kind) {
    case "overwritten": return `${by?.name ?? "this call"} overwrites ${name}, whose value is read after the call`;
    case "argument": return `${by?.name ?? "this call"} is handed ${name}, overwrites it, and reads it as its parameter afterwards`;
    case "waited": return `${name} is held while others run, and read afterwards`;
    case "returned": return `${name} is returned, and the next call overwrites it`;
    case "kept": return `${name} is kept here, and the next call overwrites it`;
  }
}

function relatedTo({ made, written, read, by }: ScratchAlias): Related[] {
  return [
    { at: made, message: "allocated here" },
    ...written.map((at) => ({ at, message: "written here" })),
    ...(by === null ? [] : [{ at: by.at, message: "overwritten here" }]),
    ...(read === null ? [] : [{ at: read, message: "read here" }]),
  ];
}
