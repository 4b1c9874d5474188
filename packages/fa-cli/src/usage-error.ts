/** A fault of the one who called: arguments, configuration, nothing to analyze. Printed without a stack; the exit code is 2. */

import { printable } from "./report/printable.ts";

export interface UsageErrorDetail {
  /** The place in the configuration: `.fa.toml:3:7`. */
  readonly place?: string;
  readonly help?: string;
}

export class UsageError extends Error {
  readonly detail: UsageErrorDetail;

  constructor(message: string, detail: UsageErrorDetail = {}) {
    super(message);
    this.name = "UsageError";
    this.detail = detail;
  }
}

/** The fault as it is printed after `error`: what, where, what to do. */
export function errorText(error: UsageError): string {
  const { place, help } = error.detail;
  return `: ${error.message.split("\n").map(printable).join("\n  ")}${place === undefined ? "" : `\n  --> ${printable(place)}`}${help === undefined ? "" : `\n  = help: ${printable(help)}`}`;
}
