/**
 * The built runtime in Chromium, in a page and in a worker of it: on a cross-origin isolated page, where memory is shared, and on a plain one, where values are
 * transferred; two more workers share channels and a barrier with the page. A content security policy forbids `eval`. The page posts what it found to the server that served it.
 *
 * Skipped, saying so, where there is no Chromium on the path (CHROMIUM may name one).
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { EXPECTED_OF_AGENTS } from "./programs/agents-exercise.mjs";
import { EXPECTED } from "./programs/exercise.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const chromium = [process.env["CHROMIUM"], "chromium", "chromium-browser", "google-chrome"].find((name) => name !== undefined && spawnSync(name, ["--version"]).status === 0);

const PAGE = '<!doctype html><meta charset="utf-8"><title>runtime</title><link rel="icon" href="data:,"><script type="module" src="/page.mjs"></script>';
const HEADERS = { "Content-Security-Policy": "default-src 'self'; img-src data:", "Cache-Control": "no-store" };
const ISOLATION = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const DEADLINE_MS = 60_000;

interface Found {
  readonly page: typeof EXPECTED & { readonly shared: boolean };
  readonly worker: typeof EXPECTED & { readonly shared: boolean; readonly received: number };
  readonly agents: typeof EXPECTED_OF_AGENTS;
  readonly isolated: boolean;
}

for (const [page, headers, shared] of [["a cross-origin isolated page", { ...HEADERS, ...ISOLATION }, true], ["a plain page", HEADERS, false]] as const) {
  it(`the runtime works in ${page} and its worker`, async ({ skip }) => {
    if (chromium === undefined) return skip("no Chromium on the path");
    const found = await foundInBrowser(chromium, headers);
    expect(found).toEqual({ page: { ...EXPECTED, shared }, worker: { ...EXPECTED, shared, received: 2.5 }, agents: EXPECTED_OF_AGENTS, isolated: shared });
  }, DEADLINE_MS + 30_000);
}

/** Opens the page and gives what it posts. */
async function foundInBrowser(browser: string, headers: Readonly<Record<string, string>>): Promise<Found> {
  let tell: (found: Found) => void = () => undefined;
  const found = new Promise<Found>((resolve) => (tell = resolve));
  const server = createServer((request, response) => answer(request, response, headers, tell));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const profile = mkdtempSync(join(tmpdir(), "framealloc-browser-"));
  const { port } = server.address() as AddressInfo;
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", `--user-data-dir=${profile}`];
  // A process group of its own: it ends with the processes that it started, which write to the profile until then.
  const child = spawn(browser, [...flags, `http://127.0.0.1:${port}/`], { stdio: ["ignore", "ignore", "pipe"], detached: true });
  onTestFinished(() => stop(child, server, profile));
  return Promise.race([found, failureOf(child)]);
}

/** Never settles while the browser runs, until the deadline. */
function failureOf(child: ChildProcess): Promise<never> {
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((_, reject) => {
    child.on("exit", (exitCode) => reject(new Error(`the browser ended with ${exitCode}: ${errors}`)));
    setTimeout(() => reject(new Error(`the page told nothing: ${errors}`)), DEADLINE_MS).unref();
  });
}

async function stop(child: ChildProcess, server: Server, profile: string): Promise<void> {
  // When the pipe is closed too, none of the group holds it any more.
  const gone = new Promise((resolve) => child.once("close", resolve));
  if (child.pid !== undefined && child.exitCode === null) {
    process.kill(-child.pid, "SIGKILL");
    await gone;
  }
  server.closeAllConnections();
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

function answer(request: IncomingMessage, response: ServerResponse, headers: Readonly<Record<string, string>>, tell: (found: Found) => void): void {
  const path = posix.normalize(new URL(request.url ?? "/", "http://localhost").pathname);
  if (request.method === "POST") {
    const body: Buffer[] = [];
    request.on("data", (chunk: Buffer) => body.push(chunk));
    request.on("end", () => {
      response.writeHead(204, headers).end();
      tell(JSON.parse(Buffer.concat(body).toString()) as Found);
    });
    return;
  }
  if (path === "/") {
    response.writeHead(200, { ...headers, "Content-Type": "text/html" }).end(PAGE);
    return;
  }
  const file = path.startsWith("/runtime/") ? join(root, "packages/runtime/dist", path.slice("/runtime".length)) : join(root, "tools/test/programs", path);
  try {
    const text = readFileSync(file);
    response.writeHead(200, { ...headers, "Content-Type": "text/javascript" }).end(text);
  } catch {
    response.writeHead(404, headers).end();
  }
}
