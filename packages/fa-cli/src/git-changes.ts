/**
 * What git says has changed: the files, and in each the lines. Git is asked for data alone: no pager, no external differ, no text
 * conversion, no file-system monitor of the repository's choosing.
 */
import { posix } from "node:path";
import type { GitAnswer, Host } from "./host.ts";
import { nearestWord } from "@framealloc/rules/codes";
import type { ChangeScope } from "./run-flags.ts";
import { UsageError } from "./usage-error.ts";

/** Both from 1, both included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

export interface Changes {
  /** By absolute path; `all` for a file that git does not know. Files that are gone are not in it. */
  readonly files: ReadonlyMap<string, "all" | readonly LineRange[]>;
  /** Texts that count in place of those on the disk, by absolute path: what is staged. Null for a file that is not. */
  readonly texts: ReadonlyMap<string, string | null>;
}

/** Throws a `UsageError` outside a repository and for a commit that is not there. `root` is absolute. */
export function gitChanges(host: Host, root: string, scope: ChangeScope): Changes {
  const flag = `--${scope.kind}`;
  const found = host.git(root, ["rev-parse", "--show-toplevel"]);
  if (!found.ok) throw new UsageError(`${flag}: ${whyNoRepository(found)}`);
  const top = found.out.trim();
  const git = (...args: readonly string[]): string => {
    const { ok, out, reason } = host.git(top, args);
    if (!ok) throw new UsageError(`${flag}: git failed: ${reason}`);
    return out;
  };
  const against = scope.kind === "staged" ? ["--cached"] : [scope.kind === "since" ? baseOf(host, top, scope.ref) : headOf(host, top)];
  const diff = (...args: readonly string[]): string => git("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--find-renames", "--diff-filter=d", "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules", ...args, ...against, "--");
  const lines = changedLines(diff("--unified=0"));
  const files = new Map<string, "all" | readonly LineRange[]>(names(diff("--name-only", "-z")).map((name) => [posix.join(top, name), lines.get(name) ?? []]));
  if (scope.kind === "staged") return { files, texts: stagedTexts(host, git, top) };
  for (const name of names(git("ls-files", "--others", "--exclude-standard", "-z"))) files.set(posix.join(top, name), "all");
  return { files, texts: new Map() };
}

/** In git's own words where there is a repository that it will not open, as one of another user's. */
function whyNoRepository({ isMissing, reason }: GitAnswer): string {
  if (isMissing) return "`git` is not installed";
  return /not a git repository/.test(reason) ? "this is no git repository" : `git failed: ${reason}`;
}

function names(list: string): readonly string[] {
  return list.split("\0").filter((name) => name !== "");
}

/** Where our branch left the other one: what happened there since is not ours. */
function baseOf(host: Host, top: string, ref: string): string {
  const commit = host.git(top, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  if (!commit.ok) {
    throw new UsageError(`--since: no such branch or commit: \`${ref}\``, { help: helpFor(host, top, ref) });
  }
  const base = host.git(top, ["merge-base", commit.out.trim(), "HEAD"]);
  return base.ok && base.out.trim() !== "" ? base.out.trim() : commit.out.trim();
}

function helpFor(host: Host, top: string, ref: string): string {
  if (!host.git(top, ["rev-parse", "--verify", "--quiet", "HEAD"]).ok) return "there is no commit yet; `--changed` is about what is not committed";
  // What a shallow clone left out is more likely meant than another name.
  if (host.git(top, ["rev-parse", "--is-shallow-repository"]).out.trim() === "true") return "this clone is shallow and may not have it: `git fetch` it, or all with `git fetch --unshallow`";
  const known = host.git(top, ["for-each-ref", "--format=%(refname:short)"]).out.split("\n").filter((name) => name !== "");
  const nearest = nearestWord(ref, [...known, "HEAD"]);
  return nearest === null ? "`git fetch` it first, or name it as `origin/main`" : `did you mean \`${nearest}\`?`;
}

/** The last commit, or the empty tree before the first. */
function headOf(host: Host, top: string): string {
  const head = host.git(top, ["rev-parse", "--verify", "--quiet", "HEAD"]);
  return head.ok ? head.out.trim() : host.git(top, ["hash-object", "-t", "tree", "--stdin"]).out.trim();
}

/** The texts of files whose staged state is not what the disk holds. */
function stagedTexts(host: Host, git: (...args: readonly string[]) => string, top: string): Map<string, string | null> {
  const differing = names(git("diff", "--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules", "--name-only", "-z", "--"));
  return new Map(differing.map((name) => {
    const staged = host.git(top, ["cat-file", "blob", `:${name}`]);
    return [posix.join(top, name), staged.ok ? staged.out : null] as const;
  }));
}

/**
 * The lines that a patch without context adds or changes, by file. Read by the counts in its headers: a removed line `-- a/x` looks like the header of a
 * file.
 */
export function changedLines(patch: string): Map<string, readonly LineRange[]> {
  const changed = new Map<string, LineRange[]>();
  let file: LineRange[] = [];
  let toSkip = 0;
  for (const line of patch.split("\n")) {
    if (toSkip > 0) {
      // `\ No newline at end of file` is counted nowhere.
      if (!line.startsWith("\\")) toSkip -= 1;
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk !== null) {
      const added = Number(hunk[3] ?? 1);
      toSkip = Number(hunk[1] ?? 1) + added;
      const first = Number(hunk[2]);
      if (added > 0) file.push({ first, last: first + added - 1 });
    } else if (line.startsWith("+++ ")) {
      const name = pathOf(line.slice(4));
      if (name !== null) changed.set(name, (file = []));
    }
  }
  return changed;
}

const ESCAPES: Readonly<Record<string, string>> = { a: "\u0007", b: "\b", t: "\t", n: "\n", v: "\v", f: "\f", r: "\r", '"': '"', "\\": "\\" };

/** `b/src/a.ts`, or the same in quotes with C's escapes; null for `/dev/null`. */
function pathOf(header: string): string | null {
  const plain = header.startsWith('"') ? unquoted(header.slice(1, header.lastIndexOf('"'))) : header.replace(/\t$/, "");
  return plain.startsWith("b/") ? plain.slice(2) : null;
}

function unquoted(text: string): string {
  const bytes: Buffer[] = [];
  for (const { 0: part, groups } of text.matchAll(/\\(?<octal>[0-7]{3})|\\(?<mark>.)|[^\\]+/gs)) {
    if (groups?.["octal"] !== undefined) bytes.push(Buffer.from([parseInt(groups["octal"], 8)]));
    else bytes.push(Buffer.from(groups?.["mark"] === undefined ? part : (ESCAPES[groups["mark"]] ?? groups["mark"])));
  }
  return Buffer.concat(bytes).toString("utf8");
}
