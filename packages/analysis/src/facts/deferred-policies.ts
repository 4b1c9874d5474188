/**
 * What happens to a free of another agent's memory that finds the queue full: by the configuration of the allocator that frees, where the text gives it, else by
 * all the configurations in that part of the program.
 *
 * Theory: by declaration, must: null where several are possible, or none says. Misses: policies that are computed.
 */
import type { Origin } from "../dataflow/origin.ts";
import { CAPACITY_OPTION, DEFAULT_CAPACITY, DEFERRED_OPTION, deferredStep, type FullPolicy, POLICY_OPTION, policyNamed } from "../knowledge/deferred-api.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { ModuleIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ConstantSizes, Written } from "./constant-sizes.ts";
import { constantText } from "./constant-value.ts";
import { makerOf } from "./value-makers.ts";

export interface DeferredPolicy {
  readonly policy: FullPolicy;
  readonly capacity: number;
  /** Where the policy is named. */
  readonly at: Location;
}

export class DeferredPolicies {
  readonly #program: Program;
  readonly #sizes: ConstantSizes;

  constructor(program: Program, sizes: ConstantSizes) {
    this.#program = program;
    this.#sizes = sizes;
  }

  /** Of the allocator that frees; null key for one that nobody can name. */
  of(key: Origin | null, part: readonly ModuleIR[]): DeferredPolicy | null {
    const maker = key === null ? null : makerOf(this.#program, key);
    const written = maker === null ? null : this.#option(maker.op.args.map((arg) => ({ module: maker.module, fn: maker.function, temp: arg.temp })));
    if (written !== null) return this.#policy(written);
    // Made here without saying: the defaults hold.
    if (maker?.op.op === "new" && maker.op.args.length === 0) return null;
    const all = part.flatMap((module) => this.#policiesIn(module));
    const [first] = all;
    return first !== undefined && all.every(({ policy }) => policy === first.policy) ? first : null;
  }

  /** The `deferred` option among the arguments of a construction. */
  #option(args: readonly Written[]): Written | null {
    for (const arg of args) {
      const source = this.#sizes.source(arg);
      const op = source === null ? undefined : functionIndex(source.fn).operation(source.temp);
      const part = op?.op === "object" ? op.parts.find((each) => each.kind === "value" && each.key === DEFERRED_OPTION) : undefined;
      if (source !== null && part !== undefined) return { ...source, temp: part.value };
    }
    return null;
  }

  /** Of a configuration: an object of options, or a chain that ends in one. */
  #policy(at: Written, depth = 0): DeferredPolicy | null {
    const source = this.#sizes.source(at);
    const op = source === null || depth > MAX_STEPS ? undefined : functionIndex(source.fn).operation(source.temp);
    if (source === null || op === undefined) return null;
    if (op.op === "object") return this.#ofOptions(source, op);
    if (op.op !== "call" && op.op !== "new") return null;
    const step = this.#program.tracer.targets(source.module, source.fn, op.dst).apis.map(deferredStep).find((each) => each !== undefined);
    const [argument] = op.args;
    const inner = op.op === "call" && op.receiver !== null ? this.#policy({ ...source, temp: op.receiver }, depth + 1) : null;
    if (argument === undefined) return inner;
    const value = { ...source, temp: argument.temp };
    if (step === "policy") return this.#named(value, this.#capacityBehind(op, source, 0));
    return op.op === "new" ? this.#policy(value, depth + 1) : inner;
  }

  #capacityBehind(op: Op, at: Written, depth: number): number {
    if (op.op !== "call" || depth > MAX_STEPS) return DEFAULT_CAPACITY;
    const [argument] = op.args;
    const isCapacity = this.#program.tracer.targets(at.module, at.fn, op.dst).apis.some((api) => deferredStep(api) === "capacity");
    if (isCapacity && argument !== undefined) return this.#sizes.number({ ...at, temp: argument.temp }) ?? DEFAULT_CAPACITY;
    const receiver = op.receiver === null ? null : this.#sizes.source({ ...at, temp: op.receiver });
    const before = receiver === null ? undefined : functionIndex(receiver.fn).operation(receiver.temp);
    return receiver === null || before === undefined ? DEFAULT_CAPACITY : this.#capacityBehind(before, receiver, depth + 1);
  }

  #ofOptions(at: Written, op: Op & { readonly op: "object" }): DeferredPolicy | null {
    const value = (key: string): Written | null => {
      const part = op.parts.find((each) => each.kind === "value" && each.key === key);
      return part === undefined ? null : { ...at, temp: part.value };
    };
    const policy = value(POLICY_OPTION);
    const capacity = value(CAPACITY_OPTION);
    return policy === null ? null : this.#named(policy, (capacity === null ? null : this.#sizes.number(capacity)) ?? DEFAULT_CAPACITY);
  }

  /** `"fail"`, a constant of that text, `FullPolicy.Fail`. */
  #named(at: Written, capacity: number): DeferredPolicy | null {
    const source = this.#sizes.source(at) ?? at;
    const op = functionIndex(source.fn).operation(source.temp);
    const name = constantText(source.module, source.fn, source.temp) ?? (op?.op === "get" ? op.key : null);
    const policy = name === null ? undefined : policyNamed(name);
    return policy === undefined || op === undefined ? null : { policy, capacity, at: { file: source.module.file, span: op.span } };
  }

  #policiesIn(module: ModuleIR): readonly DeferredPolicy[] {
    return module.functions.flatMap((fn) => fn.blocks.flatMap((block) => block.ops.flatMap((op) => {
      const isPolicy = (op.op === "call" && op.key !== null && this.#program.tracer.targets(module, fn, op.dst).apis.some((api) => deferredStep(api) === "policy")) || (op.op === "object" && op.parts.some((part) => part.key === POLICY_OPTION));
      const found = isPolicy ? this.#policy({ module, fn, temp: op.dst }) : null;
      return found === null ? [] : [found];
    })));
  }
}

const MAX_STEPS = 6;
