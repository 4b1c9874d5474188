/** Functions that the configuration names, held against the program: a name that means nothing changes nothing, and is said instead. */
import { posix } from "node:path";
import { functionName, type ModuleIR } from "@framealloc/analysis";
import type { Host } from "./host.ts";
import type { Config } from "@framealloc/rules/configuration";
import { nearestWord } from "@framealloc/rules/codes";
import { UsageError } from "./usage-error.ts";

/** Throws a `UsageError` for a row of the model; returns a note for each entry of a hot path. Files that were not opened are left alone. */
export function checkNames(host: Host, root: string, modules: readonly ModuleIR[], { hotEntries, model, placeOf }: Pick<Config, "hotEntries" | "model" | "placeOf">): readonly string[] {
  const byFile = new Map(modules.map((module) => [posix.join(root, module.file), module]));
  for (const { name } of model) {
    const fault = faultOf(byFile, name, true);
    if (fault !== null) throw new UsageError(fault.message, { place: placeOf(name) ?? "[model]", ...(fault.help === null ? {} : { help: fault.help }) });
  }
  return hotEntries.flatMap((entry) => {
    const file = entry.slice(0, entry.lastIndexOf("#"));
    const fault = host.kindOf(file) === "file" ? faultOf(byFile, entry, false) : { message: `no such file: \`${posix.relative(root, file)}\``, help: null };
    return fault === null ? [] : [`${placeOf(entry) ?? "[hot].entries"}: ${fault.message}${fault.help === null ? "" : `; ${fault.help}`}`];
  });
}

function faultOf(byFile: ReadonlyMap<string, ModuleIR>, name: string, isModel: boolean): { readonly message: string; readonly help: string | null } | null {
  const hash = name.lastIndexOf("#");
  const module = byFile.get(name.slice(0, hash));
  if (module === undefined) return null;
  const wanted = name.slice(hash + 1);
  const names = new Set(module.functions.map((fn) => functionName(module, fn)).filter((each) => each !== ""));
  const variables = new Set(module.variables.filter(({ owner }) => owner === 0).map((variable) => variable.name));
  if (isModel) {
    for (const each of variables) names.add(each);
    for (const { name: type, term } of module.types) if (term.kind === "object") for (const member of term.members) names.add(`${type}.${member.name}`);
  }
  // What a variable of unknown content holds may have any member.
  if (names.has(wanted) || (isModel && variables.has(wanted.split(".")[0] ?? "") && wanted.includes("."))) return null;
  const nearest = nearestWord(wanted, names);
  return { message: `\`${module.file}\` has no function \`${wanted}\``, help: nearest === null ? null : `did you mean \`${nearest}\`?` };
}
