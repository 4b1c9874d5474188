/** `fa init`: writes a configuration in which everything is explained and nothing is changed, a script to run `fa`, and with `--ci` a workflow. */
import { posix } from "node:path";
import { applyEdits, modify, parse, type ParseError } from "jsonc-parser";
import { CI_PATHS, ciFile, type PackageManager } from "../ci-workflow.ts";
import { configText } from "../config-text.ts";
import type { Host } from "../host.ts";
import { CONFIG_NAME } from "@framealloc/rules/configuration";
import type { CiSystem } from "../parse-args.ts";
import type { CodeText } from "../report/report.ts";
import { repositoryFolder } from "../repository-folder.ts";
import { rootOf } from "../run-analysis.ts";
import { UsageError } from "../usage-error.ts";

/** Returns the exit code. Throws a `UsageError` when something is there already and `force` is not said; then nothing is written. */
export async function initCommand(host: Host, force: boolean, ci: CiSystem | null, path: string | null, codes: readonly CodeText[]): Promise<number> {
  const root = rootOf(host, path);
  const writes = new Map<string, string>();
  const notes: string[] = [];
  const config = posix.join(root, CONFIG_NAME);
  if (!force && host.kindOf(config) !== "none") throw new UsageError(`\`${shown(host, config)}\` is there already`, { help: "`--force` replaces it" });
  writes.set(config, configText(codes));
  const manifest = posix.join(root, "package.json");
  const withScript = scriptAdded(host, manifest);
  if (withScript !== null) writes.set(manifest, withScript);
  if (ci !== null) {
    const { file, text, note } = workflow(host, root, ci, force);
    writes.set(file, text);
    if (note !== null) notes.push(note);
  }
  for (const [file, text] of writes) {
    try {
      host.write(file, text);
    } catch (error) {
      throw new UsageError(`\`${shown(host, file)}\` cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
    await host.out.write(file === manifest ? `added the script \`fa\` to ${shown(host, file)}\n` : `wrote ${shown(host, file)}\n`);
  }
  for (const note of notes) await host.out.write(`${note}\n`);
  return 0;
}

function shown(host: Host, path: string): string {
  return posix.relative(host.cwd, path) || path;
}

/** The manifest with a script `fa`, its form kept; null when there is none to write, or one by that name is there. */
function scriptAdded(host: Host, path: string): string | null {
  const source = host.read(path);
  if (!source.ok) return null;
  const errors: ParseError[] = [];
  const content: unknown = parse(source.text, errors);
  if (errors.length > 0 || typeof content !== "object" || content === null || Array.isArray(content)) return null;
  const { scripts } = content as { readonly scripts?: unknown };
  if (scripts !== undefined && (typeof scripts !== "object" || scripts === null || "fa" in scripts)) return null;
  const indent = /^[ \t]+(?=")/m.exec(source.text)?.[0] ?? "  ";
  const formattingOptions = { insertSpaces: !indent.startsWith("\t"), tabSize: indent.startsWith("\t") ? 1 : indent.length, eol: source.text.includes("\r\n") ? "\r\n" : "\n" };
  return applyEdits(source.text, modify(source.text, ["scripts", "fa"], "fa --all", { formattingOptions }));
}

/** Into the repository that the project is in, where systems look for it. */
function workflow(host: Host, root: string, system: CiSystem, force: boolean): { readonly file: string; readonly text: string; readonly note: string | null } {
  const repository = repositoryFolder(host, root);
  const own = posix.join(repository, CI_PATHS[system]);
  const isThere = host.kindOf(own) !== "none";
  const { path, text, include } = ciFile(system, { folder: posix.relative(repository, root), packageManager: packageManagerOf(host, root, repository), isTaken: isThere && !force });
  const file = posix.join(repository, path);
  if (!force && host.kindOf(file) !== "none") throw new UsageError(`\`${shown(host, file)}\` is there already`, { help: "`--force` replaces it" });
  return { file, text, note: include };
}

const LOCKFILES: readonly (readonly [string, PackageManager])[] = [["pnpm-lock.yaml", "pnpm"], ["yarn.lock", "yarn"], ["bun.lock", "bun"], ["bun.lockb", "bun"], ["package-lock.json", "npm"]];

function packageManagerOf(host: Host, root: string, repository: string): PackageManager {
  for (let folder = root; ; folder = posix.dirname(folder)) {
    const found = LOCKFILES.find(([name]) => host.kindOf(posix.join(folder, name)) === "file");
    if (found !== undefined) return found[1];
    if (folder === repository || posix.dirname(folder) === folder) return "npm";
  }
}
