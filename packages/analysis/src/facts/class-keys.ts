/** Under which keys the knowledge tables may know a class: its own and those of everything it extends or says to implement. */
import { canonicalApi } from "../knowledge/package-aliases.ts";
import { threeBase } from "../knowledge/three-classes.ts";
import type { Program } from "../program.ts";
import type { ClassIR, ModuleIR } from "../source/ir.ts";
import { packageOfPath } from "../source/link.ts";
import type { ApiKey, TracedType } from "../source/traced-type.ts";
import type { TypeTerm } from "../source/type-term.ts";

/** The package a module belongs to: by its path under node_modules, else by the settings; null for a project without a name. */
export function packageOf(program: Program, module: ModuleIR): string | null {
  return packageOfPath(module.file) ?? program.settings.packageOf(module.file);
}

/** `three:Mesh`, `three:Object3D` for a class that extends Mesh. From the class upwards. */
export function classKeys(program: Program, module: ModuleIR, class_: ClassIR): readonly ApiKey[] {
  const keys: ApiKey[] = [];
  addLoaded(program, module, class_, keys);
  for (const type of program.tracer.ancestors(module, class_)) {
    if (type.kind === "instance" || type.kind === "class") addLoaded(program, type.module, type.class, keys);
    else if (type.kind === "external") addExternal(type.package, type.path, keys);
  }
  return keys;
}

/** The same for what a value is an instance of; empty when it cannot be named. */
export function instanceKeys(program: Program, type: TracedType): readonly ApiKey[] {
  if (type.kind === "union") return type.members.flatMap((member) => instanceKeys(program, member));
  if (type.kind === "instance") return classKeys(program, type.module, type.class);
  const keys: ApiKey[] = [];
  if (type.kind === "external" && type.side === "instance") addExternal(type.package, type.path, keys);
  return keys;
}

function addLoaded(program: Program, module: ModuleIR, class_: ClassIR, keys: ApiKey[]): void {
  const owner = packageOf(program, module);
  if (owner !== null && class_.name !== "") keys.push(`${owner}:${class_.name}`);
  for (const term of class_.implements) if (term.kind === "name") addInterface(program, module, term, keys);
}

/** An interface by the package that its name is imported from, or this one. */
function addInterface(program: Program, module: ModuleIR, term: TypeTerm & { readonly kind: "name" }, keys: ApiKey[]): void {
  const [first = "", ...rest] = term.parts;
  const imported = module.imports.find(({ variable }) => variable !== null && (variable === term.variable || module.variables[variable]?.name === first));
  const from = imported === undefined ? null : program.resolve(module.file, imported.specifier).package;
  const owner = from ?? packageOf(program, module);
  const name = imported === undefined || imported.imported === "*" || imported.imported === "default" ? rest.at(-1) ?? first : imported.imported;
  if (owner !== null) keys.push(`${owner}:${name}`);
}

function addExternal(owner: string, path: string, keys: ApiKey[]): void {
  const key = canonicalApi(`${owner}:${path}`);
  keys.push(key);
  const base = key.startsWith("three:") ? threeBase(key.slice("three:".length)) : undefined;
  if (base !== undefined && key !== `three:${base}`) keys.push(`three:${base}`);
}
