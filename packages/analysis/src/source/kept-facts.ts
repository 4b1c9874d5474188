/**
 * Answers about single functions and modules, kept from one analysis of a program to the next: after an edit those hold that were read from modules which are still there, and from questions about the whole
 * program which are answered as before. For who analyses the same program again and again (an editor).
 *
 * Theory: incremental computation with recorded dependencies and early cutoff, as in Adapton or Salsa: an answer is asked for, found, and looked over before it is given again; a question is asked again only
 * for that.
 */
import { compareText } from "../diagnostic.ts";
import type { Program } from "../program.ts";
import type { ModuleIR } from "./ir.ts";
import { isNoting, note, Notes, Readable, Remembered, remembered, restOf, unnoted, whileKeeping } from "./reads.ts";
import { otherThanPaths } from "./specifiers.ts";

/**
 * A question about a program as a whole that costs little, so that it can be asked again: `find` finds in another program whom to ask, `ask` asks. Keys are texts, or parts of modules.
 */
export class ProgramQuestion<S, K, T> {
  readonly find: (program: Program) => S;
  readonly ask: (subject: S, key: K) => T;
  readonly isSame: (before: T, now: T) => boolean;

  constructor(find: (program: Program) => S, ask: (subject: S, key: K) => T, isSame: (before: T, now: T) => boolean = Object.is) {
    this.find = find;
    this.ask = ask;
    this.isSame = isSame;
  }

  /** The answer, noted by who asks. */
  of(subject: S, key: K): T {
    return isNoting() ? this.#noted(subject, key) : this.ask(subject, key);
  }

  #noted(subject: S, key: K): T {
    const answer = unnoted(() => this.ask(subject, key));
    if (current !== null) note(current.asked(this, key, answer));
    return answer;
  }
}

/** A question that was asked, and its answer. */
class Asked<S, K, T> extends Readable {
  readonly question: ProgramQuestion<S, K, T>;
  readonly key: K;
  readonly answer: T;
  /** In which analysis it was asked last, and whether the answer was this one. */
  run: number;
  holds = true;

  constructor(question: ProgramQuestion<S, K, T>, key: K, answer: T, run: number) {
    super();
    this.question = question;
    this.key = key;
    this.answer = answer;
    this.run = run;
  }

  isAnsweredSo(program: Program, run: number): boolean {
    return this.run === run ? this.holds : this.#isAnsweredAgain(program, run);
  }

  #isAnsweredAgain(program: Program, run: number): boolean {
    this.run = run;
    // One that comes back to itself meanwhile has no answer to rely on.
    this.holds = false;
    this.holds = unnoted(() => this.question.isSame(this.answer, this.question.ask(this.question.find(program), this.key)));
    return this.holds;
  }
}

// What is asked of which key is known to the question alone.
type AnyAsked = Asked<never, never, unknown>;

interface Kept {
  readonly answer: Remembered<unknown>;
  /** In which analysis it was given last. */
  run: number;
}

/** Analyses. */
const SWEEP_EVERY = 16;

let current: KeptFacts | null = null;

/** The answer of this name about a function or a module: the kept one where it still holds. Only where nothing is kept it is computed each time. */
export function kept<V>(name: string, key: object, compute: () => V): V {
  return current === null ? compute() : current.of(name, key, compute);
}

/** Takes the steps of an analysis of a program: what it asked for is kept for the next one, and nothing else. */
export function* keepingSteps<T>(facts: KeptFacts, program: Program, steps: Iterator<T, void>): Generator<T, void> {
  facts.begin(program);
  try {
    for (let step = within(facts, () => steps.next()); step.done !== true; step = within(facts, () => steps.next())) yield step.value;
  } finally {
    facts.end();
  }
}

function within<T>(facts: KeptFacts, run: () => T): T {
  const outer = current;
  current = facts;
  try {
    return whileKeeping(run);
  } finally {
    current = outer;
  }
}

/** Of one program after the other, each an edit of the one before, under the same settings. */
export class KeptFacts {
  readonly #tables = new Map<string, Map<object, Kept>>();
  readonly #questions = new Map<unknown, Map<unknown, AnyAsked>>();
  #program: Program | null = null;
  #modules: ReadonlySet<unknown> = new Set();
  #links = "";
  #run = 0;

