/**
 * Runs code of several agents one atomic step at a time, through all interleavings.
 *
 * The files of the runtime are taken as they are: each function becomes a generator that yields before every call of `Atomics`, and before every plain access
 * of a typed array. A plain write goes to a buffer of its agent and from there to memory at any later moment, each word by itself, at the latest at the agent's next
 * atomic; so code that lacks an atomic is seen to fail. A wait ends by a wake-up only, so that a lost one is a state in which nobody can go on.
 *
 * States that were seen are not gone through again. An agent's state is what it has read so far; with it goes the order in which operations began and ended. What a script gives
 * to its operations is each agent's own, so that what code remembers in it is not another's. A run that comes to no end is a fault too.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** One operation of an agent, with the moment of its begin and end: those that end before another begins come before it. */
export interface Operation {
  readonly agent: number;
  readonly name: string;
  readonly given: readonly unknown[];
  result: unknown;
  /** Operations that were over when it began. */
  readonly after: readonly number[];
  isOver: boolean;
}

/** What an agent does: generator functions of the stepped modules, by name, one after another. */
export type Script = readonly (readonly [name: string, ...given: unknown[]])[];

export interface Outcome {
  readonly operations: readonly Operation[];
  readonly memory: Int32Array;
}

type Step = { readonly kind: string; readonly at: number; readonly args: readonly number[] };
type Routine = Generator<Step, unknown, unknown>;
type Functions = Readonly<Record<string, (...given: never[]) => Routine>>;

/** Steps of a run; none of the small cases that end has so many. */
const LONGEST = 400;
const ATOMIC = /^(?:load|store|add|exchange|compareExchange|notify|wait)$/;

/** The functions of some files under src/shared, as generators over steps. `planted`: replaces text, to see that it is found. `more`: functions of the test, in the same form. */
export function stepped(files: readonly string[], more = "", planted?: readonly [from: string, to: string]): Functions {
  let text = files.map((file) => readFileSync(fileURLToPath(new URL(`../src/shared/${file}`, import.meta.url)), "utf8")).join("\n");
  if (planted !== undefined) {
    if (!text.includes(planted[0])) throw new Error(`nothing to plant in: ${planted[0]}`);
    text = text.replace(planted[0], planted[1]);
  }
  const source = ts.createSourceFile("stepped.ts", `${text}\n${more}`, ts.ScriptTarget.ES2022, true);
  const names = new Set(source.statements.filter(ts.isFunctionDeclaration).filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) !== true).map(({ name }) => name?.text ?? ""));
  const { transformed } = ts.transform(source, [(context) => (root) => ts.visitNode(root, asGenerators(names, context)) as ts.SourceFile]);
  const script = ts.transpile(ts.createPrinter().printFile(transformed[0] as ts.SourceFile), { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS });
  return new Function("exports", `${script}\nreturn { ${[...names].join(", ")} };`)({}) as Functions;
}

