/** One rule of the catalogue as an ESLint rule: takes its own findings out of the analysis that all rules of a file share. */
import type { Diagnostic, Fix, Rule } from "@framealloc/analysis";
import type { TSESLint } from "@typescript-eslint/utils";
// Built into the package: as a dependency it would ask for a TypeScript with an API, which TypeScript 7 has not.
import { RuleCreator } from "@typescript-eslint/utils/eslint-utils";
import { findingsIn } from "./cache.ts";

type MessageId = "finding" | "failure" | "fix";

/** What the plugin's own documentation knows of a rule. */
interface RuleDocs {
  /** `FA002`, as `fa` reports it. */
  readonly code: string;
  /** In the configuration `recommended`. */
  readonly recommended: boolean;
}

type AdaptedRule = TSESLint.RuleModule<MessageId, [], RuleDocs>;

type Context = Readonly<TSESLint.RuleContext<MessageId, []>>;

/**
 * Reports at the places and in the words of `fa`, with the code at the end. A safe rewrite of the linted file is a fix, any other a suggestion.
 * Costs an analysis for the first rule of a file text, and next to nothing for the others.
 */
export function adaptRule(rule: Rule, findings = findingsIn): AdaptedRule {
  const createRule = RuleCreator<RuleDocs>(() => `docs/rules/${rule.code}.md`);
  return createRule<[], MessageId>({
    name: rule.name,
    meta: {
      type: rule.severity === "error" ? "problem" : "suggestion",
      docs: { description: rule.summary, code: rule.code, recommended: rule.severity !== "hint" },
      messages: { finding: "{{message}} ({{code}})", failure: "this rule failed: {{message}} (FA901)", fix: "{{title}}" },
      // No options, so no defaults of them either: what can be set stands in `.fa.toml`.
      schema: [],
      // No `languages`: ESLint would refuse a configuration that has files of others too, in which no program ends and nothing is reported.
      hasSuggestions: true,
      fixable: "code",
    },
    create: (context) => ({
      "Program:exit"() {
        const { diagnostics, failures } = findings(context, rule.code);
        for (const diagnostic of diagnostics) if (diagnostic.code === rule.code) report(context, diagnostic);
        for (const { code, error } of failures) if (code === rule.code) reportFailure(context, error);
      },
    }),
  });
}

function report(context: Context, diagnostic: Diagnostic): void {
  const { sourceCode } = context;
  const fixes = diagnostic.fixes.filter((fix) => fix.edits.every((edit) => edit.at.file === diagnostic.at.file));
  const safe = fixes.find((fix) => fix.safe);
  context.report({
    loc: { start: sourceCode.getLocFromIndex(diagnostic.at.span.start), end: sourceCode.getLocFromIndex(diagnostic.at.span.end) },
    messageId: "finding",
    data: { message: diagnostic.help === null ? diagnostic.message : `${diagnostic.message}; ${diagnostic.help}`, code: diagnostic.code },
    ...(safe === undefined ? {} : { fix: (fixer) => edits(fixer, safe, sourceCode.text) }),
    suggest: fixes.filter((fix) => !fix.safe).map((fix) => ({ messageId: "fix", data: { title: fix.title }, fix: (fixer) => edits(fixer, fix, sourceCode.text) })),
  });
}

/** A failure of ours is said at the top of the file; the findings of other rules stand. */
function reportFailure(context: Context, error: unknown): void {
  context.report({ loc: { line: 1, column: 0 }, messageId: "failure", data: { message: error instanceof Error ? error.message : String(error) } });
}

/** With the line breaks of the file, as `fa` writes them. */
function edits(fixer: TSESLint.RuleFixer, fix: Fix, source: string): TSESLint.RuleFix[] {
  const isWindows = /^[^\n]*\r\n/.test(source);
  return fix.edits.map(({ at, text }) => fixer.replaceTextRange([at.span.start, at.span.end], isWindows ? text.replace(/\r?\n/g, "\r\n") : text));
}
