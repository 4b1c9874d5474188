/** `fa explain <code>`: all that the catalogue says of a code, found by its number, its name, or what cargo-fa called it. */
import { FAMILIES } from "@framealloc/rules/families";
import { INTERNAL_ERROR } from "../fault-diagnostic.ts";
import type { Host } from "../host.ts";
import { nearestWord } from "@framealloc/rules/codes";
import type { ExplainFormat } from "../parse-args.ts";
import { painter } from "../report/painter.ts";
import type { CodeText } from "../report/report.ts";
import { useColor } from "../use-color.ts";
import { UsageError } from "../usage-error.ts";

/** Returns the exit code. Throws a `UsageError` for an unknown code. */
export async function explainCommand(host: Host, word: string, format: ExplainFormat, color: boolean | null, codes: readonly CodeText[]): Promise<number> {
  const text = findCode(word, codes);
  const paint = painter(useColor(host, color)).paint;
  const output = { json: () => json(text), markdown: () => markdown(text), terminal: () => terminal(text, (part) => paint(part, "strong", text.severity)) }[format]();
  await host.out.write(output);
  return 0;
}

function findCode(word: string, codes: readonly CodeText[]): CodeText {
  const wanted = word.trim().toLowerCase();
  const names = (text: CodeText): readonly string[] => [text.code, text.name, ...text.formerly];
  // Its own code or name first: an old name may have become another rule's.
  const found = codes.find((text) => [text.code, text.name].some((name) => name.toLowerCase() === wanted)) ?? codes.find((text) => text.formerly.some((name) => name.toLowerCase() === wanted));
  if (found !== undefined) return found;
  const nearest = nearestWord(wanted, codes.flatMap(names));
  throw new UsageError(`unknown code \`${word}\``, { help: nearest === null ? "`fa list` shows all codes" : `did you mean \`${nearest}\`?` });
}

function familyTitles(text: CodeText): readonly string[] {
  return [...new Set(text.families)].map((key) => `--${key} (${FAMILIES.filter((family) => family.key === key).map((family) => family.title).join("; ")})`);
}

const suppression = (code: string): string => `// fa-ignore-next-line ${code} -- why it is right here`;
const configuration = (code: string): string => `[lints.levels]\n${code} = "allow"`;

/** The parts that there are, in order, each with its heading. */
function sections(text: CodeText): readonly { readonly title: string; readonly body: string; readonly form: "prose" | "ts" | "toml" }[] {
  const { code, docs } = text;
  // The command's own codes speak of files and comments, which no comment can answer; its failures cannot be turned off at all.
  const isRule = text.families.length > 0;
  const parts = [
    { title: "Why", body: docs.why, form: "prose" },
    { title: "Where `.fa.toml` says", body: docs.config ?? "", form: "toml" },
    { title: "Reported", body: docs.bad, form: "ts" },
    { title: "Instead", body: docs.good, form: "ts" },
    { title: "Known misses", body: docs.misses, form: "prose" },
    { title: "To suppress one", body: isRule ? suppression(code) : "", form: "ts" },
    { title: "To turn it off, in `.fa.toml`", body: code === INTERNAL_ERROR ? "" : configuration(code), form: "toml" },
  ] as const;
  return parts.filter(({ body }) => body.trim() !== "").map((part) => ({ ...part, body: part.body.trim() }));
}

function factLines(text: CodeText): readonly string[] {
  return [`severity: ${text.severity}`, ...(text.families.length === 0 ? [] : [`family: ${familyTitles(text).join(", ")}`]), ...(text.formerly.length === 0 ? [] : [`formerly: ${text.formerly.join(", ")}`])];
}

function terminal(text: CodeText, strong: (part: string) => string): string {
  const indent = (body: string): string => body.split("\n").map((line) => (line === "" ? "" : `  ${line}`)).join("\n");
  const head = [strong(`${text.code} ${text.name}`), text.summary, "", ...factLines(text)].join("\n");
  return `${[head, ...sections(text).map(({ title, body }) => `${strong(title)}\n${indent(body)}`)].join("\n\n")}\n`;
}

function markdown(text: CodeText): string {
  const head = [`# ${text.code} ${text.name}`, `${text.summary.charAt(0).toUpperCase()}${text.summary.slice(1)}.`, factLines(text).map((line) => `- ${line}`).join("\n")];
  const bodies = sections(text).map(({ title, body, form }) => `## ${title}\n\n${form === "prose" ? body : `\`\`\`${form}\n${body}\n\`\`\``}`);
  return `${[...head, ...bodies].join("\n\n")}\n`;
}

function json(text: CodeText): string {
  const { code, name, severity, families, summary, formerly, docs } = text;
  return `${JSON.stringify({ code, name, severity, families, summary, formerly, why: docs.why, ...(docs.config === undefined ? {} : { config: docs.config }), bad: docs.bad, good: docs.good, misses: docs.misses, suppress: families.length > 0 ? suppression(code) : null }, null, 2)}\n`;
}
