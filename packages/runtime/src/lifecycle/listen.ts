/**
 * Lists of listeners that may change while they are called.
 *
 * One that throws does not disturb whoever tells, which may be in the middle of something, nor the others: its error is thrown by itself, as that of an event's listener is.
 */

/** Puts a listener at the end of a list; gives the function that takes this entry of it out again. */
export function listen<L extends (event: never) => void>(listeners: L[], listener: L): () => void {
  // An own function for each entry, as one listener may listen twice.
  const entry = ((event: never) => { listener(event); }) as L;
  listeners.push(entry);
  return () => {
    const at = listeners.indexOf(entry);
    if (at >= 0) listeners.splice(at, 1);
  };
}

/** Calls each of the listeners that there are now and that are not taken out meanwhile. Makes no garbage. */
export function tellAll<E>(listeners: readonly ((event: E) => void)[], event: E): void {
  let at = 0;
  for (let left = listeners.length; left > 0; left -= 1) {
    const listener = listeners[at];
    try {
      listener?.(event);
    } catch (error) {
      queueMicrotask(() => { throw error; });
    }
    // One that took itself out has left its place to the next.
    if (listeners[at] === listener) at += 1;
  }
}
