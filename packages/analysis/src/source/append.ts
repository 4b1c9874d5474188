/** Puts values behind those that a map of lists has under a key. */
export function append<K, V>(map: Map<K, V[]>, key: K, ...values: V[]): void {
  const known = map.get(key);
  // The list of the arguments is nobody else's.
  if (known === undefined) map.set(key, values);
  else for (const value of values) known.push(value);
}
