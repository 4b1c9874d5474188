export default (p, { q = p, r: [s = q, ...t] = [], ...u } = {}, ...[w, x = w]) => {
  const fn = async function inner() { await inner(); return arguments.length + new.target; };
  const o = { fn, "quoted": 1, 2: 3, 1n: 4, [p]: 5, ["const"]: 6, [`tpl`]: 7, ...u, m() { return super.m(); }, get g() { return this.x; }, set g(v) { this.x = v; }, async am() {}, *gm() { yield; }, async *agm() { yield await 1; }, [Symbol.iterator]() {}, __proto__: null, arrow: () => o };
  o?.a?.[p]?.(q).b.c?.(...t)?.d;
  (o?.a).b; (o?.a)(); (o?.a.b)`tpl`; delete o?.a; delete o.b[p];
  o.count++; --o[p]; p **= 2; o.x >>>= 1; o.y &&= p; p ||= q; o[p] ??= () => p;
  [p, o.z, [q = 1, ...o.list], ...s] = [q, , ...t];
  ({ p, q: o.w = 3, [p]: q, ...o.rest } = o);
  const tagged = String.raw`a${p}b${`nested ${q}`}`;
  const cls = class Named extends (p ? Object : Array) { static self = Named; };
  const anonymous = class { };
  const value = p ? q : s ? t : u && w || x && !(p ?? q) || (p, q);
  if (!(p && q) || !s && (t || u) && (w ?? x)) new Map; else if (1) new fn(...t); else new o.m(p);
  return typeof p === "undefined" || void 0 === p || -p + +q - ~s * 2 ** 3 in o || p instanceof cls ? import("lazy") : import.meta.url + /re\/gex/gi.source + 10n + null + true + "s" + undefined + globalThis + tagged + value + anonymous;
};
function generator() { return function* () { const got = yield 1; const all = yield* got; return all; }; }
const recursive = { get [generator.name]() { return recursive; } };
async function dynamic() { const { a, b: { c } = {} } = await import("./x.js"); const ns = await import("./y.js"); const d = (await import("./z.js")).d; return a + c + ns + d; }
