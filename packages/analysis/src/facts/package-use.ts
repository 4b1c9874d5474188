/**
 * Whether a program has anything to do with a package: some module imports it, belongs to it, or names its global.
 *
 * Theory: may, by names alone, over all modules, libraries and declarations too. A filter before the tracer is asked: what it denies, no type can bring in.
 */
import { canonicalApi, canonicalPackage } from "../knowledge/package-aliases.ts";
import type { Program } from "../program.ts";
import { packageOfPath } from "../source/link.ts";

export function usesPackage(program: Program, packages: ReadonlySet<string>): boolean {
  const isOne = (name: string): boolean => packages.has(canonicalPackage(name));
  return program.modules.some((module) => {
    const own = packageOfPath(module.file) ?? program.settings.packageOf(module.file);
    if (own !== null && isOne(own)) return true;
    for (const each of [...module.imports, ...module.exports]) {
      if ("specifier" in each && (isOne(program.resolve(module.file, each.specifier).package ?? each.specifier) || isOne(each.specifier))) return true;
    }
    return module.functions.some((fn) => fn.blocks.some((block) => block.ops.some((op) => {
      if (op.op === "global") return packages.has(op.name) || packages.has(canonicalApi(`global:${op.name}.x`).replace(/:x$/, ""));
      return op.op === "import" && (op.specifier === null || isOne(program.resolve(module.file, op.specifier).package ?? op.specifier));
    })));
  });
}
