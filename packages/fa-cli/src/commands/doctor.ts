/**
 * `fa doctor [url]`: what a run would start from (versions, configuration, tsconfig, files found and skipped and why), and whether a dev server on this machine
 * sends the headers that shared memory needs. The exit code is 1 when something is in the way.
 */
import { posix } from "node:path";
import { knownCodes } from "@framealloc/rules/codes";
import { discover } from "../discover.ts";
import { OWN_CODES } from "../fault-diagnostic.ts";
import type { Host } from "../host.ts";
import { type Config, loadConfig, NO_CONFIG, withFolders } from "@framealloc/rules/configuration";
import type { ProjectOptions } from "../parse-args.ts";
import { plural } from "../report/count-findings.ts";
import { painter } from "../report/painter.ts";
import { printable } from "../report/printable.ts";
import type { CodeText } from "../report/report.ts";
import { readTsconfig } from "../read-tsconfig.ts";
import { rootOf } from "../run-analysis.ts";
import { tsconfigFiles } from "../tsconfig-files.ts";
import { errorText, UsageError } from "../usage-error.ts";
import { useColor } from "../use-color.ts";
import { VERSION } from "../version.ts";

/** One thing that was looked at. */
interface Check {
  readonly what: string;
  readonly state: "ok" | "note" | "problem";
  readonly found: string;
  readonly details: readonly string[];
}

const MOST_DETAILS = 20;

/** Returns the exit code. Throws a `UsageError` for an address that is not on this machine. */
export async function doctorCommand(host: Host, url: string | null, options: ProjectOptions, codes: readonly CodeText[]): Promise<number> {
  const root = rootOf(host, options.path);
  const { config, check } = configCheck(host, root, options, codes);
  const checks = [versions(host), check, tsconfigCheck(host, root), runtimeCheck(host, root, config), filesCheck(host, root, config, codes), gitCheck(host, root), ...(url === null ? [] : [await headersCheck(host, url)])];
  const color = useColor(host, options.color);
  await host.out.write(options.format === "json" ? `${JSON.stringify({ root, checks }, null, 2)}\n` : terminal(checks, color));
  return checks.some(({ state }) => state === "problem") ? 1 : 0;
}

function terminal(checks: readonly Check[], color: boolean): string {
  const { paint } = painter(color);
  const width = Math.max(...checks.map(({ what }) => what.length));
  return checks.map(({ what, state, found, details }) => {
    const mark = { ok: paint("ok     ", "primary", "hint"), note: paint("note   ", "primary", "warning"), problem: paint("problem", "primary", "error") }[state];
    const more = details.length > MOST_DETAILS ? [...details.slice(0, MOST_DETAILS), `and ${details.length - MOST_DETAILS} more`] : details;
    return `${mark} ${what.padEnd(width)}  ${printable(found)}\n${more.map((line) => `        ${" ".repeat(width)}  ${printable(line)}\n`).join("")}`;
  }).join("");
}

function versions(host: Host): Check {
  const { node, platform, typescript, parser } = host.versions();
  return { what: "versions", state: "ok", found: `fa ${VERSION}, Node ${node}, ${platform}`, details: [`TypeScript ${typescript} and oxc-parser ${parser}, of fa's own; the project's are not loaded`] };
}

function configCheck(host: Host, root: string, options: ProjectOptions, codes: readonly CodeText[]): { readonly config: Config; readonly check: Check } {
  try {
    const asked = options.config === null || options.config === false ? null : posix.resolve(host.cwd, options.config);
    const config = options.config === false ? NO_CONFIG : loadConfig(host, root, asked, knownCodes(codes, OWN_CODES));
    const names = config.sources.map(({ path }) => posix.relative(host.cwd, path) || path);
    return { config, check: { what: "configuration", state: "ok", found: names.length === 0 ? "none: everything is at its default; `fa init` writes one" : names.join(", "), details: [] } };
  } catch (error) {
    return { config: NO_CONFIG, check: { what: "configuration", state: "problem", ...faultOf(error) } };
  }
}

function faultOf(error: unknown): Pick<Check, "found" | "details"> {
  if (!(error instanceof UsageError)) throw error;
  const [found = "", ...details] = errorText(error).slice(2).split("\n").map((line) => line.trim());
  return { found, details };
}

