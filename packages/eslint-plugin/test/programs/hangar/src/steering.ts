export interface Vector {
  readonly x: number;
  readonly y: number;
}

export const path: Vector[] = [];

export function steer(time: number): void {
  path.push({ x: Math.cos(time), y: 0 }); // want FA530
}
