/**
 * What an answer was read from: while somebody keeps answers from one analysis to the next (`kept-facts.ts`), each remembered answer notes the modules, the other answers and the questions about the
 * whole program that it was computed from. Who reads a remembered answer reads all of that.
 *
 * Invariant: whatever is remembered for the length of a program and was computed from more than one module is an `Answer`, or is read by a `ProgramQuestion`. What `onceFor` remembers is of its key alone.
 * Nothing is noted, and next to nothing paid, while nobody keeps anything.
 */

/** Being read is noted, once by each answer that is being computed. */
export abstract class Readable {
  #notedIn: readonly Readable[] | null = null;
  #visit = 0;

  /** Whether the list does not have it yet, as far as it was noted there last. */
  static isNewTo(list: readonly Readable[], read: Readable): boolean {
    if (read.#notedIn === list) return false;
    read.#notedIn = list;
    return true;
  }

  /** Whether this visit has not seen it yet. */
  static isNewIn(visit: number, read: Readable): boolean {
    if (read.#visit === visit) return false;
    read.#visit = visit;
    return true;
  }
}

/** A remembered answer, and what was read for it. */
export class Answer extends Readable {
  /** Null while nobody keeps answers. */
  reads: Readable[] | null = null;
}

/** What is being noted: the list of the answer that is being computed; null while none is. */
let list: Readable[] | null = null;
let isKeeping = false;
let visits = 0;

/** Answers note what they read while `run` runs. */
export function whileKeeping<T>(run: () => T): T {
  const outer = isKeeping;
  isKeeping = true;
  try {
    return run();
  } finally {
    isKeeping = outer;
  }
}

export function isNoting(): boolean {
  return list !== null;
}

export function note(read: Readable): void {
  if (list !== null && Readable.isNewTo(list, read)) list.push(read);
}

/** Begins an answer; gives what `end` must be given. */
export function begin(answer: Answer): Readable[] | null {
  const outer = list;
  if (isKeeping) list = answer.reads ??= [];
  return outer;
}

export function end(answer: Answer, outer: Readable[] | null): void {
  list = outer;
  note(answer);
}

/** Computes without noting anything: for what is asked of the program as a whole, and noted as a question. */
export function unnoted<T>(compute: () => T): T {
  const outer = list;
  list = null;
  try {
    return compute();
  } finally {
    list = outer;
  }
}

/** All that an answer rests on, through the answers that it read; those themselves left out. Cost: linear in these. */
export function restOf(answer: Answer): readonly Readable[] {
  const rest: Readable[] = [];
  const visit = (visits += 1);
  const pending: Answer[] = [answer];
  Readable.isNewIn(visit, answer);
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const read of at.reads ?? []) {
      if (!Readable.isNewIn(visit, read)) continue;
      if (read instanceof Answer) pending.push(read);
      else rest.push(read);
    }
  }
  return rest;
}

/** Answers by key for the length of a program, each computed once. */
export class Answers<K extends object | string, V> {
  readonly #known = new Map<K, Remembered<V>>();

  of(key: K, compute: () => V): V {
    const known = this.get(key);
    return known === undefined ? this.add(key, compute) : known.value;
  }

  /** What is known already: for who asks so often that to say how it is computed would cost more. */
  get(key: K): Remembered<V> | undefined {
    const known = this.#known.get(key);
    if (known !== undefined) note(known);
    return known;
  }

  add(key: K, compute: () => V): V {
    const answer = remembered(compute);
    this.#known.set(key, answer);
    return answer.value;
  }
}

/** An answer with what it says. */
export class Remembered<V> extends Answer {
  readonly value: V;

  constructor(value: V, reads: Readable[] | null) {
    super();
    this.value = value;
    this.reads = reads;
  }
}

/** Computes it now; whoever does so reads it. */
export function remembered<V>(compute: () => V): Remembered<V> {
  const outer = list;
  const own: Readable[] | null = isKeeping ? [] : null;
  list = own;
  try {
    const answer = new Remembered(compute(), own);
    list = outer;
    note(answer);
    return answer;
  } finally {
    list = outer;
  }
}
