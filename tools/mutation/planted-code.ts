/** Faulty code put into the functions of a program that open frames: in the frame, before it or after it, with the allocator under the name that it has there. */
import type * as ES from "@oxc-project/types";
import type { CleanProgram } from "./clean-program.ts";
import { type FrameRegion, frameRegions } from "./frame-regions.ts";
import { type Edit, insert, type Pattern, type Planted } from "./mutant.ts";
import type { SyntaxTree } from "./syntax-tree.ts";

/** What planted code may use, at the top of its file. Imports stand before everything else at run time, wherever they are written. */
const HEAD = 'import { DeferredConfig as PlantedDeferred, FrameBarrier as PlantedBarrier, f32 as plantedF32, SmartAlloc as PlantedAlloc, struct as plantedStruct } from "@framealloc/runtime"; const PlantedBody = plantedStruct({ x: plantedF32, y: plantedF32 }, { name: "PlantedBody" });\n';

/** `inside` is in front of each statement of the frame, `before` in front of what opens it. */
export type Where = "inside" | "before";

interface Code {
  readonly name: string;
  readonly where: Where;
  /** The statements, given the allocator; `null` where they would be no bug. */
  readonly text: (allocator: string, region: FrameRegion) => string | null;
  /** Declared at the top besides, given the tree. */
  readonly top?: (tree: SyntaxTree) => string;
  readonly orElse?: readonly string[];
}

/** An operator for each. */
export function plantedCode(codes: readonly Code[]): readonly Pattern[] {
  return codes.map(({ name, where, text, top, orElse }) => ({
    name,
    ...(orElse === undefined ? {} : { orElse }),
    *plant(program): Iterable<Planted> {
      for (const region of frameRegions(program)) {
        const code = text(region.allocator, region);
        if (code === null) continue;
        for (const at of placesOf(region, where)) yield { what: `${name} at \`${region.tree.textOf(at).slice(0, 30)}\``, edits: withHead(region.tree, insert(region.tree.file, at.start, `${code} `), top?.(region.tree)) };
      }
    },
  }));
}

/** The edit, with what planted code may use. */
export function withHead(tree: SyntaxTree, edit: Edit, more = ""): [Edit, Edit] {
  return [edit, insert(tree.file, 0, `${HEAD}${more === "" ? "" : `${more}\n`}`)];
}

/** Adds statements at the end of each file that `isPlace`. */
export function plantedAtEnd(name: string, text: (tree: SyntaxTree) => string, isPlace: (program: CleanProgram, tree: SyntaxTree) => boolean = () => true): Pattern {
  return {
    name,
    *plant(program): Iterable<Planted> {
      for (const { file } of program.linked.modules) {
        const tree = program.treeOf(file);
        if (isPlace(program, tree)) yield { what: `${name} in ${file}`, edits: withHead(tree, insert(file, tree.text.length, `\n${text(tree)}\n`)) };
      }
    },
  };
}

/** A type where the language has types. */
export function typed({ file }: SyntaxTree, type: string): string {
  return /\.[cm]?tsx?$/.test(file) ? `: ${type}` : "";
}

function placesOf({ kind, body, begin, tree, call }: FrameRegion, where: Where): readonly ES.Statement[] {
  if (where === "inside") return body;
  if (begin !== null) return [begin];
  if (kind === "finally" || kind === "pair") return [];
  // The statement that the scope or the callback is written in.
  for (let at: ES.Node | null = call.node; at !== null; at = tree.parentOf(at)) {
    const place = tree.placeOf(at);
    const statement = place?.list[place.index];
    if (statement !== undefined) return [statement];
  }
  return [];
}
