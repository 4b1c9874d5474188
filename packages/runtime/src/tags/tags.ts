/**
 * Tags: names for what code is doing, nested, so that memory can be told by who asked for it.
 *
 *   withTag("ai", ...) around withTag("pathfinding", ...)   ->   path "ai::pathfinding"
 *
 * A path is a node of a tree that is built once; entering a tag again finds it by its name. What is allocated is charged to the innermost path when a
 * tag is entered or left (ledger.ts). The stack belongs to the agent's allocator; it is not wound back by frames.
 */
import { badArgument } from "../errors.ts";
import { DISPOSE } from "../dispose-symbol.ts";
import { Account, FRAME, HEAP, POOL, type Allocated, type Ledger } from "./ledger.ts";

/** Separates the tags of a path; may be used in a tag to enter several at once. */
const SEPARATOR = "::";

/** What was allocated while a path was the innermost one, since tags were first used. */
export interface TagStats extends Allocated {
  /** `"ai::pathfinding"` */
  readonly path: string;
  readonly frame: Allocated;
  readonly pool: Allocated;
  readonly heap: Allocated;
}

/** Told when another tag is in force; absent without budgets. */
export interface TagWatch {
  /** The tag in force will be left. */
  settle(): void;
  tagChanged(): void;
}

/** A node of the tree of paths. */
export class Tag {
  /** The last part of the path; empty for the root, which stands for no tag. */
  readonly name: string;
  readonly path: string;
  readonly account: Account = new Account();
  private readonly below: Tag[] = [];
  /** Those below by name, and those further down by the names that lead there. */
  private readonly byName: Map<string, Tag> = new Map();
  /** The one asked for last. */
  private last: Tag | undefined = undefined;
  private lastName = "";

  constructor(name: string, path: string) {
    this.name = name;
    this.path = path;
  }

  /** The path below this one; made when it is first asked for. */
  child(name: string): Tag {
    if (this.last !== undefined && this.lastName === name) return this.last;
    const tag = this.byName.get(name) ?? this.newChild(name);
    this.lastName = name;
    this.last = tag;
    return tag;
  }

  /** This and all below it, in the order in which they were first entered. Allocates. */
  *all(): Generator<Tag> {
    yield this;
    for (const tag of this.below) yield* tag.all();
  }

  private newChild(name: string): Tag {
    const end = name.indexOf(SEPARATOR);
    let tag: Tag;
    if (end > 0 && end + SEPARATOR.length < name.length) {
      tag = this.child(name.slice(0, end)).child(name.slice(end + SEPARATOR.length));
    } else {
      tag = new Tag(name, this.path === "" ? name : `${this.path}${SEPARATOR}${name}`);
      this.below.push(tag);
    }
    this.byName.set(name, tag);
    return tag;
  }
}

/** Leaves its tag when disposed, and those entered since. No effect the second time. */
export class TagScope {
  private readonly tags: Tags;
  private readonly depth: number;
  /** The tag that was in force before. */
  private outer: Tag | undefined = undefined;

  constructor(tags: Tags, depth: number) {
    this.tags = tags;
    this.depth = depth;
  }

  /** @internal */
  open(outer: Tag): this {
    this.outer = outer;
    return this;
  }

  [DISPOSE](): void {
    const { outer } = this;
    if (outer === undefined) return;
    this.outer = undefined;
    this.tags.leave(this.depth, outer);
  }
}

export class Tags {
  /** @internal */
  watch: TagWatch | undefined = undefined;
  private readonly ledger: Ledger;
  private readonly root: Tag = new Tag("", "");
  private current: Tag = this.root;
  /** Recycled by how many scopes were open when they were entered. */
  private readonly scopes: TagScope[] = [];
  private depth = 0;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  /** Calls `fn` with the tag in force, also left when it throws, and gives what it returned. `argument` for what is no tag. */
  with<R>(tag: string, fn: () => R): R {
    const { depth } = this;
    const outer = this.enter(tag, "withTag");
    try {
      return fn();
    } finally {
      this.leave(depth, outer);
    }
  }

  /** The tag is in force until the scope is disposed. The scope is recycled. */
  scope(tag: string): TagScope {
    const { depth } = this;
    const scope = (this.scopes[depth] ??= new TagScope(this, depth));
    return scope.open(this.enter(tag, "tagScope"));
  }

  /** The innermost tag; undefined when none is in force. */
  currentTag(): string | undefined {
    return this.current === this.root ? undefined : this.current.name;
  }

  /** `"ai::pathfinding"`; empty when no tag is in force. */
  path(): string {
    return this.current.path;
  }

  /** Figures of every path under which something was allocated. Allocates. */
  stats(): TagStats[] {
    this.settle();
    const used = [...this.root.all()].filter(({ path, account }) => path !== "" && account.count > 0);
    return used.map(({ path, account }) => ({ path, bytes: account.bytes, count: account.count, frame: account.of(FRAME), pool: account.of(POOL), heap: account.of(HEAP) }));
  }

  /** @internal Charges the tag in force with what was allocated since the last time. */
  settle(): void {
    this.ledger.charge(this.current.account);
  }

  /** @internal Puts `tag` in force, or the root, and gives the one that was; for what happens in the name of another tag. */
  exchange(tag: Tag): Tag {
    this.settle();
    this.watch?.settle();
    const before = this.current;
    this.current = tag;
    this.watch?.tagChanged();
    return before;
  }

  /** @internal All tags that were entered so far, and the root. Allocates. */
  all(): Iterable<Tag> {
    return this.root.all();
  }

  /** @internal The tag in force. */
  inForce(): Tag {
    return this.current;
  }

  /** @internal Back to `outer`, which was in force when `depth` tags were. No effect when that is past already. */
  leave(depth: number, outer: Tag): void {
    if (depth >= this.depth) return;
    this.exchange(outer);
    this.depth = depth;
  }

  private enter(tag: string, call: string): Tag {
    if (typeof tag !== "string" || tag === "") throw badArgument(call, "tag", tag, "a name");
    const outer = this.exchange(this.current.child(tag));
    this.depth += 1;
    return outer;
  }
}
