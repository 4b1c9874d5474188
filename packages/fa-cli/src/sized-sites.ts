/**
 * What the functions of a program allocate, read from V8's profile, and two profiles of the same frames made one.
 *
 * Compiled code names the function that others were compiled into. So the program runs a second time with its functions kept apart; but then results that are numbers
 * are boxed, and objects that never left their function are made after all. Of the second run only those allocations count that the first has, too: each is known by
 * its size. So the bytes of all functions are those of the whole.
 */

export interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  /** From 0. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children: readonly ProfileNode[];
}

export interface HeapProfile {
  readonly head: ProfileNode;
  readonly samples: readonly { readonly size: number; readonly nodeId: number }[];
}

/** The allocations of one function on one way to it. */
export interface SizedSite<Frame> {
  /** The function, its caller, and so on. */
  readonly frames: readonly Frame[];
  /** Each size of an allocation, and the bytes of all that are of that size, a frame. */
  readonly sizes: readonly (readonly [size: number, bytes: number])[];
}

export interface CountedSite<Frame> {
  readonly frames: readonly Frame[];
  readonly bytes: number;
  /** Of these, in numbers as objects of their own. */
  readonly boxedBytes: number;
}

/** A number as an object of its own: a map and eight bytes. */
const BOXED_NUMBER = 16;

/** Of a way. A function that calls itself has as many ways as it goes deep. */
const MOST_FRAMES = 8;

/** Below the function of that name. What the engine's own functions allocate is their caller's, which is the one that can do something about it. */
export function sizedSites({ head, samples }: HeapProfile, driver: string, frameCount: number): readonly SizedSite<CallFrame>[] {
  const sizesOf = new Map<number, Map<number, number>>();
  for (const { size, nodeId } of samples) add(sizesOf, nodeId, size, size / frameCount);
  const found = new Map<string, { frames: readonly CallFrame[]; sizes: Map<number, number> }>();
  const visit = (node: ProfileNode, above: readonly CallFrame[] | null): void => {
    const isOwner = above !== null && node.callFrame.url !== "";
    const frames = isOwner ? [node.callFrame, ...above].slice(0, MOST_FRAMES) : above ?? (node.callFrame.functionName === driver ? [node.callFrame] : null);
    const sizes = sizesOf.get(node.id);
    if (frames !== null && sizes !== undefined) {
      const key = frames.map(({ scriptId, lineNumber, columnNumber }) => `${scriptId}:${lineNumber}:${columnNumber}`).join(" ");
      const known = found.get(key) ?? { frames, sizes: new Map<number, number>() };
      found.set(key, known);
      for (const [size, bytes] of sizes) known.sizes.set(size, (known.sizes.get(size) ?? 0) + bytes);
    }
    for (const child of node.children) visit(child, frames);
  };
  visit(head, null);
  return [...found.values()].map(({ frames, sizes }) => ({ frames, sizes: [...sizes] }));
}

export function bytesOf(sites: readonly SizedSite<unknown>[]): number {
  return sites.reduce((all, { sizes }) => all + sum(sizes, (_, bytes) => bytes), 0);
}

/**
 * The sites of `apart` with the bytes that they have in the whole. What is of one size on both sides is the same, and where the whole has fewer, those are it that were
 * `expected`. What is left of the whole, where several allocations were made in one, is shared out among what is left apart (of the expected, if there is any),
 * boxed numbers aside; if nothing is, it stays where the whole has it.
 */
export function sitesOfWhole<Frame>(whole: readonly SizedSite<Frame>[], apart: readonly SizedSite<Frame>[], isExpected: (frames: readonly Frame[]) => boolean): readonly CountedSite<Frame>[] {
  const expected = apart.map(({ frames }) => isExpected(frames));
  const inWhole = totals(whole);
  const inExpected = totals(apart.filter((_, index) => expected[index]));
  const inOthers = totals(apart.filter((_, index) => expected[index] !== true));
  const part = (size: number, index: number): number => {
    const there = inWhole.get(size) ?? 0;
    const first = inExpected.get(size) ?? 0;
    return expected[index] === true ? Math.min(1, there / first) : Math.min(1, Math.max(0, there - first) / (inOthers.get(size) ?? 1));
  };
  const left = apart.map(({ sizes }, index) => sum(sizes, (size, bytes) => (size === BOXED_NUMBER ? 0 : bytes * (1 - part(size, index)))));
  const isLeftOfExpected = left.some((bytes, index) => bytes > 0 && expected[index] === true);
  const rest = left.map((bytes, index) => (isLeftOfExpected && expected[index] !== true ? 0 : bytes));
  const restApart = rest.reduce((all, each) => all + each, 0);
  const inApart = totals(apart);
  const restOf = (sizes: SizedSite<Frame>["sizes"]): number => sum(sizes, (size, bytes) => bytes * Math.max(0, 1 - (inApart.get(size) ?? 0) / (inWhole.get(size) ?? 1)));
  const restWhole = whole.reduce((all, { sizes }) => all + restOf(sizes), 0);
  const counted: CountedSite<Frame>[] = apart.map(({ frames, sizes }, index) => ({
    frames,
    bytes: sum(sizes, (size, bytes) => bytes * part(size, index)) + (restApart === 0 ? 0 : (restWhole * (rest[index] ?? 0)) / restApart),
    boxedBytes: sum(sizes, (size, bytes) => (size === BOXED_NUMBER ? bytes * part(size, index) : 0)),
  }));
  if (restApart === 0) for (const { frames, sizes } of whole) counted.push({ frames, bytes: restOf(sizes), boxedBytes: 0 });
  return counted.filter(({ bytes }) => bytes > 0);
}

function totals(sites: readonly SizedSite<unknown>[]): ReadonlyMap<number, number> {
  const all = new Map<number, number>();
  for (const { sizes } of sites) for (const [size, bytes] of sizes) all.set(size, (all.get(size) ?? 0) + bytes);
  return all;
}

function sum(sizes: SizedSite<unknown>["sizes"], of: (size: number, bytes: number) => number): number {
  return sizes.reduce((all, [size, bytes]) => all + of(size, bytes), 0);
}

function add(sizesOf: Map<number, Map<number, number>>, id: number, size: number, bytes: number): void {
  const sizes = sizesOf.get(id) ?? new Map<number, number>();
  sizesOf.set(id, sizes);
  sizes.set(size, (sizes.get(size) ?? 0) + bytes);
}
