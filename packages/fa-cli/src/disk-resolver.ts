/**
 * Finds the file that an import means on the disk, by oxc-resolver: relative paths, `paths` of the nearest tsconfig, package.json
 * `imports` and `exports`, node_modules. Sources are preferred to what is built from them.
 *
 * The native resolver is loaded on the first question, so that commands which resolve nothing do not pay for it.
 */
import { createRequire } from "node:module";
import type { NapiResolveOptions, ResolverFactory } from "oxc-resolver";
import { CONDITIONS, MAIN_FIELDS } from "./package-targets.ts";

const OPTIONS: NapiResolveOptions = {
  extensions: [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".d.mts", ".d.cts", ".json"],
  // TypeScript sources import each other by the name of the file they are compiled to.
  extensionAlias: {
    ".js": [".ts", ".tsx", ".js", ".jsx", ".d.ts"],
    ".jsx": [".tsx", ".jsx", ".d.ts"],
    ".mjs": [".mts", ".mjs", ".d.mts"],
    ".cjs": [".cts", ".cjs", ".d.cts"],
  },
  conditionNames: [...CONDITIONS],
  mainFields: [...MAIN_FIELDS],
  nodePath: false,
};

export interface DiskResolver {
  /** Absolute path of the file as the system writes it, or null when nothing is there. Symbolic links are followed. */
  resolve(fromFile: string, specifier: string): string | null;
  /** What was seen of the disk counts no more: names, manifests or tsconfigs have changed. */
  forget(): void;
}

/** Remembers what it has seen of the disk. */
export function diskResolver(): DiskResolver {
  /** By file and not by folder: which tsconfig holds may differ between two files of one. */
  const known = new Map<string, string | null>();
  let opened: { readonly withTsconfig: ResolverFactory; readonly plain: ResolverFactory } | undefined;
  const open = () => {
    const { ResolverFactory: Factory } = createRequire(import.meta.url)("oxc-resolver") as typeof import("oxc-resolver");
    const plain = new Factory(OPTIONS);
    return { plain, withTsconfig: plain.cloneWithOptions({ ...OPTIONS, tsconfig: "auto" }) };
  };
  return {
    resolve: (fromFile, specifier) => {
      const key = `${fromFile}\0${specifier}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      opened ??= open();
      // A tsconfig that cannot be read fails every question asked under it; the plain rules still answer most of them.
      const path = opened.withTsconfig.resolveFileSync(fromFile, specifier).path ?? opened.plain.resolveFileSync(fromFile, specifier).path;
      known.set(key, path ?? null);
      return path ?? null;
    },
    forget: () => {
      opened = undefined;
      known.clear();
    },
  };
}
