/**
 * Which packages a program has anything to do with: some module imports one, belongs to it, names it in a type, or names its global.
 *
 * Theory: may, by names alone, over all modules, libraries and declarations too; and what a type checker said. A filter before the tracer is asked: what it denies, no
 * type can bring in.
 */
import { canonicalPackage, packageOfGlobal } from "../knowledge/package-aliases.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { importedPackage } from "../source/imported-package.ts";
import { joined, union } from "../source/joined.ts";
import { onceFor } from "../source/once-for.ts";
import { packageOfPath } from "../source/link.ts";
import { isRelative } from "../source/resolve-among.ts";
import { visitTypeTerms } from "../source/type-terms.ts";

/** By the name under which the tables list them. Null when an import is computed, which may lead to any. Cost: the imports of packages. */
export function packagesInSight(program: Program): ReadonlySet<string> | null {
  const found = new Set<string>();
  const isSeen = program.modules.every((module) => {
    const own = packageOfPath(module.file) ?? program.settings.packageOf(module.file);
    if (own !== null) found.add(canonicalPackage(own));
    const { specifiers, isOpen } = namesIn(module);
    for (const specifier of specifiers) {
      found.add(canonicalPackage(specifier));
      const { package: package_ } = program.resolve(module.file, specifier);
      if (package_ !== null) found.add(canonicalPackage(package_));
    }
    return !isOpen;
  });
  for (const owner of ownersNamed(program.modules)) found.add(owner);
  for (const package_ of program.tracer.answeredPackages()) found.add(canonicalPackage(package_));
  return isSeen ? found : null;
}

/** The same of one package, by what modules write alone: what an alias of the settings leads to is not seen. Cheap where the modules are known. */
export function mentionsPackage(program: Program, package_: string): boolean {
  return packagesMentioned(program.modules).has(package_);
}

const packagesWritten = onceFor((module: ModuleIR): ReadonlySet<string> => {
  const { owners, specifiers } = namesIn(module);
  const written = [...specifiers.map(importedPackage).flatMap((name) => (name === null ? [] : [canonicalPackage(name)])), ...owners];
  const own = packageOfPath(module.file);
  return new Set(own === null ? written : [...written, own]);
});

const packagesMentioned = joined(packagesWritten, union);

interface Names {
  /** The packages whose globals it names. */
  readonly owners: ReadonlySet<string>;
  /** Each once; those of files by their path are left out. */
  readonly specifiers: readonly string[];
  /** An import is computed. */
  readonly isOpen: boolean;
}

/** `require("x")`, wherever it stands. */
function requiredBy(fn: FunctionIR, op: Op & { readonly op: "call" }): string | null {
  const index = functionIndex(fn);
  const callee = index.operation(op.callee);
  const specifier = callee?.op === "global" && callee.name === "require" ? index.operation(op.args[0]?.temp ?? -1) : undefined;
  return specifier?.op === "const" && typeof specifier.value === "string" ? specifier.value : null;
}

/** What the code of a module names. */
const namesIn = onceFor((module: ModuleIR): Names => {
  const { listed, readKeys, globals: read } = moduleOps(module);
  // `window.PIXI` as well.
  const globals = new Set([...read, ...readKeys]);
  const specifiers = new Set([...module.imports, ...module.exports].flatMap((each) => ("specifier" in each ? [each.specifier] : [])));
  let isOpen = false;
  for (const { fn, op } of listed) {
    if (op.op === "import") {
      if (op.specifier === null) isOpen = true;
      else specifiers.add(op.specifier);
    } else if (op.op === "call") {
      const required = read.has("require") ? requiredBy(fn, op) : null;
      if (required !== null) specifiers.add(required);
    }
  }
  visitTypeTerms(module, (term) => {
    if (term.kind === "import") specifiers.add(term.specifier);
    else if (term.kind === "name" || term.kind === "typeof") globals.add(term.parts[0] ?? "");
  });
  return { owners: new Set([...globals].flatMap((name) => packageOfGlobal(name) ?? [])), specifiers: [...specifiers].filter((specifier) => !isRelative(specifier)), isOpen };
});

const ownersNamed = joined((module) => namesIn(module).owners, union);
