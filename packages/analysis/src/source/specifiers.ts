/** What modules import and export from, as it is written. */
import type { ModuleIR } from "./ir.ts";
import { joined } from "./joined.ts";
import { onceFor } from "./once-for.ts";
import { isRelative } from "./resolve-among.ts";

/** In the order of the text, imports first. */
export const specifiersOf = onceFor(({ imports, exports }: ModuleIR): readonly string[] => [...imports, ...exports].flatMap((each) => ("specifier" in each ? [each.specifier] : [])));

/** But for files by their path, each once: what may name a package. */
export const otherThanPaths = onceFor((module: ModuleIR): readonly string[] => [...new Set(specifiersOf(module).filter((specifier) => !isRelative(specifier)))]);

/** The same of a whole program. */
export const packagesWritten = joined(otherThanPaths, (parts): readonly string[] => [...new Set(parts.flat())]);

/** Whether one of the specifiers is one of the packages, or a part of it. */
export function leadsTo(packages: readonly string[], specifiers: readonly string[]): boolean {
  return specifiers.some((specifier) => packages.some((name) => specifier === name || specifier.startsWith(`${name}/`)));
}
