/** A module that ends in the middle. */
export function frame(): void {
