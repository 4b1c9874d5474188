/** Asynchronous. */
export async function frame(): Promise<number> {
  return 1;
}
