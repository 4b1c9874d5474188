/**
 * A page in headless Chromium, spoken to by the browser's own protocol over pipes: what a reader does with the keyboard, and what the page then shows.
 * Nothing listens on a port.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** The name of one that is there; undefined for none. */
export const CHROMIUM = [process.env["CHROMIUM"], "chromium", "chromium-browser", "google-chrome"].find((name) => name !== undefined && spawnSync(name, ["--version"]).status === 0);

const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--hide-scrollbars", "--remote-debugging-pipe"];
const DEADLINE_MS = 60_000;

export interface Page {
  /** The value of an expression in the page, a promise awaited. */
  evaluate<T>(expression: string): Promise<T>;
  /** Presses and releases a key by its name: `Tab`, `Enter`, `/`, `a`. */
  press(key: string): Promise<void>;
  type(text: string): Promise<void>;
  emulate(scheme: "light" | "dark"): Promise<void>;
  /** A PNG. */
  screenshot(): Promise<Buffer>;
  /** What the page complained of so far: exceptions, and what its policy kept from it. */
  readonly complaints: readonly string[];
  /** Addresses other than the page's own that it asked for. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** Opens a page of the browser called `browser`. */
export async function openPage(browser: string, url: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), "framealloc-page-"));
  const child = spawn(browser, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], detached: true });
  const complaints: string[] = [];
  const requests: string[] = [];
  const call = protocol(child, (method, params) => {
    const text = JSON.stringify(params);
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") complaints.push(text);
    const address = (params["request"] as { readonly url?: string } | undefined)?.url;
    if (method === "Network.requestWillBeSent" && address !== undefined && address !== url) requests.push(address);
  });
  const { targetId } = await call<{ targetId: string }>("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await call<{ sessionId: string }>("Target.attachToTarget", { targetId, flatten: true });
  const inPage = <T>(method: string, params: object = {}): Promise<T> => call<T>(method, params, sessionId);
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await inPage(`${domain}.enable`);
  await inPage("Emulation.setDeviceMetricsOverride", { width: 1100, height: 900, deviceScaleFactor: 1, mobile: false });
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await inPage<{ result: { value: T }; exceptionDetails?: object }>("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return result.value;
  };
  const press = async (key: string): Promise<void> => {
    const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
    const code = { Tab: 9, Enter: 13, Escape: 27 }[key] ?? 0;
    await inPage("Input.dispatchKeyEvent", { type: text === undefined ? "rawKeyDown" : "keyDown", key, windowsVirtualKeyCode: code, ...(text === undefined ? {} : { text }) });
    await inPage("Input.dispatchKeyEvent", { type: "keyUp", key, windowsVirtualKeyCode: code });
  };
  await inPage("Page.navigate", { url });
  // The script of the page has run when its count is written.
  await evaluate(`new Promise((resolve) => { const wait = () => (location.href !== "about:blank" && document.readyState === "complete" ? resolve(null) : setTimeout(wait, 20)); wait(); })`);
  return {
    evaluate,
    press,
    type: async (text) => { for (const key of text) await press(key); },
    emulate: (scheme) => inPage("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] }),
    screenshot: async () => Buffer.from((await inPage<{ data: string }>("Page.captureScreenshot", { format: "png" })).data, "base64"),
    complaints,
    requests,
    close: () => stop(child, profile),
  };
}

/** Calls over the pipes, each answered by its number; messages end with a zero byte. */
function protocol(child: ChildProcess, onEvent: (method: string, params: Readonly<Record<string, unknown>>) => void): <T>(method: string, params?: object, sessionId?: string) => Promise<T> {
  // The two streams behind the standard three are the pipes asked for in `stdio`.
  const [toBrowser, fromBrowser] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, { readonly resolve: (result: never) => void; readonly reject: (error: Error) => void }>();
  let last = 0;
  let pending = "";
  fromBrowser.setEncoding("utf8").on("data", (chunk: string) => {
    const messages = (pending + chunk).split("\0");
    pending = messages.pop() ?? "";
    for (const text of messages) {
      const { id, method, params, result, error }: Message = JSON.parse(text);
      if (id === undefined) onEvent(method ?? "", params ?? {});
      else if (error !== undefined) waiting.get(id)?.reject(new Error(error.message));
      else waiting.get(id)?.resolve((result ?? {}) as never);
    }
  });
  const failAll = (message: string): void => { for (const { reject } of waiting.values()) reject(new Error(message)); };
  child.once("exit", (code) => { failAll(`the browser ended with ${code}`); });
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1;
      const timer = setTimeout(() => { reject(new Error(`no answer to ${method}`)); }, DEADLINE_MS);
      const settled = (): void => { clearTimeout(timer); };
      waiting.set(last, { resolve: (result) => { settled(); resolve(result); }, reject: (error) => { settled(); reject(error); } });
      toBrowser.write(`${JSON.stringify({ id: last, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
    });
}

async function stop(child: ChildProcess, profile: string): Promise<void> {
  // A process group of its own: it ends with the processes that it started, which write to the profile until then and hold the pipes.
  const gone = new Promise((resolve) => { child.once("close", resolve); });
  if (child.pid !== undefined && child.exitCode === null) {
    process.kill(-child.pid, "SIGKILL");
    await gone;
  }
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
