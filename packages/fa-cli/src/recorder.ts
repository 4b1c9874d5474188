/** A host that remembers what it is asked: the other half of `recorded-questions.ts`. */
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { isRelative } from "@framealloc/analysis";
import type { Host, PathKind } from "./host.ts";
import { hashOf, hashOfEntries, type Recorded, TRUST_AFTER_MS } from "./recorded-questions.ts";
import { packageNameOf } from "./resolve-module.ts";
import type { FileTypeOracle } from "./type-oracle.ts";

export interface Recorder {
  /** Asks the host that it was made of, and remembers. */
  readonly host: Host;
  record(): Recorded;
}

/** Around another recorder (`isOuter`), what imports lead to and what a checker read is left to that one, which asks through this. */
export function recorder(host: Host, { isOuter = false }: { readonly isOuter?: boolean } = {}): Recorder {
  const startedMs = host.dateMs();
  const reads = new Map<string, readonly [string | null, string | null]>();
  const lists = new Map<string, readonly [string, string | null]>();
  const kinds = new Map<string, PathKind>();
  const realPaths = new Map<string, string>();
  const imports = new Map<string, { readonly from: string; readonly specifier: string; readonly target: string | null }>();
  const oracles: FileTypeOracle[] = [];
  const stampOf = (path: string): string | null => {
    const stamp = host.stampOf(path);
    return stamp === null || stamp.changedMs > startedMs - TRUST_AFTER_MS ? null : stamp.text;
  };
  const recording: Host = {
    ...host,
    read: (path) => {
      // Before the text: a change in between makes the stamp wrong, and that is noticed.
      const stamp = stampOf(path);
      const answer = host.read(path);
      if (!reads.has(path)) reads.set(path, answer.ok ? [hashOf(answer.text), stamp] : [null, null]);
      return answer;
    },
    list: (path) => {
      const stamp = stampOf(path);
      const entries = host.list(path);
      if (!lists.has(path)) lists.set(path, [hashOfEntries(entries), entries.length === 0 ? null : stamp]);
      return entries;
    },
    kindOf: (path) => {
      const kind = host.kindOf(path);
      kinds.set(path, kind);
      return kind;
    },
    realPath: (path) => {
      const real = host.realPath(path);
      realPaths.set(path, real);
      return real;
    },
    resolveImport: (from, specifier) => {
      const target = host.resolveImport(from, specifier);
      if (!isOuter) imports.set(`${posix.dirname(from)}\0${specifier}`, { from, specifier, target });
      return target;
    },
    openTypeOracle: (root, tsconfig) => {
      const oracle = host.openTypeOracle(root, tsconfig);
      if (oracle !== undefined && !isOuter) oracles.push(oracle);
      return oracle;
    },
  };
  return {
    host: recording,
    record: () => {
      const hasAliases = noteImports(recording, [...imports.values()]);
      for (const oracle of oracles) for (const path of oracle.filesRead()) recording.read(path);
      // A package that is not there comes by a name in a folder that was listed. An alias may lead anywhere, and is resolved again.
      const unresolved = [...imports.values()].filter(({ specifier, target }) => target === null && !isRelative(specifier) && !isBuiltin(specifier) && !/^[a-z]+:/.test(specifier) && (hasAliases || packageNameOf(specifier) === null)).map(({ from, specifier }) => [from, specifier] as const);
      return { reads: Object.fromEntries(reads), lists: Object.fromEntries(lists), kinds: Object.fromEntries(kinds), realPaths: Object.fromEntries(realPaths), unresolved };
    },
  };
}

type Imported = { readonly from: string; readonly specifier: string; readonly target: string | null };

/** Asks for everything that the answers to imports follow from. Says whether a tsconfig around them gives paths names of its own. */
function noteImports(host: Host, imports: readonly Imported[]): boolean {
  let hasAliases = false;
  const asked = new Set<string>();
  const once = (path: string, ask: () => void): void => {
    if (asked.has(path)) return;
    asked.add(path);
    ask();
  };
  const list = (folder: string): void => { once(`list ${folder}`, () => { host.list(folder); }); };
  const read = (path: string): void => { once(`read ${path}`, () => { host.read(path); }); };
  for (const { from, specifier, target } of imports) {
    const folders = foldersUp(posix.dirname(from));
    for (const folder of folders) {
      read(posix.join(folder, "package.json"));
      noteTsconfig(host, posix.join(folder, "tsconfig.json"), once, () => { hasAliases = true; });
    }
    if (target !== null) for (const folder of foldersUp(posix.dirname(target)).slice(0, 2)) list(folder);
    if (isRelative(specifier)) {
      const meant = posix.resolve(posix.dirname(from), specifier);
      list(posix.dirname(meant));
      list(meant);
      continue;
    }
    const name = packageNameOf(specifier);
    if (name === null) continue;
    for (const folder of folders) {
      const modules = posix.join(folder, "node_modules");
      list(modules);
      if (name.startsWith("@")) list(posix.join(modules, posix.dirname(name)));
      read(posix.join(modules, name, "package.json"));
    }
  }
  return hasAliases;
}

function foldersUp(folder: string): readonly string[] {
  const parent = posix.dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUp(parent)];
}

/** With what it extends. What it refers to may have paths of its own. */
function noteTsconfig(host: Host, path: string, once: (path: string, ask: () => void) => void, onAlias: () => void): void {
  once(`read ${path}`, () => {
    const source = host.read(path);
    if (source.ok && /"(?:paths|baseUrl|rootDirs|references)"/.test(source.text)) onAlias();
    const bases = source.ok ? (/"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/.exec(source.text)?.[1]?.match(/"[^"]*"/g) ?? []) : [];
    for (const base of bases.map((text) => text.slice(1, -1))) {
      const isPath = base.startsWith(".") || base.startsWith("/");
      const targets = isPath ? [posix.resolve(posix.dirname(path), base), `${posix.resolve(posix.dirname(path), base)}.json`] : [host.resolveImport(path, base) ?? ""];
      for (const target of targets) if (target !== "") noteTsconfig(host, target, once, onAlias);
    }
  });
}
