/** Fails in its sixth frame. */
export function frame(_time: number, _delta: number, index: number): void {
  if (index === 5) throw new RangeError("the sixth");
}
