/**
 * What every engine that runs modules has had for ten years: the functions, objects and numbers of the language as of 2016, and of a page those that all browsers had then. A test of one is
 * true wherever the program runs, so what stands in for it never does.
 *
 * The language's are those of TypeScript's declarations up to `lib.es2016`, which a test holds the table to; a page's are listed by hand (TypeScript's declarations do not say since when), without
 * what may be null or need permission (`document.body`, `localStorage`), or came later (`queueMicrotask`, `ResizeObserver`, `AudioContext` without a prefix).
 */

/** By owner; of the global names themselves under "". */
type Members = Readonly<Record<string, string>>;

const ERRORS = "Error EvalError RangeError ReferenceError SyntaxError TypeError URIError";
const VIEWS = "Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array";

const FUNCTIONS: Members = {
  "": `Map WeakMap Set WeakSet Promise Proxy Symbol eval parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape Object Function String Boolean Number Date RegExp ${ERRORS} Array ArrayBuffer DataView ${VIEWS} setTimeout clearTimeout setInterval clearInterval`,
  Object: "assign getOwnPropertySymbols keys is setPrototypeOf getPrototypeOf getOwnPropertyDescriptor getOwnPropertyNames create defineProperty defineProperties seal freeze preventExtensions isSealed isFrozen isExtensible",
  Promise: "all race reject resolve",
  Proxy: "revocable",
  Reflect: "apply construct defineProperty deleteProperty get getOwnPropertyDescriptor getPrototypeOf has isExtensible ownKeys preventExtensions set setPrototypeOf",
  Symbol: "for keyFor",
  String: "fromCodePoint raw fromCharCode",
  Number: "isFinite isInteger isNaN isSafeInteger parseFloat parseInt",
  Math: "clz32 imul sign log10 log2 log1p expm1 cosh sinh tanh acosh asinh atanh hypot trunc fround cbrt abs acos asin atan atan2 ceil cos exp floor log max min pow random round sin sqrt tan",
  Date: "parse UTC now",
  JSON: "parse stringify",
  Array: "from of isArray",
  ArrayBuffer: "isView",
  ...Object.fromEntries(VIEWS.split(" ").map((view) => [view, "from of"])),
  "Array.prototype": "find findIndex fill copyWithin toLocaleString entries keys values includes toString pop push concat join reverse shift slice sort splice unshift indexOf lastIndexOf every some forEach map filter reduce reduceRight",
  "String.prototype": "codePointAt includes endsWith normalize repeat startsWith match replace search split toString charAt charCodeAt concat indexOf lastIndexOf localeCompare slice substring toLowerCase toLocaleLowerCase toUpperCase toLocaleUpperCase trim substr valueOf",
  "Number.prototype": "toString toFixed toExponential toPrecision valueOf toLocaleString",
  "Function.prototype": "apply call bind toString",
  "Object.prototype": "toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable",
  performance: "now",
  console: "log info warn error debug",
};

const OBJECTS: Members = {
  "": "Reflect Math JSON Intl performance console",
  Array: "prototype",
  String: "prototype",
  Object: "prototype",
  Number: "prototype",
};

const NUMBERS: Members = { Number: "EPSILON MAX_SAFE_INTEGER MIN_SAFE_INTEGER MAX_VALUE MIN_VALUE", Math: "E LN10 LN2 LOG2E LOG10E PI SQRT1_2 SQRT2" };

const SYMBOLS: Members = { Symbol: "iterator hasInstance isConcatSpreadable match replace search species split toPrimitive toStringTag unscopables" };

const PAGE_FUNCTIONS: Members = {
  "": "requestAnimationFrame cancelAnimationFrame addEventListener removeEventListener dispatchEvent getComputedStyle matchMedia postMessage atob btoa XMLHttpRequest WebSocket Worker Blob FileReader FormData Image Audio Event CustomEvent MouseEvent KeyboardEvent MutationObserver EventTarget Node Element HTMLElement HTMLCanvasElement HTMLImageElement HTMLVideoElement CanvasRenderingContext2D WebGLRenderingContext ImageData URL",
  document: "createElement createElementNS createTextNode createDocumentFragment createEvent addEventListener removeEventListener getElementById getElementsByClassName getElementsByTagName querySelector querySelectorAll elementFromPoint hasFocus",
};

const PAGE_OBJECTS: Members = { "": "document navigator location history screen", document: "documentElement" };

export type TypeOf = "function" | "object" | "number" | "symbol";

const EVERYWHERE = tableOf([["function", FUNCTIONS], ["object", OBJECTS], ["number", NUMBERS], ["symbol", SYMBOLS]]);
const ON_PAGES = tableOf([["function", PAGE_FUNCTIONS], ["object", PAGE_OBJECTS]]);

function tableOf(parts: readonly (readonly [TypeOf, Members])[]): ReadonlyMap<string, TypeOf> {
  return new Map(parts.flatMap(([type, owners]) => Object.entries(owners).flatMap(([owner, names]) => names.split(" ").map((name) => [owner === "" ? name : `${owner}.${name}`, type] as const))));
}

/** What `typeof` says of a global, or a member of one, by its path (`Object.keys`); undefined for what an engine may lack. */
export function typeOfOldBuiltIn(path: string, onPage: boolean): TypeOf | undefined {
  return EVERYWHERE.get(path) ?? (onPage ? ON_PAGES.get(path) : undefined);
}

/** All paths, for the test that holds the table to TypeScript's declarations. */
export function oldBuiltIns(): { readonly everywhere: ReadonlyMap<string, TypeOf>; readonly onPages: ReadonlyMap<string, TypeOf> } {
  return { everywhere: EVERYWHERE, onPages: ON_PAGES };
}
