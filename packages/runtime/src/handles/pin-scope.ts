/** A pin that ends with its block: `using pin = handles.pinScope(handle)`. */
import { DISPOSE } from "../dispose-symbol.ts";
import { staleBox } from "../errors.ts";
import type { Handle } from "./handle.ts";

/** Who pins. */
export interface Pinner {
  resolve<T>(handle: Handle<T>): T;
  unpin(handle: Handle<unknown>): void;
  isValid(handle: Handle<unknown>): boolean;
}

export class PinScope<T> {
  private readonly pinner: Pinner;
  private handle: Handle<T> | undefined = undefined;

  /** @internal */
  constructor(pinner: Pinner) {
    this.pinner = pinner;
  }

  /** The value, which stays where it is until the scope ends. Throws FA401 after that, or when the handle was freed. */
  get value(): T {
    if (this.handle === undefined) throw staleBox("pin scope");
    return this.pinner.resolve(this.handle);
  }

  /** Unpins. No effect the second time, or when the handle was freed meanwhile. */
  [DISPOSE](): void {
    const { handle } = this;
    if (handle === undefined) return;
    this.handle = undefined;
    if (this.pinner.isValid(handle)) this.pinner.unpin(handle);
  }

  /** @internal */
  get isOpen(): boolean {
    return this.handle !== undefined;
  }

  /** @internal */
  open(handle: Handle<T>): this {
    this.handle = handle;
    return this;
  }
}

/** So many scopes are opened, at least, before one that ended serves again: so long a second disposal of it is told from the first of the next. */
const RESTING = 32;

/** Scopes that ended, used again in turn. */
export class PinShelf {
  private readonly scopes: PinScope<unknown>[] = [];
  private at = 0;

  take(pinner: Pinner): PinScope<unknown> {
    this.at = (this.at + 1) % RESTING;
    const scope = this.scopes[this.at];
    // One that is open stays with whoever opened it.
    if (scope !== undefined && !scope.isOpen) return scope;
    const made = new PinScope<unknown>(pinner);
    this.scopes[this.at] = made;
    return made;
  }
}
