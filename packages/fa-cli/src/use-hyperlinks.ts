/** Whether the terminal opens links: by `FORCE_HYPERLINK`, else by the names that terminals which do so give themselves. */
import type { Host } from "./host.ts";

/** From this version on; 0.50 of VTE, which many terminals are built on. */
const VTE_SINCE = 5000;

export function useHyperlinks(host: Host): boolean {
  const forced = host.env("FORCE_HYPERLINK");
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  if (!host.out.isTerminal || isSet(host, "CI") || host.env("TERM") === "dumb") return false;
  if (isSet(host, "WT_SESSION") || isSet(host, "KITTY_WINDOW_ID") || isSet(host, "KONSOLE_VERSION")) return true;
  if (/^(?:xterm-kitty|xterm-ghostty|alacritty|foot)/.test(host.env("TERM") ?? "")) return true;
  if (/^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|Tabby)$/.test(host.env("TERM_PROGRAM") ?? "")) return true;
  return Number(host.env("VTE_VERSION") ?? 0) >= VTE_SINCE;
}

function isSet(host: Host, name: string): boolean {
  return (host.env(name) ?? "") !== "";
}
