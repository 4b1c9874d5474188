/** Puts values behind those that a map of lists has under a key. */
export function append<K, V>(map: Map<K, V[]>, key: K, ...values: readonly V[]): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [...values]);
  else known.push(...values);
}
