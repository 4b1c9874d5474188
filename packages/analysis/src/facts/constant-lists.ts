/**
 * Lists of constants written out, `["x", "y", "z"]`: V8 keeps their elements with the code, so that all copies share them. One costs nothing where it is only walked,
 * read at any index, or searched (`constantListWalked`, `constantListRead`, `constantListSearched` in `garbage-costs.ts`). Must: texts, whole numbers, booleans,
 * null and undefined, or constants of the module that are these, and imported ones, which may be these where they are not seen; a fraction makes a list of doubles, which is copied, as is a list of lists.
 */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import { constantNumber, constantText } from "./constant-value.ts";
import { isUnseenImport } from "./unseen-imports.ts";

const PLAIN: ReadonlySet<string> = new Set(["boolean", "null", "undefined"]);
const LARGEST = 2 ** 30;

/** Methods of a list that look at it and give a number or a truth. */
export const SEARCHES: ReadonlySet<string> = new Set(["includes", "indexOf"]);

export function isConstantList(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
  const made = functionIndex(fn).operation(temp);
  if (made?.op !== "array") return false;
  return made.elements.length > 0 && made.elements.every((element) => element !== null && !element.spread && isShared(program, module, fn, element.temp));
}

function isShared(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
  const op = functionIndex(fn).operation(temp);
  if (op?.op === "const" && PLAIN.has(op.type)) return true;
  if (constantText(module, fn, temp) !== null) return true;
  const number = constantNumber(program, module, fn, temp);
  if (number === null) return isUnseenImport(program, module, fn, temp);
  return Number.isInteger(number) && !Object.is(number, -0) && Math.abs(number) < LARGEST;
}
