/** A host over another in which some files hold a text of their own: what is typed in an editor, staged in git, or rewritten and not yet written. */
import { posix } from "node:path";
import type { Host } from "./host.ts";

/** `texts` by absolute path; null is a file that is not there. The map may change later. */
export function overlayHost(host: Host, texts: ReadonlyMap<string, string | null>): Host {
  return {
    ...host,
    read: (path) => {
      const text = texts.get(path);
      if (text === undefined) return host.read(path);
      return text === null ? { ok: false, reason: "ENOENT: no such file or directory" } : { ok: true, text };
    },
    kindOf: (path) => {
      const text = texts.get(path);
      return text === undefined ? host.kindOf(path) : text === null ? "none" : "file";
    },
    stampOf: (path) => (texts.has(path) ? null : host.stampOf(path)),
    list: (path) => {
      const own = [...texts].filter(([file]) => posix.dirname(file) === path);
      const names = new Set(own.map(([file]) => posix.basename(file)));
      const added = own.flatMap(([file, text]) => (text === null ? [] : [{ name: posix.basename(file), kind: "file" as const }]));
      return [...host.list(path).filter(({ name }) => !names.has(name)), ...added];
    },
    openTypeOracle: (root, tsconfig) => {
      const oracle = host.openTypeOracle(root, tsconfig);
      for (const [path, text] of texts) if (text !== null) oracle?.setText(posix.relative(root, path), text);
      return oracle;
    },
  };
}
