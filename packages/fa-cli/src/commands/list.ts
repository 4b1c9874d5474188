/** `fa list`: every code with its severity and what it reports. */
import { FAMILIES } from "@framealloc/rules/families";
import type { Host } from "../host.ts";
import type { ExplainFormat } from "../parse-args.ts";
import { painter } from "../report/painter.ts";
import type { CodeText } from "../report/report.ts";
import { useColor } from "../use-color.ts";

/** Returns the exit code. `category` is a family's key; null is all. */
export async function listCommand(host: Host, category: string | null, format: ExplainFormat, color: boolean | null, codes: readonly CodeText[]): Promise<number> {
  const listed = codes.filter((text) => category === null || text.families.includes(category));
  const output = { json: () => json(listed), markdown: () => markdown(listed), terminal: () => terminal(listed, useColor(host, color)) }[format]();
  await host.out.write(output);
  return 0;
}

interface Group {
  readonly title: string;
  readonly codes: readonly CodeText[];
}

/** By the first digit of the code, as the families are. */
function groups(codes: readonly CodeText[]): readonly Group[] {
  const families = [...FAMILIES, { key: null, prefix: "FA9", title: "the command itself" }];
  return families
    .map(({ key, prefix, title }) => ({ title: key === null ? title : `${title} (--${key})`, codes: codes.filter(({ code }) => code.startsWith(prefix)) }))
    .filter((group) => group.codes.length > 0);
}

function terminal(codes: readonly CodeText[], color: boolean): string {
  const { paint } = painter(color);
  // Names of rules are plain letters: nothing has to be measured.
  const nameWidth = Math.max(0, ...codes.map(({ name }) => name.length));
  const line = ({ code, name, severity, summary }: CodeText): string => `  ${code}  ${name.padEnd(nameWidth)}  ${paint(severity.padEnd(7), "primary", severity)}  ${summary}`;
  const blocks = groups(codes).map((group) => [paint(group.title, "strong", "hint"), ...group.codes.map(line)].join("\n"));
  return codes.length === 0 ? "no codes\n" : `${blocks.join("\n\n")}\n`;
}

function markdown(codes: readonly CodeText[]): string {
  const row = ({ code, name, severity, summary }: CodeText): string => `| ${code} | ${name} | ${severity} | ${summary.replaceAll("|", "\\|")} |`;
  return groups(codes).map((group) => `## ${group.title}\n\n| code | name | severity | reports |\n|---|---|---|---|\n${group.codes.map(row).join("\n")}\n`).join("\n");
}

function json(codes: readonly CodeText[]): string {
  return `${JSON.stringify(codes.map(({ code, name, severity, families, summary, formerly }) => ({ code, name, severity, families, summary, formerly })), null, 2)}\n`;
}
