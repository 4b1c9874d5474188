/** `switch`: the tests in order, then the bodies, each running on into the next one. */
import type * as ES from "@oxc-project/types";
import { createScope, declareStatements } from "../source/bind.ts";
import { nodeSpan } from "../source/estree.ts";
import type { BlockDraft, FunctionBuilder } from "./builder.ts";
import { hoistFunctions } from "./function-value.ts";
import { lowerExpression } from "./lower-expression.ts";
import { lowerStatements } from "./lower-statement.ts";

export function lowerSwitch(f: FunctionBuilder, node: ES.SwitchStatement, labels: readonly string[]): void {
  const discriminant = lowerExpression(f, node.discriminant);
  const outer = f.scope;
  const all = node.cases.flatMap((case_) => case_.consequent);
  const scope = f.module.scopeOf.get(node) ?? createScope(outer, f.draft);
  if (!f.module.scopeOf.has(node)) declareStatements(f.module, scope, all, f.namespacePrefix);
  f.module.scopeOf.set(node, scope);
  f.scope = scope;
  hoistFunctions(f, all);
  const after = f.block();
  const bodies = node.cases.map(() => f.block());
  lowerTests(f, node, discriminant, (index) => bodies[index] ?? after, after);
  f.exits.push({ kind: "block", labels, breakTo: after, isSwitch: true });
  for (const [index, case_] of node.cases.entries()) {
    f.begin(bodies[index] ?? after);
    lowerStatements(f, case_.consequent);
    f.goto(bodies[index + 1] ?? after);
  }
  f.exits.pop();
  f.scope = outer;
  f.begin(after);
}

/** The tests in order, one branch each; `default` is where the last one leads when it fails, wherever it is written. */
function lowerTests(f: FunctionBuilder, node: ES.SwitchStatement, discriminant: number, body: (index: number) => BlockDraft, after: BlockDraft): void {
  let fallback = after;
  for (const [index, case_] of node.cases.entries()) {
    if (case_.test === null) {
      fallback = body(index);
      continue;
    }
    const span = nodeSpan(case_.test);
    const right = lowerExpression(f, case_.test);
    const test = f.temp();
    f.emit({ op: "binary", dst: test, operator: "===", left: discriminant, right, span });
    const next = f.block();
    f.branch(test, "truthy", body(index), next, span);
    f.begin(next);
  }
  f.goto(fallback);
}
