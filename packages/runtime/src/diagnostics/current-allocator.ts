/** The allocator that this agent made last: what a diagnostic tells of when it is not told of which allocator it is. Holds on to none. */

/** What a context is read off. */
export interface ContextSource {
  inFrame(): boolean;
  frameNumber(): number;
  tagPath(): string;
  /** @internal The agent's number, without joining the agents for it; 0 where memory is not shared. */
  seat(): number;
}

let last: WeakRef<ContextSource> | undefined;

export function noteAllocator(made: ContextSource): void {
  last = new WeakRef(made);
}

export function lastAllocator(): ContextSource | undefined {
  return last?.deref();
}
