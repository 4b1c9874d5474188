/**
 * The script of the HTML report: reads the findings from the page's own data, filters, and draws what is looked at. Every text of the program is put in as
 * text and never as markup. `npm run generate` puts this file into the command; `src/report/html.ts` writes the data and says what is in it.
 */
export {};

/**
 * @typedef {[file: number, startLine: number, startColumn: number, endLine: number, endColumn: number]} Place
 * @typedef {[message: string, at: Place]} Step
 * @typedef {{ code: string, severity: number, message: string, at: Place, help?: string, related?: Step[], chain?: Step[], cost?: [bytes: number, isRound: boolean, entry: number] }} Finding
 * @typedef {{ label: string, at: Place, bytes: number, findings: number }} Entry
 * @typedef {{ project: string, totals: string, findings: Finding[], entries: Entry[], codes: Record<string, [name: string, summary: string]>, files: { name: string, lines: Record<string, string>, cuts: Record<string, string> }[] }} Report
 */

const SEVERITIES = ["error", "warning", "hint"];
/** Findings drawn at once; the rest follow when the end comes near. */
const BATCH = 100;
const CONTEXT = 2;
/** As `html.ts` cuts long lines: pieces that begin at each multiple of the step, with a lead before it. */
const CUT = { step: 200, lead: 100 };

/** @type {Report} */
const report = JSON.parse(byId("data").textContent);

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * An element with a class and children; texts become text nodes.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {string} name @param {...(Node | string)} children
 */
function make(tag, name, ...children) {
  const element = document.createElement(tag);
  if (name !== "") element.className = name;
  element.append(...children);
  return element;
}

/** @param {Place} place */
function placeText([file, line, column]) {
  return `${report.files[file]?.name}:${line}:${column}`;
}

/** Names in backticks are drawn as code. @param {string} text */
function prose(text) {
  const parts = text.split("`");
  return parts.map((part, index) => (index % 2 === 1 && index < parts.length - 1 ? make("code", "", part) : part));
}

/** The text of a line and the column at which it begins; null where the report holds none. @param {Place} place @param {number} line @returns {{ text: string, from: number } | null} */
function lineOf([file, startLine, startColumn], line) {
  const source = report.files[file];
  const whole = source?.lines[line];
  if (whole !== undefined) return { text: whole, from: 0 };
  const piece = line === startLine ? Math.floor((startColumn - 1) / CUT.step) : 0;
  const cut = source?.cuts[`${line}:${piece}`];
  return cut === undefined ? null : { text: cut, from: Math.max(0, piece * CUT.step - CUT.lead) };
}

/** Lines of code with the place marked in them. @param {Place} place @param {number} context @param {string} mark */
function frame(place, context, mark) {
  const [, startLine, startColumn, endLine, endColumn] = place;
  const rows = make("pre", "frame");
  rows.tabIndex = 0;
  rows.setAttribute("aria-label", `code at ${placeText(place)}`);
  for (let line = Math.max(1, startLine - context); line <= Math.min(endLine, startLine + 20) + context; line += 1) {
    const source = lineOf(place, line);
    if (source === null) continue;
    const first = line === startLine ? startColumn - 1 - source.from : 0;
    const last = line === endLine ? endColumn - 1 - source.from : source.text.length;
    const isIn = line >= startLine && line <= endLine;
    const code = isIn ? [source.text.slice(0, first), make("mark", mark, source.text.slice(first, Math.max(last, first)) || " "), source.text.slice(Math.max(last, first))] : [source.text];
    rows.append(make("span", "number", String(line)), make("span", "code", ...(source.from > 0 ? ["..."] : []), ...code), "\n");
  }
  return rows.childNodes.length === 0 ? make("p", "faint", "the source was not there when the report was written") : rows;
}

/** Boxes from the entry down to the finding, one a call. @param {Finding} finding */
function chainDiagram({ chain = [], message, at, severity }) {
  const steps = [...chain, /** @type {Step} */ ([message, at])];
  const boxes = steps.map(([text, where], index) => {
    const kind = index === 0 ? "entry" : index === steps.length - 1 ? `end ${SEVERITIES[severity]}` : "call";
    return make("li", kind, make("span", "box", make("span", "text", ...prose(text)), make("span", "place", placeText(where))));
  });
  const list = make("ol", "chain", ...boxes);
  list.setAttribute("aria-label", "how it is reached");
  return list;
}

/** @param {Finding} finding */
function details(finding) {
  const { code, at, help, related = [], chain = [], severity } = finding;
  /** @type {HTMLElement[]} */
  const parts = [frame(at, CONTEXT, SEVERITIES[severity] ?? "")];
  for (const [text, where] of related) parts.push(make("p", "related", ...prose(text), " ", make("span", "place", placeText(where))), frame(where, 0, "secondary"));
  if (chain.length > 0) parts.push(make("h3", "", "How it is reached"), chainDiagram(finding));
  if (help !== undefined) parts.push(make("p", "help", make("b", "", "help: "), ...prose(help)));
  const summary = report.codes[code]?.[1];
  if (summary !== undefined) parts.push(make("p", "faint", `${code}: ${summary}. `, make("code", "", `fa explain ${code}`), " says more."));
  return make("div", "details", ...parts);
}

