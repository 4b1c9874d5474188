import defer * as late from "late";
import source wasm from "./module.wasm";
export function arithmetic(a, b) {
  a -= b; a *= b; a /= b; a %= b; a <<= 2; a >>= 1; a |= b; a ^= b; a &= 255;
  a.x -= b; a[b] *= a.x; a?.x; a.y &= b.y;
  return a / b + (a % b) + (a >> b) + (a >>> b) + (a ^ b) + (a & b) + (a == b) + (a != null) + (a <= b) + (a >= b);
}
export async function phases() {
  const module = await import.defer("./later.js");
  const compiled = await import.source("./module.wasm");
  return [module.value, compiled, late.value, wasm, /(?i:a)(?<year>\d)|(?<year>\w)/v.exec("a")];
}
