/**
 * Whether a program has anything to do with a package: some module imports it, belongs to it, or names its global.
 *
 * Theory: may, by names alone, over all modules, libraries and declarations too. A filter before the tracer is asked: what it denies, no type can bring in.
 */
import { canonicalApi, canonicalPackage } from "../knowledge/package-aliases.ts";
import type { Program } from "../program.ts";
import type { ModuleIR } from "../source/ir.ts";
import { importedPackage } from "../source/imported-package.ts";
import { onceFor } from "../source/once-for.ts";
import { packageOfPath } from "../source/link.ts";

export function usesPackage(program: Program, packages: ReadonlySet<string>): boolean {
  const isOne = (name: string): boolean => packages.has(canonicalPackage(name));
  return program.modules.some((module) => {
    const own = packageOfPath(module.file) ?? program.settings.packageOf(module.file);
    if (own !== null && isOne(own)) return true;
    for (const each of [...module.imports, ...module.exports]) {
      if ("specifier" in each && (isOne(program.resolve(module.file, each.specifier).package ?? each.specifier) || isOne(each.specifier))) return true;
    }
    const { globals, imports } = namesIn(module);
    for (const name of globals) if (packages.has(name) || packages.has(canonicalApi(`global:${name}.x`).replace(/:x$/, ""))) return true;
    for (const specifier of imports) if (specifier === null || isOne(program.resolve(module.file, specifier).package ?? specifier)) return true;
    return false;
  });
}

/** The same of one package, by what modules write alone: what an alias of the settings leads to is not seen. Cheap where the modules are known. */
export function mentionsPackage(program: Program, package_: string): boolean {
  return program.modules.some((module) => packagesWritten(module).has(package_) || packageOfPath(module.file) === package_);
}

const packagesWritten = onceFor((module: ModuleIR): ReadonlySet<string> => {
  const specifiers = [...module.imports, ...module.exports].flatMap((each) => ("specifier" in each ? [each.specifier] : []));
  const { globals, imports } = namesIn(module);
  const written = [...specifiers, ...imports].flatMap((specifier) => (specifier === null ? [] : [importedPackage(specifier)]));
  const owners = [...globals].map((name) => canonicalApi(`global:${name}.x`).replace(/:x$/, ""));
  return new Set([...written.flatMap((name) => (name === null ? [] : [canonicalPackage(name)])), ...owners]);
});

interface Names {
  readonly globals: ReadonlySet<string>;
  /** Of `import(...)` and `require`; null for one that is computed. */
  readonly imports: ReadonlySet<string | null>;
}

/** What the code of a module names. */
const namesIn = onceFor((module: ModuleIR): Names => {
  const globals = new Set<string>();
  const imports = new Set<string | null>();
  for (const fn of module.functions) {
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op === "global") globals.add(op.name);
        else if (op.op === "import") imports.add(op.specifier);
      }
    }
  }
  return { globals, imports };
});
