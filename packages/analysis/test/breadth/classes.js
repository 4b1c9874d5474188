const key = "k";
const log = (value) => value;
export class Base {
  field = 1;
  "quoted field" = () => this.field;
  42 = 42;
  [key] = 2;
  static shared = new Map();
  static [key + "2"] = this.shared;
  #secret = 3;
  static #count = 0;
  bare;
  static { Base.#count++; const local = this; log(local); }
  static { for (const x of []) { try { log(x); } finally { log(() => x); } } }
  constructor(a, b = () => a) { this.a = a; this.b = b; this.#secret = new.target; }
  method() { return this.#secret + this.#hidden(); }
  #hidden() { return #secret in this; }
  static create() { return new this(1); }
  get value() { return this.#secret; }
  set value(v) { this.#secret = v; this.#acc += v; }
  get #acc() { return 1; }
  set #acc(v) {}
  async later() { await super.toString(); }
  *items() { yield this; }
  async *stream() { yield* this.items(); }
  [Symbol.iterator]() { return this.items(); }
  [`tpl`]() {}
  async() {} get() {} set() {} static() {}
  static async *[Symbol.asyncIterator]() {}
}
export default class extends Base {
  constructor(...args) { const go = () => super(...args); go(); super.method(); super.value = super[key]; }
  get value() { return super.value; }
  [Symbol.dispose]() {}
}
const mixin = (Parent) => class extends Parent { extra = super.x; };
class Mixed extends mixin(Base) {}
log(class Self { static me = Self; }, Mixed);
function Old() { if (!(this instanceof Old)) return new Old(); this.x = 1; }
Old.prototype.update = function () { return this.x; };
Old.prototype = { constructor: Old, run() { return this; } };
Object.assign(Old.prototype, { also() {} });
