/** What an agent has over each region: there may be several over one, as allocators are attached in any number. The table keeps nobody alive. */
export class ByRegion<T extends object> {
  private readonly entries: Map<number, WeakRef<T>[]> = new Map();

  add(region: number, entry: T): void {
    this.entries.set(region, [...this.living(region), new WeakRef(entry)]);
  }

  remove(region: number, entry: T): void {
    const left = this.living(region).filter((each) => each.deref() !== entry);
    if (left.length > 0) this.entries.set(region, left);
    else this.entries.delete(region);
  }

  /** The last that was added, of those that are there still; undefined without any. */
  last(region: number): T | undefined {
    const entries = this.entries.get(region);
    // Makes no garbage: a channel that carries plain values asks with each.
    for (let i = (entries?.length ?? 0) - 1; i >= 0; i -= 1) {
      const entry = entries?.[i]?.deref();
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  private living(region: number): WeakRef<T>[] {
    return (this.entries.get(region) ?? []).filter((each) => each.deref() !== undefined);
  }
}