function asGenerators(names: ReadonlySet<string>, context: ts.TransformationContext): ts.Visitor {
  const { factory: f } = context;
  const step = (kind: string, words: ts.Expression, args: readonly ts.Expression[]): ts.Expression =>
    f.createParenthesizedExpression(f.createYieldExpression(undefined, f.createObjectLiteralExpression([
      f.createPropertyAssignment("kind", f.createStringLiteral(kind)), f.createPropertyAssignment("words", words), f.createPropertyAssignment("args", f.createArrayLiteralExpression([...args])),
    ])));
  const visit: ts.Visitor = (node) => {
    if (ts.isImportDeclaration(node)) return undefined;
    // What is asynchronous goes on by itself: no steps to be ordered.
    if (ts.isFunctionDeclaration(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true) return undefined;
    if (ts.isFunctionDeclaration(node)) {
      const body = ts.visitEachChild(node, visit, context);
      return f.createFunctionDeclaration(undefined, f.createToken(ts.SyntaxKind.AsteriskToken), body.name, undefined, body.parameters, undefined, body.body);
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && isWord(node.left)) {
      const { left } = node;
      return step("write", visit(left.expression) as ts.Expression, [visit(left.argumentExpression) as ts.Expression, visit(node.right) as ts.Expression]);
    }
    if (isWord(node)) return step("read", visit(node.expression) as ts.Expression, [visit(node.argumentExpression) as ts.Expression]);
    if (ts.isCallExpression(node)) {
      const called = node.expression;
      const args = node.arguments.map((each) => visit(each) as ts.Expression);
      if (ts.isPropertyAccessExpression(called) && called.expression.getText() === "Atomics" && ATOMIC.test(called.name.text)) return step(called.name.text, args[0] as ts.Expression, args.slice(1));
      if (ts.isIdentifier(called) && names.has(called.text)) return f.createParenthesizedExpression(f.createYieldExpression(f.createToken(ts.SyntaxKind.AsteriskToken), f.createCallExpression(called, undefined, args)));
    }
    return ts.visitEachChild(node, visit, context);
  };
  return visit;
}

function isWord(node: ts.Node): node is ts.ElementAccessExpression {
  return ts.isElementAccessExpression(node) && /(?:^|\.)words$/.test(node.expression.getText());
}

/** Where a run stands: memory, buffers of plain writes, and what each agent has seen. */
class Run {
  readonly memory: Int32Array;
  readonly operations: Operation[] = [];
  readonly seen: string[];
  private readonly buffers: Map<number, number>[];
  private readonly routines: (Routine | undefined)[];
  private readonly pending: (Step | undefined)[];
  private readonly asleep: (number | undefined)[];
  private readonly at: number[];
  private readonly current: (Operation | undefined)[];
  private readonly functions: Functions;
  private readonly scripts: readonly Script[];

  constructor(functions: Functions, scripts: readonly Script[], memory: Int32Array) {
    this.functions = functions;
    this.scripts = scripts.map((script) => structuredClone(script));
    this.memory = memory.slice();
    this.buffers = scripts.map(() => new Map());
    this.seen = scripts.map(() => "");
    this.routines = scripts.map(() => undefined);
    this.pending = scripts.map(() => undefined);
    this.asleep = scripts.map(() => undefined);
    this.at = scripts.map(() => 0);
    this.current = scripts.map(() => undefined);
  }

  /** What may happen next: an agent's step, or one word of its buffer reaching memory. */
  choices(): (readonly [agent: number, word: number])[] {
    const found: (readonly [number, number])[] = [];
    for (const agent of this.scripts.keys()) {
      for (const word of this.buffers[agent]?.keys() ?? []) found.push([agent, word]);
      if (this.asleep[agent] === undefined && !this.isDone(agent)) found.push([agent, -1]);
    }
    return found;
  }

  get isOver(): boolean {
    return this.scripts.every((_, agent) => this.isDone(agent) && this.buffers[agent]?.size === 0);
  }

  key(): string {
    const order = this.operations.map(({ after, isOver }) => `${after.join()}${isOver ? "!" : ""}`).join(";");
    return `${this.memory.join()}|${this.buffers.map((buffer) => [...buffer].join()).join("/")}|${this.seen.join("/")}|${this.asleep.join()}|${order}`;
  }

  take([agent, word]: readonly [number, number]): void {
    if (word >= 0) this.flush(agent, word);
    else this.advance(agent);
  }

  private isDone(agent: number): boolean {
    return this.routines[agent] === undefined && (this.at[agent] ?? 0) >= (this.scripts[agent]?.length ?? 0);
  }

  private see(agent: number, what: string): void {
    this.seen[agent] = `${this.seen[agent] ?? ""}${what}`;
  }

  private flush(agent: number, word: number): void {
    this.memory[word] = this.buffers[agent]?.get(word) ?? 0;
    this.buffers[agent]?.delete(word);
  }

  /** Does the step that an agent stands before, and goes on to its next; the begin of an operation belongs to its first step. */
  private advance(agent: number): void {
    if (this.routines[agent] === undefined) this.begin(agent);
    const step = this.pending[agent];
    if (step === undefined) return;
    const result = this.perform(agent, step);
    if (result === "sleep") return;
    this.see(agent, `,${String(result)}`);
    this.resume(agent, result);
  }

  private begin(agent: number): void {
    const [name = "", ...given] = this.scripts[agent]?.[this.at[agent] ?? 0] ?? [];
    this.at[agent] = (this.at[agent] ?? 0) + 1;
    const operation: Operation = { agent, name, given, result: undefined, after: this.operations.flatMap(({ isOver }, i) => (isOver ? [i] : [])), isOver: false };
    this.operations.push(operation);
    this.current[agent] = operation;
    this.routines[agent] = this.functions[name]?.(...(given as never[]));
    this.see(agent, `;${name}`);
    this.resume(agent, undefined);
  }

  private resume(agent: number, result: unknown): void {
    const next = this.routines[agent]?.next(result);
    this.pending[agent] = next?.done === true ? undefined : next?.value;
    if (next?.done !== true) return;
    const operation = this.current[agent] as Operation;
    operation.result = next.value;
    operation.isOver = true;
    this.routines[agent] = undefined;
  }

  private perform(agent: number, { kind, args }: Step): number | string | undefined {
    const { memory } = this;
    const [at = 0, a = 0, b = 0] = args;
    const buffer = this.buffers[agent] as Map<number, number>;
    if (kind === "read") return buffer.get(at) ?? memory[at];
    if (kind === "write") {
      buffer.set(at, a | 0);
      return a;
    }
    for (const word of [...buffer.keys()]) this.flush(agent, word);
    const before = memory[at] ?? 0;
    switch (kind) {
      case "load": break;
      case "store": case "exchange": memory[at] = a; break;
      case "add": memory[at] = before + a; break;
      case "compareExchange": if (before === a) memory[at] = b; break;
      case "notify": this.notify(at, args[1] ?? Infinity); break;
      case "wait": return this.sleep(agent, at, before === a);
      default: throw new Error(`no such step: ${kind}`);
    }
    return before;
  }

  private notify(at: number, count: number): void {
    let left = count;
    for (const [agent, word] of this.asleep.entries()) {
      if (word !== at || left <= 0) continue;
      left -= 1;
      this.asleep[agent] = undefined;
      this.see(agent, ",woken");
      this.resume(agent, "ok");
    }
  }

  private sleep(agent: number, at: number, isExpected: boolean): string {
    if (!isExpected) return "not-equal";
    this.asleep[agent] = at;
    return "sleep";
  }
}

export interface Explored {
  readonly states: number;
  readonly ends: number;
}

/**
 * Goes through all interleavings of the scripts from a memory on, and calls `check` with each end. Throws what it throws, with the way there, and for a state in which
 * agents sleep and nobody is left to wake them.
 */
export function explore(functions: Functions, scripts: readonly Script[], memory: Int32Array, check: (outcome: Outcome) => void): Explored {
  const seen = new Set<string>();
  let ends = 0;
  const stack: (readonly (readonly [number, number])[])[] = [[]];
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    const run = new Run(functions, scripts, memory);
    for (const choice of path) run.take(choice);
    const key = run.key();
    if (seen.has(key)) continue;
    seen.add(key);
    if (run.isOver) {
      ends += 1;
      told(path, () => check(run));
      continue;
    }
    const choices = run.choices();
    if (path.length > LONGEST) throw new Error(`agents come to no end, after ${path.map(([agent]) => agent).join("")}`);
    if (choices.length === 0) throw new Error(`agents sleep and nobody wakes them, after ${path.map(([agent]) => agent).join("")}`);
    for (const choice of choices) stack.push([...path, choice]);
  }
  return { states: seen.size, ends };
}

function told(path: readonly (readonly [number, number])[], check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(`after ${path.map(([agent, word]) => (word < 0 ? agent : `[${agent}:${word}]`)).join("")}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/**
 * Whether some order of the operations, in which those that were over before another began come before it, gives the same results when a model does them one by
 * one. `model` gives a fresh one: a function that does an operation and gives its result.
 */
export function isLinearizable(operations: readonly Operation[], model: () => (operation: Operation) => unknown): boolean {
  const search = (done: readonly number[]): boolean => {
    if (done.length === operations.length) return true;
    const left = operations.map((_, i) => i).filter((i) => !done.includes(i) && operations[i]?.after.every((before) => done.includes(before)) === true);
    return left.some((i) => {
      const run = model();
      for (const before of done) run(operations[before] as Operation);
      const operation = operations[i] as Operation;
      return JSON.stringify(run(operation)) === JSON.stringify(operation.result) && search([...done, i]);
    });
  };
  return search([]);
}
