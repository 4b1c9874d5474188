#!/usr/bin/env node
/**
 * The `fa` command. A file of its own, because npm links a command only when its file is there at installation, which is before the
 * build in a checkout of the sources.
 */
import "../dist/main.js";
