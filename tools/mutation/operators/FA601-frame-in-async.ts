/** Frame memory taken in functions that wait. */
import { waitingIn } from "../asynchronous.ts";
import { frameRegions } from "../frame-regions.ts";
import { insert, type Pattern } from "../mutant.ts";
import { plantedCode } from "../planted-code.ts";
import { contains } from "../syntax-tree.ts";

export const operators: readonly Pattern[] = [
  ...plantedCode([{ name: "taken after a wait", where: "before", text: (alloc) => `{ const plantedAlloc = ${alloc}; const plantedTask = async () => { await Promise.resolve(); const planted = plantedAlloc.frameAlloc(PlantedBody); planted.x = 1; }; void plantedTask(); }` }]),
  {
    name: "frame of a function that waits",
    *plant(program) {
      for (const { tree, fn, body, call, kind } of frameRegions(program)) {
        const waiting = kind === "callback" || fn?.generator === true ? null : waitingIn(tree, fn);
        const taking = body.find((statement) => program.calls.some(({ tree: own, fn: within, node, effect }) => own === tree && within === call.fn && effect.kind === "alloc" && effect.memory === "frame" && contains(statement, node)));
        if (waiting !== null && taking !== undefined) yield { what: `wait after \`${tree.textOf(taking).slice(0, 40)}\``, edits: [insert(tree.file, taking.end, ` ${waiting.statement}`), ...waiting.edits] };
      }
    },
  },
];
