#!/usr/bin/env node
/** The entry of the `fa` command: the process as host, the catalogue of rules, and nothing else. */
import { CATALOGUE } from "@framealloc/rules";
import { nodeHost } from "./host.ts";
import { runCommand } from "./run-command.ts";

await runCommand(nodeHost(), CATALOGUE);
