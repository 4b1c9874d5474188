/** Strict mode: from which severity on a diagnostic throws. One for each agent; the environment's until it is set. */
import { badArgument } from "../errors.ts";
import { DISPOSE } from "../dispose-symbol.ts";
import type { Severity } from "./diagnostic.ts";

/** "warn": nothing throws. "error": errors do. "warning": errors and warnings do. Hints never throw. */
export type StrictMode = "warn" | "error" | "warning";

const MODES: readonly unknown[] = ["warn", "error", "warning"];
const RANGE = '"warn", "error" or "warning"';

let mode: StrictMode | undefined;

/** The mode in force: what was set last, or `FRAMEALLOC_STRICT` of the environment, which is read when this is first asked; "warn" without it. */
export function strictMode(): StrictMode {
  return (mode ??= fromEnvironment());
}

/** Sets the mode of this agent and gives the one that was in force. `argument` for what is no mode. */
export function setStrictMode(to: StrictMode): StrictMode {
  if (!MODES.includes(to)) throw badArgument("setStrictMode", "mode", to, RANGE);
  const before = strictMode();
  mode = to;
  return before;
}

/** Sets the mode, and sets the former one again when it is disposed: `using strict = new StrictModeGuard("error")`. `argument` for what is no mode. */
export class StrictModeGuard {
  private before: StrictMode | undefined;

  constructor(to: StrictMode) {
    this.before = setStrictMode(to);
  }

  /** No effect the second time. */
  [DISPOSE](): void {
    if (this.before !== undefined) setStrictMode(this.before);
    this.before = undefined;
  }
}

/** @internal Whether a diagnostic of the severity throws. */
export function throwsAt(severity: Severity): boolean {
  const now = strictMode();
  return now === "warning" ? severity !== "hint" : now === "error" && severity === "error";
}

function fromEnvironment(): StrictMode {
  const { process } = globalThis as { readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> } };
  const given = process?.env?.["FRAMEALLOC_STRICT"]?.trim().toLowerCase() ?? "";
  if (given === "") return "warn";
  if (MODES.includes(given)) return given as StrictMode;
  // Set before the error is made, so that whoever catches it is not told again.
  mode = "warn";
  throw badArgument("environment", "FRAMEALLOC_STRICT", given, RANGE);
}