function tsconfigCheck(host: Host, root: string): Check {
  const path = posix.join(root, "tsconfig.json");
  if (host.kindOf(path) !== "file") return { what: "tsconfig", state: "ok", found: "none: types are read from the sources alone", details: [] };
  try {
    const details: string[] = [];
    readTsconfig(host, path, (base, from) => details.push(`${posix.relative(root, from)} extends ${base}, which is not there: what it says, as \`include\` and \`paths\`, is not known`));
    return { what: "tsconfig", state: details.length === 0 ? "ok" : "note", found: `tsconfig.json names ${plural(tsconfigFiles(host, path, () => false).files.length, "file")}`, details };
  } catch (error) {
    return { what: "tsconfig", state: "problem", ...faultOf(error) };
  }
}

function runtimeCheck(host: Host, root: string, { runtimePackages }: Config): Check {
  const names = runtimePackages ?? ["@framealloc/runtime"];
  const found = names.map((name) => {
    for (let folder = root; ; folder = posix.dirname(folder)) {
      const manifest = host.read(posix.join(folder, "node_modules", name, "package.json"));
      const version = manifest.ok ? /"version"\s*:\s*"([^"]+)"/.exec(manifest.text)?.[1] : undefined;
      if (version !== undefined) return { name, text: `${name} ${version}`, isThere: true };
      if (posix.dirname(folder) === folder) return { name, text: `${name} is not installed`, isThere: false };
    }
  });
  const isThere = found.some((each) => each.isThere);
  return { what: "runtime", state: "ok", found: found.map(({ text }) => text).join(", "), details: isThere ? [] : ["the rules on garbage look at any code; those on frames need the runtime"] };
}

function filesCheck(host: Host, root: string, base: Config, codes: readonly CodeText[]): Check {
  try {
    const walked = discover(host, [], { root, isExcluded: base.isExcluded });
    const config = withFolders(host, base, root, walked.files, knownCodes(codes, OWN_CODES));
    const files = walked.files.filter((file) => !config.isExcluded(file));
    const skipped = [...walked.skipped, ...walked.files.filter(config.isExcluded).map((path) => ({ path, why: "excluded" }))];
    const unlisted = walked.unlisted.filter(({ path }) => !config.isExcluded(path)).map(({ path, why }) => `not listed ${posix.relative(root, path) || "."}: ${why}`);
    const details = [...unlisted, ...skipped.map(({ path, why }) => `skipped ${posix.relative(root, path)}: ${why}`)];
    if (files.length === 0) return { what: "files", state: "problem", found: "no source file here that is not excluded", details };
    return { what: "files", state: unlisted.length === 0 ? "ok" : "problem", found: `${plural(files.length, "file")} to analyze, ${skipped.length} skipped${unlisted.length === 0 ? "" : `, ${plural(unlisted.length, "folder")} not listed`}`, details };
  } catch (error) {
    return { what: "files", state: "problem", ...faultOf(error) };
  }
}

function gitCheck(host: Host, root: string): Check {
  const top = host.git(root, ["rev-parse", "--show-toplevel"]);
  if (top.ok) return { what: "git", state: "ok", found: `repository ${posix.relative(root, top.out.trim()) || "."}`, details: [] };
  return { what: "git", state: "note", found: top.isMissing ? "not installed" : "no repository", details: ["--since, --staged and --changed need one"] };
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|.+\.localhost)$/;

async function headersCheck(host: Host, address: string): Promise<Check> {
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(address) ? address : `http://${address}`);
  } catch {
    // All that `URL` throws for is a text that is none.
    throw new UsageError(`\`${address}\` is no address`, { help: "as `http://localhost:5173`" });
  }
  if (!/^https?:$/.test(url.protocol) || !LOOPBACK.test(url.hostname)) throw new UsageError(`\`${address}\` is not on this machine`, { help: "give the address of a dev server: `http://localhost:5173`" });
  const answer = await host.headersOf(url.href);
  if (!answer.ok) return { what: "headers", state: "problem", found: `${url.href} does not answer: ${answer.reason}`, details: [] };
  const opener = answer.headers["cross-origin-opener-policy"] ?? "not sent";
  const embedder = answer.headers["cross-origin-embedder-policy"] ?? "not sent";
  const isIsolated = opener === "same-origin" && /^(?:require-corp|credentialless)$/.test(embedder);
  return {
    what: "headers",
    state: isIsolated ? "ok" : "problem",
    found: isIsolated ? `${url.href} is isolated: workers may share memory` : `${url.href} is not isolated: browsers refuse SharedArrayBuffer`,
    details: [`Cross-Origin-Opener-Policy: ${opener}${opener === "same-origin" ? "" : " (must be same-origin)"}`, `Cross-Origin-Embedder-Policy: ${embedder}${/^(?:require-corp|credentialless)$/.test(embedder) ? "" : " (must be require-corp or credentialless)"}`],
  };
}
