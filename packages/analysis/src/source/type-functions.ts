/**
 * Type functions: those of the language (`ReturnType`, `InstanceType`, `Awaited`) and those by which the runtime's shapes say what an allocation
 * gives. Applied to a type parameter they wait until that is known.
 */
import { RUNTIME_PACKAGE } from "./link.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";
import { NEVER, type TypeTable } from "./type-table.ts";

export interface TypeFunctionNeeds {
  readonly table: TypeTable;
  awaited(type: TracedType): TracedType;
  returned(type: TracedType): TracedType;
}

const TYPED_ARRAYS: Readonly<Record<string, string>> = {
  f32: "Float32Array", f64: "Float64Array", i8: "Int8Array", u8: "Uint8Array", i16: "Int16Array", u16: "Uint16Array", i32: "Int32Array", u32: "Uint32Array", i64: "BigInt64Array", u64: "BigUint64Array", bool: "Uint8Array",
};

export class TypeFunctions {
  readonly #needs: TypeFunctionNeeds;

  constructor(needs: TypeFunctionNeeds) {
    this.#needs = needs;
  }

  /** A type function of an evaluated argument; of a type parameter it is delayed until that is known. */
  applied(name: string, arg: TracedType): TracedType {
    const { table } = this.#needs;
    if (arg === UNKNOWN || arg === NEVER) return arg;
    if (table.isParameter(arg)) return table.delayed(name, arg);
    if (arg.kind === "union") return table.join(arg.members.map((member) => this.applied(name, member)));
    switch (name) {
      case "Awaited": return this.#needs.awaited(arg);
      case "ReturnType": return this.#needs.returned(arg);
      case "InstanceType": return this.instanceOf(arg, []);
      case "Infer": return this.#allocated(arg);
      case "Held": return arg.kind === "class" || isTypeValue(arg) ? this.#allocated(arg) : arg;
      default: return this.#slice(arg);
    }
  }

  /** What an allocation of a type value gives. */
  #allocated(arg: TracedType): TracedType {
    if (arg.kind === "class" || (arg.kind === "external" && arg.side === "value" && !isTypeValue(arg) && /^[A-Z]/.test(lastName(arg.path)))) return this.instanceOf(arg, []);
    const scalar = arg.kind === "external" && arg.side === "value" && Object.hasOwn(TYPED_ARRAYS, arg.path);
    return this.#needs.table.external(RUNTIME_PACKAGE, scalar ? "Ref" : "View", "instance");
  }

  /** A slice of scalars is a typed array, one of a class an array of its instances. */
  #slice(arg: TracedType): TracedType {
    const { table } = this.#needs;
    const array = arg.kind === "external" && arg.package === RUNTIME_PACKAGE && Object.hasOwn(TYPED_ARRAYS, arg.path) ? TYPED_ARRAYS[arg.path] : undefined;
    if (array !== undefined) return table.global(array);
    const element = this.#allocated(arg);
    return element.kind === "instance" ? table.global("Array", [element]) : table.external(RUNTIME_PACKAGE, "StructArray", "instance", [element]);
  }

  /** Of what `new` on a value of this type makes. */
  instanceOf(type: TracedType, args: readonly TracedType[]): TracedType {
    const { table } = this.#needs;
    switch (type.kind) {
      case "class": return table.instance(type.module, type.class, fill(args, type.class.typeParameters.length));
      case "external": return type.side === "value" && type.path !== "" ? table.external(type.package, type.path, "instance", args) : UNKNOWN;
      case "callable": return type.term.construct ? this.#needs.returned(type) : UNKNOWN;
      case "union": return table.join(type.members.map((member) => this.instanceOf(member, args)));
      case "unknown": return type === NEVER ? NEVER : UNKNOWN;
      default: return UNKNOWN;
    }
  }
}

/** A struct, array or scalar type of the runtime, as a value. */
function isTypeValue(type: TracedType): boolean {
  return type.kind === "external" && type.package === RUNTIME_PACKAGE && (type.side === "instance" || /^(?:[iuf]\d+|bool)$/.test(type.path));
}

function lastName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("."), path.lastIndexOf("#")) + 1);
}

/** As many arguments as there are parameters. */
export function fill(args: readonly TracedType[], length: number): readonly TracedType[] {
  return args.length >= length ? args.slice(0, length) : [...args, ...Array.from({ length: length - args.length }, () => UNKNOWN)];
}
