/** A frame that ends the process. */
export function frame(): void {
  process.exit(3);
}
