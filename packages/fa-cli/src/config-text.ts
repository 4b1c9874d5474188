/** The configuration that `fa init` writes: every setting explained, and commented out where it would change something. */
import type { CodeText } from "./report/report.ts";

export function configText(codes: readonly CodeText[]): string {
  const [example] = codes;
  const code = example?.code ?? "FA0xx";
  const levels = codes.map((text) => `# ${text.code} = "${text.severity === "error" ? "deny" : text.severity === "warning" ? "warn" : "hint"}"  # ${text.name}: ${text.summary}`);
  const options = codes.flatMap((text) => Object.entries(text.options ?? {}).map(([name, { description }]) => `[lints.${text.code}]\n# ${text.name}: ${description}.\n# ${name} = 100\n`));
  return `#:schema ./node_modules/@framealloc/fa-cli/schema/fa-config.schema.json
# Configuration of \`fa\`. What is commented out shows its default, or an example.

[global]
# Configurations that this one builds on, relative to this file.
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

${options.join("\n")}
[tags]
# The tags that memory may carry, and whether others are reported.
# known_tags = ["physics", "render"]
# warn_unknown_tags = true
# The tags that the files of a glob may use.
# module_tags = { "src/physics/**" = ["physics"] }

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
# The engines whose hooks run every frame, by package; those that are imported when nobody says.
# engines = ["three"]

${MODEL}
# Levels for some files; a later override wins.
# [[overrides]]
# files = ["**/*.test.ts"]
# levels = { ${code} = "allow" }
`;
}

const MODEL = `[model]
# What functions do that \`fa\` cannot look into: native and WebAssembly modules, declared functions, packages. A model stands in place of a body.
# A function is named \`path#name\`, \`path#Class.method\`, \`package#name\` or \`global#name\`; paths are relative to this file. Numbers are those of
# arguments, from 0. \`on\` is the argument that is the allocator, where it is not what the function is called on.
# "src/native.ts#beginArena" = "open"                                                      # begins a frame
# "src/native.ts#endArena" = "close"                                                       # ends it
# "src/native.ts#inArena" = { effect = "scope", callback = 0 }                             # begins one, calls, ends it
# "src/native.ts#scratch" = "allocate"                                                     # memory of the open frame
# "native-pool#Pool.acquire" = { effect = "allocate", memory = "pool" }                    # memory that has to be freed: "pool" or "heap"
# "native-pool#Pool.release" = { effect = "free", argument = 0 }                           # or "this", for what it is called on
# "src/link.ts#post" = { effect = "transfer", argument = 0 }                               # hands it to another agent
# "src/time.ts#soon" = { effect = "call", callback = 0, when = "later" }                   # or "now"
`;
