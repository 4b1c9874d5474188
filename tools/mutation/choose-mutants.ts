/** Which mutants are run: of each operator and program so many, by lot. The same seed draws the same, whatever other operators and programs there are. */
import type { CleanProgram } from "./clean-program.ts";
import type { Mutant, Operator } from "./mutant.ts";

/** At most `most` of each operator in each program; in the order in which they were planted. */
export function chooseMutants(programs: readonly CleanProgram[], operators: readonly Operator[], seed: number, most: number): Mutant[] {
  return operators.flatMap((operator) =>
    programs.flatMap((program) => {
      // Two values may be used in one statement: what is done to it for each is the same.
      const planted = new Map([...operator.plant(program)].map((each) => [JSON.stringify(each.edits), each] as const));
      const all = [...planted.values()].map((each): Mutant => ({ ...each, operator, program }));
      const drawn = all.map((mutant, index) => ({ mutant, index, lot: hashOf(`${seed}/${program.name}/${operator.name}/${index}`) }));
      const chosen = drawn.sort((a, b) => a.lot - b.lot || a.index - b.index).slice(0, most);
      return chosen.sort((a, b) => a.index - b.index).map(({ mutant }) => mutant);
    }),
  );
}

/** FNV-1a, then mixed, so that neighbours lie far apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