/** @param {Finding} finding */
function item(finding) {
  const { code, severity, message, at, cost } = finding;
  const word = SEVERITIES[severity] ?? "";
  const bytes = cost === undefined ? [] : [make("span", "bytes", `${cost[0]} B a ${cost[1] ? "round" : "call"}`)];
  const button = make("button", "finding", make("span", `badge ${word}`, word), make("span", "rule", code), make("span", "message", ...prose(message)), ...bytes, make("span", "place", placeText(at)));
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const row = make("li", "", button);
  button.addEventListener("click", () => {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) row.querySelector(".details")?.remove();
    else row.append(details(finding));
  });
  return row;
}

const filter = /** @type {HTMLInputElement} */ (byId("filter"));
const codeChoice = /** @type {HTMLSelectElement} */ (byId("code"));
const orderChoice = /** @type {HTMLSelectElement} */ (byId("order"));
const list = byId("findings");
const more = /** @type {HTMLButtonElement} */ (byId("more"));
const severityBoxes = SEVERITIES.map((word) => /** @type {HTMLInputElement} */ (byId(`show-${word}`)));

/** What the filter's words are looked for in. */
const haystacks = report.findings.map(({ code, message, at }) => `${code} ${report.codes[code]?.[0] ?? ""} ${message} ${report.files[at[0]]?.name}`.toLowerCase());

/** @type {number | null} */
let entryChosen = null;
/** @type {Finding[]} */
let shown = [];
let drawn = 0;

function matching() {
  const words = filter.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const found = report.findings.filter((finding, index) =>
    severityBoxes[finding.severity]?.checked === true
    && (codeChoice.value === "" || finding.code === codeChoice.value)
    && (entryChosen === null || finding.cost?.[2] === entryChosen)
    && words.every((word) => haystacks[index]?.includes(word)));
  if (orderChoice.value === "severity") found.sort((a, b) => a.severity - b.severity);
  if (orderChoice.value === "bytes") found.sort((a, b) => (b.cost?.[0] ?? 0) - (a.cost?.[0] ?? 0));
  return found;
}

function draw() {
  shown = matching();
  drawn = 0;
  list.replaceChildren();
  drawMore();
  byId("count").textContent = shown.length === report.findings.length ? `${shown.length} findings` : `${shown.length} of ${report.findings.length} findings`;
}

function drawMore() {
  const next = shown.slice(drawn, drawn + BATCH);
  list.append(...next.map(item));
  drawn += next.length;
  more.hidden = drawn === shown.length;
  more.textContent = `show ${Math.min(BATCH, shown.length - drawn)} more of ${shown.length}`;
}

/** Garbage a frame by what runs it, the most first. */
function drawEntries() {
  const most = Math.max(1, ...report.entries.map(({ bytes }) => bytes));
  const rows = report.entries.map(({ label, at, bytes, findings }, index) => {
    const button = make("button", "entry", ...prose(label));
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      entryChosen = entryChosen === index ? null : index;
      for (const [each, other] of buttons.entries()) other.setAttribute("aria-pressed", String(each === entryChosen));
      draw();
    });
    const bar = make("span", "bar");
    bar.style.inlineSize = `${(bytes / most) * 100}%`;
    return { button, row: make("tr", "", make("td", "", button, " ", make("span", "place", placeText(at))), make("td", "figure", String(findings)), make("td", "figure", bytes.toLocaleString("en")), make("td", "track", bar)) };
  });
  const buttons = rows.map(({ button }) => button);
  byId("entry-rows").append(...rows.map(({ row }) => row));
  byId("entries").hidden = rows.length === 0;
}

/** The next or previous finding's button. @param {number} step */
function move(step) {
  const buttons = [.../** @type {NodeListOf<HTMLButtonElement>} */ (list.querySelectorAll("button.finding"))];
  const at = buttons.findIndex((button) => button.parentElement?.contains(document.activeElement) === true);
  if (at + step >= buttons.length && drawn < shown.length) {
    drawMore();
    move(step);
    return;
  }
  buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)]?.focus();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const isTyping = event.target instanceof HTMLInputElement && event.target.type === "search";
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping) {
    filter.value = "";
    draw();
    move(0);
  } else if (!isTyping && event.key === "/") {
    filter.focus();
    filter.select();
  } else if (!isTyping && (event.key === "j" || event.key === "k")) move(event.key === "j" ? 1 : -1);
  else return;
  event.preventDefault();
}

function start() {
  document.title = `fa: ${report.project}`;
  byId("project").textContent = report.project;
  byId("totals").textContent = report.totals;
  const codes = [...new Set(report.findings.map(({ code }) => code))].sort();
  for (const code of codes) codeChoice.append(new Option(`${code} ${report.codes[code]?.[0] ?? ""}`, code));
  for (const control of [codeChoice, orderChoice, ...severityBoxes]) control.addEventListener("change", draw);
  filter.addEventListener("input", draw);
  byId("search").addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    const first = drawn;
    drawMore();
    /** @type {HTMLElement | null} */ (list.children[first]?.querySelector("button") ?? null)?.focus();
  });
  byId("theme").addEventListener("click", () => {
    const isDark = getComputedStyle(document.documentElement).getPropertyValue("color-scheme") === "dark" || (document.documentElement.dataset["theme"] === undefined && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.dataset["theme"] = isDark ? "light" : "dark";
  });
  document.addEventListener("keydown", onKey);
  new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting) && drawn < shown.length) drawMore(); }, { rootMargin: "400px" }).observe(more);
  drawEntries();
  draw();
}

start();
