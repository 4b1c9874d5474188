/**
 * What an answer was read from: while somebody keeps answers from one analysis to the next (`kept-facts.ts`), each remembered answer notes the modules, the other answers and the questions about the
 * whole program that it was computed from. Who reads a remembered answer reads all of that.
 *
 * Invariant: whatever is remembered for the length of a program and was computed from more than one module is an `Answer`, or is read by a `ProgramQuestion`. What `onceFor` remembers is of its key alone.
 * Nothing is noted, and next to nothing paid, while nobody keeps anything.
 */

/** Being read is noted, once by each answer that is being computed. */
export abstract class Readable {
  // By number: what is read outlives the answers that read it.
  #notedIn = 0;
  #visit = 0;

  /** Whether the notes do not have it yet, as far as it was noted there last. */
  static isNewTo({ id }: Notes, read: Readable): boolean {
    if (read.#notedIn === id) return false;
    read.#notedIn = id;
    return true;
  }

  /** Whether this visit has not seen it yet. */
  static isNewIn(visit: number, read: Readable): boolean {
    if (read.#visit === visit) return false;
    read.#visit = visit;
    return true;
  }
}

let lastId = 0;

/** What one answer read. */
export class Notes {
  readonly id: number;
  readonly reads: Readable[];

  constructor(reads: Readable[] = []) {
    this.id = lastId += 1;
    this.reads = reads;
  }
}

/** A remembered answer, and what was read for it. */
export class Answer extends Readable {
  /** Null while nobody keeps answers. */
  notes: Notes | null = null;

  get reads(): readonly Readable[] {
    return this.notes?.reads ?? NOTHING;
  }
}

const NOTHING: readonly Readable[] = [];

/** Those of the answer that is being computed; null while none is, or nobody keeps answers. */
let notes: Notes | null = null;
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
  return notes !== null;
}

export function note(read: Readable): void {
  if (notes !== null && Readable.isNewTo(notes, read)) notes.reads.push(read);
}

/** Begins an answer; gives what `end` must be given. */
export function begin(answer: Answer): Notes | null {
  const outer = notes;
  if (isKeeping) notes = answer.notes ??= new Notes();
  return outer;
}

export function end(answer: Answer, outer: Notes | null): void {
  notes = outer;
  note(answer);
}

/** Computes without noting anything: for what is asked of the program as a whole, and noted as a question. */
export function unnoted<T>(compute: () => T): T {
  const outer = notes;
  notes = null;
  try {
    return compute();
  } finally {
    notes = outer;
  }
}

/** All that an answer rests on, through the answers that it read; those themselves left out. Cost: linear in these. */
export function restOf(answer: Answer): Readable[] {
  const rest: Readable[] = [];
  const visit = (visits += 1);
  const pending: Answer[] = [answer];
  Readable.isNewIn(visit, answer);
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const read of at.reads) {
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

  constructor(value: V, noted: Notes | null) {
    super();
    this.value = value;
    this.notes = noted;
  }
}

/** Computes it now; whoever does so reads it. */
export function remembered<V>(compute: () => V): Remembered<V> {
  const outer = notes;
  const own = isKeeping ? new Notes() : null;
  notes = own;
  try {
    const answer = new Remembered(compute(), own);
    notes = outer;
    note(answer);
    return answer;
  } finally {
    notes = outer;
  }
}
