/** What is asked of the disk to read a configuration. Paths are absolute with forward slashes. */
export interface ConfigurationDisk {
  /** Faults name files relative to it. */
  readonly cwd: string;
  read(path: string): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };
  kindOf(path: string): "file" | "folder" | "none";
  /** Entries in no order; none when the folder cannot be read. */
  list(path: string): readonly { readonly name: string }[];
}
