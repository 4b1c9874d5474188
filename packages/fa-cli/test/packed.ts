/** The command as its users get it: packed by npm, installed into an empty project, run as a process. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expectBuilt } from "../../../tools/build-packages.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export interface Installed {
  /** The project that it is installed in: a real path. */
  readonly folder: string;
  readonly command: string;
  put(files: Readonly<Record<string, string>>): void;
  fa(...args: readonly string[]): Ended;
  /** With the standard input and the environment. */
  faWith(parts: { readonly input?: string; readonly env?: Readonly<Record<string, string>>; readonly cwd?: string }, ...args: readonly string[]): Ended;
  /** Takes all files of the project away but what is installed. */
  empty(): void;
  remove(): void;
}

export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** The three packages are packed and unpacked; what they depend on is linked from the checkout, so that nothing is fetched. */
export function installPacked(): Installed {
  expectBuilt(ROOT, "@framealloc/fa-cli");
  const top = realpathSync(mkdtempSync(join(tmpdir(), "fa-packed-")));
  const modules = join(top, "node_modules");
  mkdirSync(join(modules, "@framealloc"), { recursive: true });
  for (const [name, from] of [["fa-cli", "packages/fa-cli"], ["rules", "rules"], ["analysis", "packages/analysis"]] as const) {
    const packed = run("npm", ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", top], join(ROOT, from));
    const [{ filename }] = JSON.parse(packed) as [{ readonly filename: string }];
    mkdirSync(join(modules, "@framealloc", name));
    run("tar", ["-xzf", join(top, filename), "-C", join(modules, "@framealloc", name), "--strip-components=1"], top);
  }
  const dependenciesOf = (name: string): string[] => Object.keys(JSON.parse(run(process.execPath, ["-p", "JSON.stringify(require('./package.json').dependencies)"], join(modules, "@framealloc", name))) as Record<string, string>);
  for (const name of new Set([...dependenciesOf("fa-cli"), ...dependenciesOf("rules")])) {
    // A version of its own lies nearer than the one that the whole checkout uses.
    const target = [join(ROOT, "packages/fa-cli/node_modules", name), join(ROOT, "node_modules", name)].find((folder) => existsSync(folder));
    if (!name.startsWith("@framealloc/")) symlinkSync(target ?? "", join(modules, name), "junction");
  }
  const folder = join(top, "project");
  mkdirSync(folder);
  const command = join(modules, "@framealloc/fa-cli/bin/fa.js");
  const environment = { ...process.env, NO_COLOR: "", FORCE_COLOR: "", CI: "" };
  const faWith: Installed["faWith"] = ({ input, env, cwd }, ...args) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [command, ...args], { cwd: cwd ?? folder, encoding: "utf8", input: input ?? "", env: { ...environment, ...env }, maxBuffer: 1 << 28 });
    return { out: stdout, err: stderr, code: status };
  };
  return {
    folder,
    command,
    faWith,
    fa: (...args) => faWith({}, ...args),
    put: (files) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
    },
    empty: () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    },
    remove: () => { rmSync(top, { recursive: true, force: true }); },
  };
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout;
}
