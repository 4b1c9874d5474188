/** Lists of listeners that may change while they are called. */

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
