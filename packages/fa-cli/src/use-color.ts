/** Whether to colour: the flags first, then `FORCE_COLOR` and `NO_COLOR`, then whether somebody looks at a terminal. */
import type { Host } from "./host.ts";

export function useColor(host: Host, flag: boolean | null, stream: Host["out"] = host.out): boolean {
  if (flag !== null) return flag;
  const forced = host.env("FORCE_COLOR");
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  // By its convention any value but the empty one means no colour.
  if ((host.env("NO_COLOR") ?? "") !== "") return false;
  return stream.isTerminal && host.env("TERM") !== "dumb";
}