  /** What was kept is of this program from now on. For `keepingSteps`, as what follows. */
  begin(program: Program): void {
    this.#program = program;
    this.#run += 1;
    this.#modules = new Set(program.modules);
    const links = linksOf(program);
    if (links === this.#links) return;
    this.#links = links;
    this.#tables.clear();
    this.#questions.clear();
  }

  end(): void {
    this.#program = null;
    if (this.#run % SWEEP_EVERY === 0) this.#sweep();
  }

  /** What nobody asked for is not looked over, and may hold modules that are gone. */
  #sweep(): void {
    const oldest = this.#run - SWEEP_EVERY;
    const isGone = (read: Readable): boolean => !(read instanceof Asked) && !this.#modules.has(read);
    for (const table of this.#tables.values()) for (const [key, { run, answer }] of table) if (run !== this.#run && (run <= oldest || answer.reads.some(isGone))) table.delete(key);
    for (const asked of this.#questions.values()) for (const [key, { run }] of asked) if (run <= oldest) asked.delete(key);
  }

  /** For `kept`. */
  of<V>(name: string, key: object, compute: () => V): V {
    let table = this.#tables.get(name);
    if (table === undefined) this.#tables.set(name, (table = new Map()));
    const known = table.get(key);
    if (known !== undefined && (known.run === this.#run || this.#holds(known.answer))) {
      known.run = this.#run;
      note(known.answer);
      // A table holds what was computed under its name.
      return known.answer.value as V;
    }
    const answer = remembered(compute);
    // Of what it was read from, what is looked over again; the rest goes with the program.
    const whole = new Remembered(answer.value, new Notes(restOf(answer)));
    table.set(key, { answer: whole, run: this.#run });
    return whole.value;
  }

  #holds({ reads }: Remembered<unknown>): boolean {
    if (this.#program === null) return false;
    for (const read of reads) if (read instanceof Asked ? !read.isAnsweredSo(this.#program, this.#run) : !this.#modules.has(read)) return false;
    return true;
  }

  /** For `ProgramQuestion`. */
  asked<S, K, T>(question: ProgramQuestion<S, K, T>, key: K, answer: T): Readable {
    let ofQuestion = this.#questions.get(question);
    if (ofQuestion === undefined) this.#questions.set(question, (ofQuestion = new Map()));
    // The map is the question's own.
    const known = ofQuestion.get(key) as Asked<S, K, T> | undefined;
    if (known !== undefined && question.isSame(known.answer, answer)) {
      known.run = this.#run;
      known.holds = true;
      return known;
    }
    const asked = new Asked(question, key, answer, this.#run);
    ofQuestion.set(key, asked as unknown as AnyAsked);
    return asked;
  }
}

/** Which modules there are, and where what they import by other names than paths leads: to whom a module belongs follows from that. */
function linksOf({ modules, resolve, settings }: Program): string {
  const linkOf = (module: ModuleIR, specifier: string): string => {
    const { file, package: package_ } = resolve(module.file, specifier);
    return `${specifier} ${file ?? ""} ${package_ ?? ""}`;
  };
  return [settings.wholeProgram, ...modules.map((module) => [module.file, settings.packageOf(module.file), ...[...otherThanPaths(module)].sort(compareText).map((specifier) => linkOf(module, specifier))].join("\t"))].join("\n");
}

/** Whether two lists hold the same things, or things of the same parts. */
export function isSameList<T>(before: readonly T[], now: readonly T[]): boolean {
  return before.length === now.length && before.every((each, index) => isSameThing(each, now[index]));
}

/** Whether two things are one, or made of the same parts. */
export function isSameThing(before: unknown, now: unknown): boolean {
  if (Object.is(before, now)) return true;
  if (typeof before !== "object" || typeof now !== "object" || before === null || now === null) return false;
  const keys = Object.keys(before);
  return keys.length === Object.keys(now).length && keys.every((key) => Object.is((before as Readonly<Record<string, unknown>>)[key], (now as Readonly<Record<string, unknown>>)[key]));
}
