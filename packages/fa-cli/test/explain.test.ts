/** `fa explain` over every code that there is: what it says, how it is found, and that the examples of the command's own codes are what they say. */
import { CATALOGUE } from "@framealloc/rules";
import { RUNTIME_ONLY_CODES } from "@framealloc/rules/codes";
import { describe, expect, test } from "vitest";
import { KNOWN_CODES } from "../../../tools/known-codes.ts";
import { codeTexts, everyCode } from "../src/code-texts.ts";
import { memoryHost } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";
import { RUNTIME_CODES } from "../src/runtime-codes.ts";

const ALL = everyCode(codeTexts(CATALOGUE));
/** A failure of ours has no example, and no comment or level that hides it. */
const FAILURE = "FA901";

async function fa(files: Readonly<Record<string, string>>, ...args: string[]): Promise<{ readonly out: string; readonly err: string }> {
  const host = memoryHost(new Map(Object.entries(files)), { cwd: "/game", args });
  await runCommand(host, CATALOGUE);
  return host.written;
}

const explain = async (...args: string[]): Promise<string> => {
  const { out, err } = await fa({}, "explain", ...args);
  expect(err).toBe("");
  return out;
};

test("every code of the catalogue, of the command and of the runtime alone is there, by the name that it has everywhere", () => {
  expect(ALL.length).toBe(CATALOGUE.length + 6);
  expect(ALL.filter(({ code, name }) => KNOWN_CODES.get(code) !== name)).toEqual([]);
  expect(ALL.map(({ code }) => code)).toEqual([...new Set(ALL.map(({ code }) => code))].sort());
});

describe.each(ALL.map((text) => [text.code, text] as const))("%s", (code, text) => {
  const indented = (body: string): string => body.trim().split("\n").map((line) => (line === "" ? "" : `  ${line}`)).join("\n");

  test("why, what is reported, what to write instead, what is not seen, and how to suppress it", async () => {
    const out = await explain(code);
    expect(out.startsWith(`${code} ${text.name}\n${text.summary}\n\nseverity: ${text.severity}\n`)).toBe(true);
    for (const [title, body] of [["Why", text.docs.why], ["Reported", text.docs.bad], ["Instead", text.docs.good], ["Known misses", text.docs.misses]] as const) {
      if (code === FAILURE && body === "") continue;
      expect(body.trim(), title).not.toBe("");
      expect(out).toContain(`\n\n${title}\n${indented(body)}\n`);
    }
    expect(out.includes(`\n  // fa-ignore-next-line ${code} -- `)).toBe(text.families.length > 0);
    expect(out.includes(`\n  ${code} = "allow"\n`)).toBe(code !== FAILURE);
    expect(out.includes("\nformerly: ")).toBe(text.formerly.length > 0);
    for (const name of text.formerly) expect(out).toMatch(new RegExp(`\nformerly: .*\\b${name}\\b`));
  });

  test("as Markdown and as JSON it says the same", async () => {
    const json = JSON.parse(await explain(code, "-f", "json"));
    expect(json).toMatchObject({ code, name: text.name, severity: text.severity, summary: text.summary, formerly: text.formerly, why: text.docs.why, bad: text.docs.bad, good: text.docs.good, misses: text.docs.misses });
    const markdown = await explain(code, "-f", "markdown");
    expect(markdown.startsWith(`# ${code} ${text.name}\n`)).toBe(true);
    for (const body of [text.docs.why, text.docs.bad, text.docs.good, text.docs.misses]) expect(markdown).toContain(body.trim());
  });

  test("is found by its name and by its former ones, but for those that another has now", async () => {
    const out = await explain(code);
    expect(await explain(text.name.toUpperCase())).toBe(out);
    const taken = new Set(ALL.map((each) => each.code));
    for (const name of text.formerly.filter((each) => !taken.has(each))) expect(await explain(name)).toBe(out);
  });
});

test.each(["FA900", "FA902"])("the examples of %s are what they say", async (code) => {
  const docs = ALL.find((text) => text.code === code)?.docs;
  const codes = async (source: string): Promise<string[]> => [...(await fa({ "a.ts": source }, "-f", "compact")).out.matchAll(/\((FA\d+)\)$/gm)].map(([, found = ""]) => found);
  expect(await codes(docs?.bad ?? "")).toEqual([code]);
  expect(await codes(docs?.good ?? "")).toEqual([]);
});

test("the list has them all, each once, under its family", async () => {
  const { out } = await fa({}, "list");
  for (const { code, name } of ALL) expect(out.match(new RegExp(`^  ${code}  ${name} `, "gm")), code).toHaveLength(1);
});

test("what the runtime alone reports is explained, and is no code to choose or suppress", () => {
  expect(RUNTIME_CODES.map(({ code }) => code)).toEqual(RUNTIME_ONLY_CODES);
});
