/**
 * `try`. What it guards has the catch block as its handler, or the copy of `finally` that a throw enters; the catch block has the latter.
 * The copies of `finally` are made by `exits.ts`.
 */
import type * as ES from "@oxc-project/types";
import { createScope, declarePattern } from "../source/bind.ts";
import { nodeSpan } from "../source/estree.ts";
import type { BlockDraft, FunctionBuilder } from "./builder.ts";
import { closeRegion, leaveNormally, openRegion, type Region } from "./exits.ts";
import { destructure } from "./lower-pattern.ts";
import { lowerScoped } from "./lower-statement.ts";

export function lowerTry(f: FunctionBuilder, node: ES.TryStatement): void {
  const after = f.block();
  const { finalizer, handler } = node;
  const region = finalizer === null ? null : openRegion(f, () => lowerScoped(f, finalizer.body, finalizer), nodeSpan(finalizer));
  const outer = f.handler;
  const catchEntry = handler === null ? null : f.block("catch");
  f.handler = catchEntry ?? outer;
  const body = f.block();
  f.goto(body);
  f.begin(body);
  lowerScoped(f, node.block.body, node.block);
  end(f, region, after);
  f.handler = outer;
  if (handler !== null && catchEntry !== null) {
    f.begin(catchEntry);
    lowerCatch(f, handler);
    end(f, region, after);
  }
  if (region !== null) closeRegion(f, region);
  f.begin(after);
}

function end(f: FunctionBuilder, region: Region | null, after: BlockDraft): void {
  if (region !== null) leaveNormally(f, region, after);
  else f.goto(after);
}

/** What was thrown is in the catch variable, or in a nameless one that a pattern takes apart. */
function lowerCatch(f: FunctionBuilder, node: ES.CatchClause): void {
  const outer = f.scope;
  const { param } = node;
  if (param !== null) {
    let scope = f.module.scopeOf.get(node);
    if (scope === undefined) {
      scope = createScope(outer, f.draft);
      declarePattern(f.module, scope, "catch", param);
      f.module.scopeOf.set(node, scope);
    }
    f.scope = scope;
    if (param.type !== "Identifier") {
      const caught = f.module.addVariable("catch", "", f.draft, nodeSpan(param));
      destructure(f, param, f.load(caught, nodeSpan(param)), param);
    }
  }
  lowerScoped(f, node.body.body, node.body);
  f.scope = outer;
}
