/** Watches a project's folder by chokidar, loaded when somebody watches. */
import type { FSWatcher } from "chokidar";

export interface FolderWatch {
  /** Resolves when changes are heard from now on. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** Files whose change can change a finding: sources, configurations of ours and of TypeScript, manifests, lists of what is ignored. */
const RELEVANT = /\.(?:[cm]?[jt]s|[jt]sx|json|toml)$|(?:^|\/)\.gitignore$/;

/** `onChange` gets absolute paths, one at a time; an edit leaves a file where it was. */
export async function watchFolder(folder: string, onChange: (path: string, isEdit: boolean) => void): Promise<FolderWatch> {
  const { watch } = await import("chokidar");
  const isLeftOut = (path: string): boolean => /(?:^|\/)(?:node_modules|\.git)(?:\/|$)/.test(path.replaceAll("\\", "/").slice(folder.length));
  const watcher: FSWatcher = watch(folder, { ignoreInitial: true, followSymlinks: false, ignored: isLeftOut });
  watcher.on("all", (event, path) => {
    const name = path.replaceAll("\\", "/");
    if (event !== "addDir" && event !== "unlinkDir" && RELEVANT.test(name)) onChange(name, event === "change");
  });
  const ready = new Promise<void>((resolve) => { watcher.once("ready", resolve); });
  return { ready, stop: () => watcher.close() };
}
