/** The adapters that this agent imported and registered nowhere yet: what a frame allocation without a frame is told of (FA101). */

const waiting: string[] = [];

/** An adapter's module was imported. `engine`: what it is for. */
export function imported(engine: string): void {
  waiting.push(engine);
}

/** Somebody registered it. */
export function registered(engine: string): void {
  const at = waiting.indexOf(engine);
  if (at >= 0) waiting.splice(at, 1);
}

/** One that nobody registered; undefined when there is none. */
export function unregisteredAdapter(): string | undefined {
  return waiting[0];
}
