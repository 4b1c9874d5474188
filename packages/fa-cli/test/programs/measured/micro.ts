/** Six kinds of garbage of the cost table, one a function; each keeps what it makes. */
import { suffix } from "./suffix";

export const sink: { value: unknown } = { value: null };
// Pushed: a literal's own store is shared until somebody writes.
const list: number[] = [];
for (let k = 0; k < 6; k++) list.push(k);
const base = { a: 1, b: 2, c: 3 };

export function literal(_time: number, _delta: number, frame: number): void {
  sink.value = { a: frame & 7, b: 1, c: 2 };
}

export function triple(_time: number, _delta: number, frame: number): void {
  sink.value = [frame & 7, 1, 2];
}

export function capturing(_time: number, _delta: number, frame: number): void {
  const kept = frame;
  sink.value = () => kept;
}

export function copied(): void {
  sink.value = list.slice();
}

export function keys(): void {
  sink.value = Object.keys(base);
}

export function view(): void {
  sink.value = floats.subarray(4, 8 + suffix);
}

const floats = new Float32Array(16);
