/** The array types that slices are of, by what they hold and how many: each made once, and forgotten when there are many of which nothing is alive. */
import { array, type ArrayType } from "../types/array-type.ts";
import type { ElementType } from "../types/memory-type.ts";

/** So many are kept in any case. */
const KEPT = 256;

export class SliceTypes {
  private readonly byElement: Map<ElementType, Map<number, ArrayType>> = new Map();
  private readonly forget: (type: ArrayType) => boolean;
  private count = 0;
  private sweepAt = KEPT;

  /** `forget` lets go of a type; false when it is in use. */
  constructor(forget: (type: ArrayType) => boolean) {
    this.forget = forget;
  }

  /** `n` of `element`. Throws `argument` for what is none. */
  typeFor(element: ElementType, n: number): ArrayType {
    return this.byElement.get(element)?.get(n) ?? this.make(element, n);
  }

  private make(element: ElementType, n: number): ArrayType {
    const type = array(element, n);
    if (this.count >= this.sweepAt) this.sweep();
    let byCount = this.byElement.get(element);
    if (byCount === undefined) this.byElement.set(element, (byCount = new Map()));
    byCount.set(n, type);
    this.count += 1;
    return type;
  }

  private sweep(): void {
    for (const byCount of this.byElement.values()) for (const [n, type] of byCount) if (this.forget(type) && byCount.delete(n)) this.count -= 1;
    // When most are in use it is not worth looking again soon.
    this.sweepAt = Math.max(KEPT, this.count * 2);
  }
}
