/** Exits that leave a frame open. */
import { type FrameRegion, frameRegions, statementOf } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";

const ANY_DAY = "Math.random() < 0.5";

/** The exit that suits the function: one that gives a value is left by a throw. */
function exitOf({ fn }: FrameRegion): string {
  const givesNothing = fn?.returnType?.typeAnnotation.type === "TSVoidKeyword";
  return givesNothing ? "return;" : "throw new Error(\"stopped\");";
}

export const operators: readonly Pattern[] = [
  {
    name: "early exit before the end",
    *plant(program) {
      for (const region of frameRegions(program)) {
        if (region.kind !== "pair") continue;
        for (const statement of region.body) yield { what: `exit before \`${region.tree.textOf(statement).slice(0, 40)}\``, edits: [insert(region.tree.file, statement.start, `if (${ANY_DAY}) ${exitOf(region)} `)] };
      }
    },
  },
  {
    name: "end removed on a branch",
    *plant(program) {
      for (const call of program.calls) {
        const statement = call.effect.kind === "end" ? statementOf(call.tree, call.node) : null;
        const place = statement === null ? null : call.tree.placeOf(statement);
        const next = place?.list[place.index + 1];
        if (statement === null || (next?.type !== "ReturnStatement" && next?.type !== "ThrowStatement")) continue;
        yield { what: "end left out on one way to the exit behind it", edits: [{ file: call.tree.file, span: statement, text: `if (${ANY_DAY}) ${call.tree.textOf(statement)}` }] };
      }
    },
  },
  {
    name: "end removed on an early exit",
    *plant(program) {
      for (const call of program.calls) {
        const statement = call.effect.kind === "end" ? statementOf(call.tree, call.node) : null;
        const place = statement === null ? null : call.tree.placeOf(statement);
        const next = place?.list[place.index + 1];
        const others = program.calls.filter((other) => other.effect.kind === "end" && other.fn === call.fn && other !== call);
        if (statement === null || others.length === 0 || next?.type !== "ReturnStatement") continue;
        yield { what: "end removed before an exit, others left", edits: [{ file: call.tree.file, span: statement, text: "" }] };
      }
    },
  },
  {
    name: "ended twice",
    *plant(program) {
      for (const { kind, end, tree } of frameRegions(program)) {
        if (kind === "pair" && end !== null) yield { what: "end written twice", edits: [insert(tree.file, end.end, ` ${tree.textOf(end)}`)] };
      }
    },
  },
];
