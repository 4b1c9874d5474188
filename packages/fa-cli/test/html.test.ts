/**
 * The HTML report: what is in the page, and that nothing of a program can become a part of it; then the page itself in Chromium, by the keyboard.
 * The latter is skipped, saying so, where there is no Chromium on the path (CHROMIUM may name one).
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic, Severity } from "@framealloc/analysis";
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, onTestFinished, test } from "vitest";
import { memoryHost } from "../src/memory-host.ts";
import { htmlReporter } from "../src/report/html.ts";
import { runCommand } from "../src/run-command.ts";
import { sourceText } from "../src/source-text.ts";
import { CHROMIUM, openPage, type Page } from "./chromium.ts";
import { diagnosticOf, GAME_FILE, HOSTILE_DIAGNOSTICS, placeIn, reportOf, textOf } from "./hostile-report.ts";

const HOSTILE_SOURCE = 'f("</script><script>document.body.dataset.hacked = 1</script><img src=x onerror=alert(1)><!--");\n';
const HOSTILE_NAME = "src/</script><script>document.body.dataset.hacked=1</script>&quot;'.ts";

function hostilePage(): string {
  const at = { file: HOSTILE_NAME, span: { start: 0, end: 1 } };
  const message = "`</script><script>document.body.dataset.hacked=1</script>` <b>&amp;</b>";
  const sources = (file: string) => (file === HOSTILE_NAME ? sourceText(HOSTILE_SOURCE) : reportOf().sources(file));
  return textOf(htmlReporter(reportOf([diagnosticOf({ at, message, related: [{ at, message }], chain: [{ at, message }], help: message }), ...HOSTILE_DIAGNOSTICS], { sources, project: HOSTILE_NAME })));
}

interface Data {
  readonly project: string;
  readonly findings: readonly { readonly code: string; readonly severity: number; readonly at: readonly number[]; readonly cost?: readonly unknown[] }[];
  readonly entries: readonly { readonly label: string; readonly bytes: number; readonly findings: number }[];
  readonly files: readonly { readonly name: string; readonly lines: Readonly<Record<string, string>>; readonly cuts: Readonly<Record<string, string>> }[];
}

function dataOf(html: string): Data {
  return JSON.parse(/<script type="application\/json" id="data">([^<]*)<\/script>/.exec(html)?.[1] ?? "no data");
}

describe("the page's text", () => {
  test("holds nothing of the program but in its data, and there no tag", () => {
    const html = hostilePage();
    const outside = html.replace(/(<script type="application\/json" id="data">)[^<]*(?=<\/script>)/, "$1");
    expect(outside).toBe(textOf(htmlReporter(reportOf([]))).replace(/(<script type="application\/json" id="data">)[^<]*(?=<\/script>)/, "$1"));
    expect(dataOf(html).project).toBe(HOSTILE_NAME);
    expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]|\p{Surrogate}/u);
  });

  test("asks for nothing from anywhere", () => {
    const html = hostilePage();
    expect(html.replace(/<script type="application[^<]*<\/script>/, "")).not.toMatch(/\b(?:src|href|srcset|action)=|url\(|@import|https?:/);
    expect(html).toMatch(/Content-Security-Policy" content="default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'"/);
  });

  test("has the lines around each finding once, and pieces of long ones", () => {
    const long = `${"a".repeat(5_000)}; here(); ${"b".repeat(5_000)}`;
    const text = `one();\ntwo();\nthree();\n${long}\n`;
    const place = (word: string) => ({ file: "a.ts", span: { start: text.indexOf(word), end: text.indexOf(word) + word.length } });
    const { files } = dataOf(textOf(htmlReporter(reportOf([diagnosticOf({ at: place("one()") }), diagnosticOf({ at: place("here()") })], { sources: () => sourceText(text) }))));
    expect(files[0]?.lines).toEqual({ 1: "one();", 2: "two();", 3: "three();", 5: "" });
    expect(Object.keys(files[0]?.cuts ?? {})).toEqual(["4:25"]);
    expect(files[0]?.cuts["4:25"]).toHaveLength(500);
    expect(files[0]?.cuts["4:25"]).toContain("here()");
  });

  test("adds up the garbage of each entry, from the real rule", async () => {
    const game = `let kept: unknown = null;
function frame() {
  kept = { x: 1, y: 2 };
  step();
  requestAnimationFrame(frame);
}
function step() { for (const key of [1, 2]) kept = [key, kept]; }
requestAnimationFrame(frame);
export const current = () => kept;
`;
    const run = async (format: string): Promise<string> => {
      const host = memoryHost(new Map([["src/game.ts", game]]), { cwd: "/game", args: ["--only", "FA530", "-f", format] });
      await runCommand(host, CATALOGUE);
      return host.written.out;
    };
    const { diagnostics } = JSON.parse(await run("json")) as { diagnostics: { cost: { bytes: number; per: string; entry: { message: string } } }[] };
    expect(diagnostics.length).toBeGreaterThan(1);
    expect(new Set(diagnostics.map(({ cost }) => cost.entry.message))).toEqual(new Set(["`frame`"]));
    expect(diagnostics.some(({ cost }) => cost.per === "round")).toBe(true);
    const bytes = diagnostics.reduce((sum, { cost }) => sum + cost.bytes, 0);
    expect(dataOf(await run("html")).entries).toEqual([expect.objectContaining({ label: "`frame`", bytes, findings: diagnostics.length })]);
  });
});

async function open(html: string): Promise<Page> {
  if (CHROMIUM === undefined) throw new Error("no Chromium");
  const folder = mkdtempSync(join(tmpdir(), "framealloc-report-"));
  const file = join(folder, "report.html");
  writeFileSync(file, html);
  const page = await openPage(CHROMIUM, pathToFileURL(file).href);
  onTestFinished(async () => {
    await page.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return page;
}

const focused = "document.activeElement?.textContent || document.activeElement?.id";

describe.skipIf(CHROMIUM === undefined)("in Chromium", () => {
  test("hostile texts are shown as they are, and nothing runs or is asked for", async () => {
    const page = await open(hostilePage());
    for (const key of ["j", "Enter"]) await page.press(key);
    expect(await page.evaluate("document.body.dataset.hacked ?? 'no'")).toBe("no");
    expect(await page.evaluate("document.querySelectorAll('#findings > li').length")).toBe(5);
    expect(await page.evaluate("document.querySelector('.details .frame mark').textContent")).toBe("f");
    expect(await page.evaluate("document.querySelector('.details .frame .code').textContent")).toBe(HOSTILE_SOURCE.trimEnd());
    expect(await page.evaluate("document.querySelector('.finding code').textContent")).toBe("</script><script>document.body.dataset.hacked=1</script>");
    expect(await page.evaluate("document.querySelectorAll('img, script').length")).toBe(2);
    expect(page.complaints).toEqual([]);
    expect(page.requests).toEqual([]);
  });

  test("the keyboard alone filters, goes through findings, opens and closes them", async () => {
    const page = await open(textOf(htmlReporter(reportOf())));
    await page.press("/");
    expect(await page.evaluate(focused)).toBe("filter");
    await page.type("fa602 round");
    expect(await page.evaluate("document.getElementById('count').textContent")).toBe("1 of 4 findings");
    expect(await page.evaluate("document.querySelector('#findings .message').textContent")).toBe("one allocation a round");
    // Past the three severities, the code and the order to the finding.
    for (let step = 0; step < 6; step += 1) await page.press("Tab");
    expect(await page.evaluate(focused)).toContain("one allocation a round");
    await page.press("Enter");
    expect(await page.evaluate("document.activeElement.getAttribute('aria-expanded')")).toBe("true");
    expect(await page.evaluate("document.querySelector('.details mark').textContent")).toBe("alloc.frameBox(42)");
    await page.press("Enter");
    expect(await page.evaluate("document.querySelectorAll('.details').length")).toBe(0);
    await page.press("/");
    await page.press("Escape");
    expect(await page.evaluate("document.getElementById('count').textContent")).toBe("4 findings");
    await page.press("j");
    expect(await page.evaluate(focused)).toContain("FA602");
    await page.press("k");
    await page.press("Enter");
    const steps = await page.evaluate<string[]>("[...document.querySelectorAll('.chain li')].map((step) => step.className + ': ' + step.querySelector('.text').textContent)");
    expect(steps.slice(0, 2)).toEqual(["entry: update is called every frame", "call: calls push"]);
    expect(steps[2]).toMatch(/^end error: "quoted"/);
    expect(page.complaints).toEqual([]);
  });

  test("follows the system from light to dark and back, and a button turns it", async () => {
    const page = await open(textOf(htmlReporter(reportOf())));
    const back = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor");
    await page.emulate("light");
    const light = await back();
    await page.emulate("dark");
    const dark = await back();
    expect(light).toBe("rgb(255, 255, 255)");
    expect(dark).not.toBe(light);
    await page.evaluate("document.getElementById('theme').click()");
    expect(await back()).toBe(light);
    expect(await page.evaluate("getComputedStyle(document.documentElement).colorScheme")).toBe("light");
    await page.evaluate("document.getElementById('theme').click()");
    expect(await back()).toBe(dark);
  });

  test("ten thousand findings are there at once, drawn a part at a time, and all can be reached", async () => {
    const severities: readonly Severity[] = ["error", "warning", "hint"];
    const entry = { at: placeIn(GAME_FILE, "update"), message: "`update`" };
    const many: Diagnostic[] = Array.from({ length: 10_000 }, (_, index) => ({ ...diagnosticOf({ severity: severities[index % 3] ?? "hint", message: `finding ${index}` }), cost: { bytes: index, per: "call", entry } }));
    const page = await open(textOf(htmlReporter(reportOf(many))));
    expect(await page.evaluate("document.getElementById('count').textContent")).toBe("10000 findings");
    await page.evaluate(`(() => { const filter = document.getElementById("filter"); filter.value = "9999"; filter.dispatchEvent(new Event("input")); })()`);
    expect(await page.evaluate("document.getElementById('count').textContent")).toBe("1 of 10000 findings");
    await page.evaluate(`(() => { const filter = document.getElementById("filter"); filter.value = ""; filter.dispatchEvent(new Event("input")); const order = document.getElementById("order"); order.value = "bytes"; order.dispatchEvent(new Event("change")); })()`);
    expect(await page.evaluate("document.querySelector('#findings .message').textContent")).toBe("finding 9999");
    expect(await page.evaluate<number>("document.querySelectorAll('#findings > li').length")).toBeLessThan(1_000);
    expect(await page.evaluate("(() => { const more = document.getElementById('more'); for (let round = 0; round < 200 && !more.hidden; round += 1) more.click(); return document.querySelectorAll('#findings > li').length; })()")).toBe(10_000);
  });
});
