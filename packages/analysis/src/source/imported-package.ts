/** The package that a specifier names, by its text alone: `three/addons/x.js`, `npm:three@0.180`, and the addresses under which packages are served to browsers. */
import { isRelative } from "./resolve-among.ts";

/** A scope and a name, or a name, with a version behind it: so packages are named in an address, whoever serves them. */
const VERSIONED = /(?:^|\/)((?:@[\w.-]+\/)?[\w.-]+)@(?:v?\d|latest\b|next\b|[\^~])/;
/** Hosts whose addresses begin with the package when nobody asked for a version. */
const BY_NAME = /^(?:esm\.sh|esm\.run|unpkg\.com|cdn\.skypack\.dev|jspm\.dev|cdn\.jsdelivr\.net\/npm)\/((?:@[\w.-]+\/)?[\w.-]+)/;

/**
 * `three` of `three/addons/x.js`, `@a/b` of `@a/b/c` and of `https://.../npm/@a/b@1.2.3/c.js`; null for a path, a `#import` of the package itself, and an address that
 * names no package. Node's own modules look like packages here.
 */
export function importedPackage(specifier: string): string | null {
  if (isRelative(specifier) || /^[#/]/.test(specifier)) return null;
  const [, scheme, rest = ""] = /^([a-z]+):(?:\/\/)?(.*)$/.exec(specifier) ?? [];
  if (scheme === "npm") return /^\/?((?:@[\w.-]+\/)?[\w.-]+)/.exec(rest)?.[1] ?? null;
  if (scheme === "http" || scheme === "https") return VERSIONED.exec(rest.slice(rest.indexOf("/")))?.[1] ?? BY_NAME.exec(rest)?.[1] ?? null;
  if (scheme !== undefined) return null;
  const [first = "", second] = specifier.split("/");
  if (!first.startsWith("@")) return first === "" ? null : first;
  return second === undefined || first === "@" ? null : `${first}/${second}`;
}
