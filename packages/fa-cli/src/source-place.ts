/** The place of a function in the source that a script was compiled from: asked of the engine, which keeps the address of the source map. */
import { readFileSync } from "node:fs";
import type { Session } from "node:inspector";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export interface SourcePlace {
  /** Absolute; empty for code that is in no file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export class SourcePlaces {
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #maps = new Map<string, SourceMap | undefined>();

  constructor(session: Session) {
    this.#addresses = mapAddresses(session);
  }

  /** `line` and `column` are those of the engine, from 0. */
  of(scriptId: string, url: string, line: number, column: number): SourcePlace {
    const path = url.startsWith("file:") ? fileURLToPath(url) : url.startsWith("/") ? url : "";
    const entry = this.#mapOf(scriptId, url)?.findEntry(line, column);
    if (entry === undefined || !("originalSource" in entry)) return { file: path, line: line + 1, column: column + 1 };
    const source = entry.originalSource;
    const file = source.startsWith("file:") ? fileURLToPath(source) : resolve(dirname(path), source);
    return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  }

  /** Undefined for a script that has none, or one that cannot be read. */
  #mapOf(scriptId: string, url: string): SourceMap | undefined {
    if (!this.#maps.has(scriptId)) {
      const text = textOf(this.#addresses.get(scriptId) ?? "", url);
      this.#maps.set(scriptId, text === undefined ? undefined : new SourceMap(JSON.parse(text) as SourceMapPayload));
    }
    return this.#maps.get(scriptId);
  }
}

/** By script. Enabling tells of every script there is, one by one, before it returns. */
function mapAddresses(session: Session): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  const listen = ({ params }: { readonly params: { readonly scriptId: string; readonly sourceMapURL?: string | undefined } }): void => { addresses.set(params.scriptId, params.sourceMapURL ?? ""); };
  session.on("Debugger.scriptParsed", listen);
  session.post("Debugger.enable");
  session.post("Debugger.disable");
  session.off("Debugger.scriptParsed", listen);
  return addresses;
}

function textOf(address: string, url: string): string | undefined {
  if (address.startsWith("data:")) {
    const comma = address.indexOf(",");
    const data = address.slice(comma + 1);
    return address.slice(0, comma).endsWith(";base64") ? Buffer.from(data, "base64").toString("utf8") : decodeURIComponent(data);
  }
  if (address === "" || !url.startsWith("file:")) return undefined;
  try {
    return readFileSync(new URL(address, url), "utf8");
  } catch (error) {
    // A map that was not shipped: the compiled line is what there is.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
