/** `fa init`: writes a configuration in which everything is explained and nothing is changed. */
import { posix } from "node:path";
import type { Host } from "../host.ts";
import { CONFIG_NAME } from "../load-config.ts";
import type { CodeText } from "../report/report.ts";
import { rootOf } from "../run-analysis.ts";
import { UsageError } from "../usage-error.ts";

/** Returns the exit code. Throws a `UsageError` when there is a configuration already and `force` is not said. */
export async function initCommand(host: Host, force: boolean, path: string | null, codes: readonly CodeText[]): Promise<number> {
  const root = rootOf(host, path);
  const file = posix.join(root, CONFIG_NAME);
  const shown = posix.relative(host.cwd, file);
  if (!force && host.kindOf(file) !== "none") throw new UsageError(`\`${shown}\` is there already`, { help: "`--force` replaces it" });
  try {
    host.write(file, configText(codes));
  } catch (error) {
    throw new UsageError(`\`${shown}\` cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  await host.out.write(`wrote ${shown}\n`);
  return 0;
}

/** Every setting, commented out where it would change something. */
export function configText(codes: readonly CodeText[]): string {
  const [example] = codes;
  const code = example?.code ?? "FA0xx";
  const levels = codes.map((text) => `# ${text.code} = "${text.severity === "error" ? "deny" : text.severity === "warning" ? "warn" : "hint"}"  # ${text.name}: ${text.summary}`);
  return `#:schema ./node_modules/@framealloc/fa-cli/schema/fa-config.schema.json
# Configuration of \`fa\`. What is commented out shows its default, or an example.

[global]
# extends = ["./base.toml"]
# Findings below this severity are dropped: "hint", "warning" or "error".
# min_severity = "hint"
# Globs relative to this file. One without a slash fits at any depth.
exclude = []
# Warnings fail the run, as with -W.
deny_warnings = false
# Packages that are the framealloc runtime, under whatever name.
# runtime_packages = ["@framealloc/runtime"]

[lints]
# Codes that are not run, or families as "FA6xx".
disabled = []

[lints.levels]
# "allow", "hint", "warn" or "deny", for a code or a family.
${levels.join("\n")}

[thresholds]
# Garbage on a hot path is reported from this many bytes a call.
# hot_path_bytes = 16
# Allocations in loops of more rounds than this are reported.
# loop_allocation_limit = 100

[hot]
# Functions called every frame, where \`fa\` does not see it by itself.
# entries = ["src/game.ts#Game.update"]
# Files that are never hot.
# cold = ["**/editor/**"]

# Levels for some files; a later override wins.
# [[overrides]]
# files = ["**/*.test.ts"]
# levels = { ${code} = "allow" }
`;
}
