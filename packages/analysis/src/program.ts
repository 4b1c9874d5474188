/** A linked program: what facts are computed from. */
import type { Model } from "./knowledge/model-api.ts";
import type { ModuleIR } from "./source/ir.ts";
import type { Tracer } from "./source/traced-type.ts";

/** Where an import leads. A package may be loaded (its module then has role `library`) and still be known by name. */
export interface Resolution {
  /** The module's `file` when it is among the loaded modules. */
  readonly file: string | null;
  /** The package's name when the specifier names one: `three` for `three/addons/x.js`. */
  readonly package: string | null;
  /** The package is not installed: nobody can say more of it than its name. */
  readonly absent?: boolean;
}

export type Resolve = (fromFile: string, specifier: string) => Resolution;

/** What the project says of its tags, from `[tags]`. */
export interface TagSettings {
  /** The tags that there are for a file; null when nobody says. */
  readonly known: (file: string) => readonly string[] | null;
  /** Report tags in a file that are none of these. */
  readonly warnUnknown: (file: string) => boolean;
  /** Which tags the modules of a path may use, in the order written; all that fit a file count. A module that none fits may use any. */
  readonly modules: readonly { readonly fits: (file: string) => boolean; readonly tags: readonly string[] }[];
}

export interface AnalysisSettings {
  /** Packages that are our runtime. */
  readonly runtimePackages: readonly string[];
  /** `path#name` or `path#Class.method` entries called every frame, from `[hot].entries`. */
  readonly hotEntries: readonly string[];
  /** Nothing but `hotEntries` is called every frame: what engines call is not asked for. */
  readonly onlyHotEntries: boolean;
  /** The engines and libraries whose hooks make hot paths in a file, from `[hot].engines`; null for those that are imported. */
  readonly hotEngines: (file: string) => readonly string[] | null;
  /** Says of a file that it is never hot, from `[hot].cold`. */
  readonly isColdFile: (file: string) => boolean;
  /** Report garbage of at least this many bytes a call in a file. */
  readonly hotPathBytes: (file: string) => number;
  /** Report an allocation in a file that is in a loop of more rounds than this. */
  readonly loopAllocationLimit: (file: string) => number;
  readonly pedantic: boolean;
  /** The modules are all there is: a function that none of them calls has no caller that matters. False for a file on its own. */
  readonly wholeProgram: boolean;
  /** The package that a project's own file belongs to (its nearest package.json's name): a library is judged by what its users call every frame. */
  readonly packageOf: (file: string) => string | null;
  readonly tags: TagSettings;
  /** What the project says that functions do, from `[model]`. */
  readonly model: Model;
}

export interface Program {
  /** Sorted by file. */
  readonly modules: readonly ModuleIR[];
  readonly resolve: Resolve;
  readonly tracer: Tracer;
  readonly settings: AnalysisSettings;
  /** The one file of which findings are wanted; null for all. A fact may leave out what no finding there can follow from, and nothing else. */
  readonly only: string | null;
}

export const DEFAULT_SETTINGS: AnalysisSettings = {
  runtimePackages: ["@framealloc/runtime"],
  hotEntries: [],
  onlyHotEntries: false,
  hotEngines: () => null,
  isColdFile: () => false,
  hotPathBytes: () => 16,
  loopAllocationLimit: () => 100,
  pedantic: false,
  wholeProgram: true,
  packageOf: () => null,
  tags: { known: () => null, warnUnknown: () => true, modules: [] },
  model: new Map(),
};
