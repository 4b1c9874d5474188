"use strict";
import def, { named as local, "string name" as other } from "somewhere";
import * as space from "elsewhere";
import "for-effect";
import data from "./data.json" with { type: "json" };
export * from "all";
export * as allOf from "all";
export { named, other as renamed } from "from";
export { local, other as "string export" };
export const a = 1, [b, { c }] = local;
export let later;
export default function () { return def; }
export async function* gen() { yield* space.list(); for await (const x of gen()) if (x) break; else continue; }

function loops(list, n) {
  outer: for (let i = 0; i < n; i++) {
    for (const k in list) {
      if (k === "a") continue outer;
      if (k === "b") break outer;
      for (const v of list[k]) switch (v) { case 1: continue; case 2: break; default: break outer; }
    }
    do { n--; if (n === 3) continue; if (n === 2) break; } while (n > 0);
  }
  while (true) { if (n++ > 10) return n; }
}
function tries(f) {
  for (const g of f) {
    try {
      try { if (g()) return 1; else if (g.x) break; else if (g.y) continue; } catch ({ code, ...rest }) { throw [code, rest]; } finally { f(() => g); }
    } catch { f(); } finally { try { f(); } finally { f(function named() { return named; }); } }
  }
  return undefined;
}
async function uses() {
  using one = open(), two = open();
  await using three = open();
  for (using each of list()) if (each) return each;
  for (await using each of list()) if (each) continue;
  for (using each = open(); each.more(); each.next()) { if (each.x) break; }
  { using inner = open(); if (inner) throw one; }
  return two;
}
function hoisting() {
  early();
  var v = v2;
  { function early() { return v; } let v = 1; early(); }
  function early() {}
  for (var v2 of [1]) { var v3 = v2; }
  switch (v3) { case 1: let s = 1; function inSwitch() { return s; } break; case inSwitch(): class K {} new K(); default: }
  label: { break label; }
  label2: if (v) break label2;
  debugger;
  ;
}
