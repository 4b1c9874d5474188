#!/usr/bin/env node
/** The entry of the `fa` command. What was asked before, of files that are still the same, is answered again; else the command runs. */
import { answeredBefore } from "./answer-process.ts";

if (!(await answeredBefore())) await (await import("./run-process.ts")).runProcess();
