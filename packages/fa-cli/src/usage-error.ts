/** A fault of the one who called, as it is printed: without a stack; the exit code is 2. */
import { UsageError } from "@framealloc/rules/codes";
import { printable } from "./report/printable.ts";

export { UsageError };

/** What comes after `error`: what, where, what to do. */
export function errorText(error: UsageError): string {
  const { place, help } = error.detail;
  return `: ${error.message.split("\n").map(printable).join("\n  ")}${place === undefined ? "" : `\n  --> ${printable(place)}`}${help === undefined ? "" : `\n  = help: ${printable(help)}`}`;
}
