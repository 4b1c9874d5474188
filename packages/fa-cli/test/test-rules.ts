/** Rules small enough to see through: each reports the uses of one global name. They stand in for the catalogue where the command itself is tested. */
import { defineFact, type Facts, type Finding, type Needs, type Program, type Rule, type Severity } from "@framealloc/analysis";

const program = defineFact<Program>("test program", (given) => given);

/** Reports `boom` and the like; nothing in files that are only linked against. */
export function nameRule(code: string, word: string, severity: Severity, parts: Partial<Rule> = {}): Rule {
  return {
    code,
    name: `${word}-use`,
    families: ["dirtymem"],
    severity,
    since: "0.1.0",
    summary: `\`${word}\` is used`,
    formerly: [],
    docs: { why: `\`${word}\` is not to be used.`, bad: `${word}();\n`, good: "calm();\n", misses: "none" },
    needs: { program } satisfies Needs,
    check: (facts: Facts<Needs>, report: (finding: Finding) => void) => {
      // The runner hands over exactly what `needs` names.
      for (const module of (facts["program"] as Program).modules) {
        if (module.role !== "project") continue;
        for (const { blocks } of module.functions) {
          for (const op of blocks.flatMap((block) => block.ops)) if (op.op === "global" && op.name === word) report({ at: { file: module.file, span: op.span }, message: `\`${word}\` is used`, help: "stay calm" });
        }
      }
    },
    ...parts,
  };
}

/** Reports a global name and offers to write another in its place, or whatever `text` makes of it. */
export function rewritingRule(code: string, word: string, safe: boolean, text: string): Rule {
  const plain = nameRule(code, word, "warning");
  return {
    ...plain,
    check: (facts, report) => { plain.check(facts, (finding) => { report({ ...finding, fixes: [{ title: `write \`${text}\``, safe, edits: [{ at: finding.at, text }] }] }); }); },
  };
}

export const BOOM = nameRule("FA002", "boom", "error", { formerly: ["FA701"] });
export const CREAK = nameRule("FA602", "creak", "warning", { families: ["async-safety", "dirtymem"] });
export const SIGH = nameRule("FA510", "sigh", "hint", { families: ["intent"] });

export const TEST_CATALOGUE: readonly Rule[] = [BOOM, SIGH, CREAK];

/** A rule that fails on every program. */
export const BROKEN = nameRule("FA603", "never", "error", { check: () => { throw new TypeError("cannot read\nthe stars"); } });
