/** One rule of the catalogue as an ESLint rule: takes its own diagnostics out of the analysis that all rules of a file share. */
import type { Diagnostic, Fix, Rule } from "@framealloc/analysis";
import { ESLintUtils, type TSESLint } from "@typescript-eslint/utils";
import { diagnosticsOf } from "./cache.ts";

export type MessageIds = "finding" | "fix";
export type AdaptedRule = TSESLint.RuleModule<MessageIds, readonly []>;

const createRule = ESLintUtils.RuleCreator.withoutDocs;

/** Reports at the places and in the words of `fa`; safe rewrites are fixes, others suggestions. */
export function adaptRule(rule: Rule): AdaptedRule {
  return createRule<readonly [], MessageIds>({
    meta: {
      type: rule.severity === "error" ? "problem" : "suggestion",
      docs: { description: rule.summary, url: `docs/rules/${rule.code}.md` },
      messages: { finding: "{{message}} ({{code}})", fix: "{{title}}" },
      schema: [],
      hasSuggestions: true,
      fixable: "code",
    },
    defaultOptions: [],
    create(context) {
      return {
        "Program:exit"() {
          for (const diagnostic of diagnosticsOf(context)) if (diagnostic.code === rule.code) report(context, diagnostic);
        },
      };
    },
  });
}

type Context = Readonly<TSESLint.RuleContext<MessageIds, readonly []>>;

function report(context: Context, diagnostic: Diagnostic): void {
  const { sourceCode } = context;
  const safe = diagnostic.fixes.find((fix) => fix.safe && inThisFile(fix, diagnostic));
  const suggestions = diagnostic.fixes.filter((fix) => !fix.safe && inThisFile(fix, diagnostic));
  context.report({
    loc: { start: sourceCode.getLocFromIndex(diagnostic.at.span.start), end: sourceCode.getLocFromIndex(diagnostic.at.span.end) },
    messageId: "finding",
    data: { message: diagnostic.message + helpOf(diagnostic), code: diagnostic.code },
    ...(safe === undefined ? {} : { fix: (fixer) => applied(fixer, safe) }),
    suggest: suggestions.map((fix) => ({ messageId: "fix", data: { title: fix.title }, fix: (fixer) => applied(fixer, fix) })),
  });
}

function helpOf(diagnostic: Diagnostic): string {
  return diagnostic.help === null ? "" : `; ${diagnostic.help}`;
}

/** ESLint edits the file at hand only. */
function inThisFile(fix: Fix, diagnostic: Diagnostic): boolean {
  return fix.edits.every((edit) => edit.at.file === diagnostic.at.file);
}

function applied(fixer: TSESLint.RuleFixer, fix: Fix): TSESLint.RuleFix[] {
  return fix.edits.map((edit) => fixer.replaceTextRange([edit.at.span.start, edit.at.span.end], edit.text));
}
