/** The place of a function in its source: through the source map of its script, when it was compiled from something else. */
/// <reference types="node" />
import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Session } from "node:inspector";

/** `file:line`, the line counted from 1. `line` and `column` are those of the engine, from 0. */
export function sourceLine(session: Session, scriptId: string, url: string, line: number, column: number): string {
  const map = sourceMapOf(session, scriptId, url);
  const entry = map?.findEntry(line, column);
  if (entry !== undefined && "originalSource" in entry) {
    const source = entry.originalSource;
    const file = /^[a-z]+:/.test(source) ? pathOf(source) : resolve(dirname(pathOf(url)), source);
    return `${file}:${entry.originalLine + 1}`;
  }
  return `${pathOf(url)}:${line + 1}`;
}

function pathOf(url: string): string {
  return url.startsWith("file:") ? fileURLToPath(url) : url;
}

/** Asks the engine which map a script came with; undefined when it has none, or one that cannot be read. */
function sourceMapOf(session: Session, scriptId: string, url: string): SourceMap | undefined {
  let mapUrl = "";
  const listen = (message: { readonly params: { readonly scriptId: string; readonly sourceMapURL?: string | undefined } }): void => {
    if (message.params.scriptId === scriptId) mapUrl = message.params.sourceMapURL ?? "";
  };
  session.on("Debugger.scriptParsed", listen);
  // Enabling tells of every script there is, one by one, before it returns.
  session.post("Debugger.enable");
  session.post("Debugger.disable");
  session.off("Debugger.scriptParsed", listen);
  const text = mapUrl.startsWith("data:") ? decodeDataUrl(mapUrl) : mapUrl === "" || !url.startsWith("file:") ? undefined : readIfThere(new URL(mapUrl, url));
  return text === undefined ? undefined : new SourceMap(JSON.parse(text) as SourceMapPayload);
}

function decodeDataUrl(url: string): string {
  const comma = url.indexOf(",");
  const data = url.slice(comma + 1);
  return url.slice(0, comma).endsWith(";base64") ? Buffer.from(data, "base64").toString("utf8") : decodeURIComponent(data);
}

function readIfThere(url: URL): string | undefined {
  try {
    return readFileSync(url, "utf8");
  } catch (error) {
    // A map that was not shipped: the compiled line is what there is.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
