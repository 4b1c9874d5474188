/** A traced type in words: for notes, tests and for putting unions in one order. Not a key: two types may read the same. */
import type { TracedType } from "./traced-type.ts";

/** `Vector3`, `typeof Pool`, `Array<Enemy>`, `@framealloc/runtime:FrameBox`, `unknown`. */
export function describeType(type: TracedType): string {
  switch (type.kind) {
    case "unknown": return "unknown";
    case "primitive": return type.name;
    case "instance": return `${type.class.name || "(class)"}${describeArguments(type.args)}`;
    case "class": return `typeof ${type.class.name || "(class)"}`;
    case "function": return `function ${type.function.name || "(anonymous)"}`;
    case "callable": return "(function type)";
    case "interface": return `${type.declaration.name}${describeArguments(type.args)}`;
    case "shape": return `{ ${type.term.members.map((member) => member.name).join(", ")} }`;
    case "literal": return `(literal at ${type.module.file}:${type.function.id}:${type.temp})`;
    case "namespace": return `namespace ${type.module.file}`;
    case "external": return `${type.side === "value" ? "typeof " : ""}${type.package === "global" ? "" : `${type.package}:`}${type.path}${describeArguments(type.args)}`;
    case "union": return type.members.map(describeType).join(" | ");
  }
}

function describeArguments(args: readonly TracedType[]): string {
  return args.length === 0 ? "" : `<${args.map(describeType).join(", ")}>`;
}

/** Tells types of one name apart, by where they are declared. */
export function placeOf(type: TracedType): string {
  switch (type.kind) {
    case "instance": case "class": return `${type.module.file}:${type.class.span.start}`;
    case "function": return `${type.module.file}:${type.function.span.start}`;
    case "interface": return `${type.module.file}:${type.declaration.span.start}`;
    case "callable": case "shape": return type.module.file;
    default: return "";
  }
}
