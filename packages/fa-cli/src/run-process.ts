/** The command with the process as its host, the catalogue of rules, and nothing else. */
import { nodeHost } from "./host.ts";
import { runCommand } from "./run-command.ts";

export function runProcess(): Promise<void> {
  return runCommand(nodeHost(), {
    rules: async () => (await import("@framealloc/rules")).CATALOGUE,
    texts: async () => (await import("@framealloc/rules/texts")).TEXTS,
  });
}
