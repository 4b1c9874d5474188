#!/usr/bin/env node
/** The entry of the `fa` command: the process as host, the catalogue of rules, and nothing else. */
import { nodeHost } from "./host.ts";
import { runCommand } from "./run-command.ts";

await runCommand(nodeHost(), {
  rules: async () => (await import("@framealloc/rules")).CATALOGUE,
  texts: async () => (await import("@framealloc/rules/texts")).TEXTS,
});
