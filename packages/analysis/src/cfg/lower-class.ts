/**
 * Classes. Heritage, computed keys and decorators are evaluated in order, then one operation makes the class; initialisers of fields and static
 * blocks are functions of their own, listed as members (the static ones run as part of that operation). Decorators are then called.
 */
import type * as ES from "@oxc-project/types";
import { createScope, declare, declareType, lookUp, type Scope } from "../source/bind.ts";
import { dottedName, endOf, nodeSpan, startOf } from "../source/estree.ts";
import type { ClassIR, Temp, VariableId } from "../source/ir.ts";
import { heritageTerm, readDoc, readTags, templateNames, type DocTag } from "../source/read-jsdoc.ts";
import { nameTerm, readArguments, typeParameterBounds, typeParameterNames, typeReader } from "../source/read-type.ts";
import type { Span } from "../source/span.ts";
import type { TypeTerm } from "../source/type-term.ts";
import type { FunctionBuilder } from "./builder.ts";
import { lowerMembers, type MemberKey } from "./lower-members.ts";
import { keyOf } from "./lower-chain.ts";
import { lowerExpression } from "./lower-expression.ts";

/** A class declaration's variable is declared already; it is initialised here. */
export function lowerClassDeclaration(f: FunctionBuilder, node: ES.Class): void {
  const value = lowerClass(f, node);
  const variable = node.id === null ? null : lookUp(f.scope, node.id.name);
  if (variable !== null && node.id !== null) f.store(variable, value, node, nodeSpan(node.id));
}

export function lowerClass(f: FunctionBuilder, node: ES.Class): Temp {
  const outer = f.scope;
  const given = f.module.givenNames.get(node);
  const docStart = node.type === "ClassDeclaration" ? f.docStart : (given?.docStart ?? startOf(node));
  const decorators = evaluateDecorators(f, node.decorators);
  const { scope, own } = classScope(f, node);
  f.scope = scope;
  const superTemp = node.superClass === null ? null : lowerExpression(f, node.superClass);
  const members = node.body.body.map((member): MemberKey => ({ member, ...evaluateMember(f, member) }));
  const known = f.module.classOf.get(node);
  const variable = own ?? given?.variable ?? null;
  const id = known ?? buildClass(f, node, { name: node.id?.name ?? given?.name ?? "", variable, superTemp, members, docStart, nameSpan: given?.span ?? null });
  const dst = f.temp();
  f.emit({ op: "class", dst, class: id, span: nodeSpan(node) });
  if (node.type === "ClassExpression" && own !== null && node.id !== null) f.store(own, dst, node, nodeSpan(node.id));
  for (const { decorators: temps } of members) callDecorators(f, temps, dst);
  callDecorators(f, decorators, dst);
  f.scope = outer;
  return dst;
}

/** Holds the type parameters and the name of a class expression. */
function classScope(f: FunctionBuilder, node: ES.Class): { readonly scope: Scope; readonly own: VariableId | null } {
  const known = f.module.scopeOf.get(node);
  const scope = known ?? createScope(f.scope, f.draft);
  f.module.scopeOf.set(node, scope);
  for (const name of typeParameterNames(node.typeParameters)) declareType(scope, name, name);
  if (node.id === null) return { scope, own: null };
  const own = node.type === "ClassExpression" ? declare(f.module, scope, "class", node.id.name, nodeSpan(node.id)) : lookUp(scope, node.id.name);
  return { scope, own };
}

interface ClassParts {
  readonly name: string;
  readonly variable: VariableId | null;
  readonly superTemp: Temp | null;
  readonly members: readonly MemberKey[];
  readonly docStart: number;
  readonly nameSpan: Span | null;
}

function buildClass(f: FunctionBuilder, node: ES.Class, parts: ClassParts): number {
  const start = startOf(node);
  const nameSpan = node.id !== null ? nodeSpan(node.id) : (parts.nameSpan ?? { start, end: Math.min(endOf(node), start + "class".length) });
  const skeleton = f.module.addClass(node, f.draft.id, parts.name, parts.variable, nodeSpan(node), nameSpan);
  const doc = readDoc(f.module.docs.before(parts.docStart));
  const templates = f.module.readsJsdocTypes ? templateNames(doc) : [];
  for (const name of templates) declareType(f.scope, name, name);
  const { members, constructor_ } = lowerMembers(f, node, skeleton.id, parts.members);
  const class_: ClassIR = {
    ...skeleton,
    superTemp: parts.superTemp,
    superTerm: superTerm(f, node, doc),
    implements: implementedTerms(f, node),
    typeParameters: [...typeParameterNames(node.typeParameters), ...templates],
    typeBounds: typeParameterBounds(typeReader(f.module, f.scope), node.typeParameters),
    constructor_,
    members,
    tags: readTags(doc),
  };
  f.module.setClass(class_);
  return class_.id;
}

function superTerm(f: FunctionBuilder, node: ES.Class, doc: readonly DocTag[]): TypeTerm | null {
  if (node.superClass === null) return null;
  const reader = typeReader(f.module, f.scope);
  if (f.module.readsJsdocTypes) {
    const documented = heritageTerm(reader, doc);
    // JSDoc may add type arguments to what the code says.
    if (documented?.kind === "name" && documented.args.length > 0) return documented;
  }
  const parts = dottedName(node.superClass);
  return parts === null ? null : nameTerm(reader, parts, readArguments(reader, node.superTypeArguments));
}

function implementedTerms(f: FunctionBuilder, node: ES.Class): TypeTerm[] {
  const reader = typeReader(f.module, f.scope);
  return (node.implements ?? []).map((entry) => nameTerm(reader, dottedName(entry.expression), readArguments(reader, entry.typeArguments)));
}

/** A member's decorators and computed key, evaluated with the class. */
function evaluateMember(f: FunctionBuilder, member: ES.ClassElement): { readonly name: string | null; readonly decorators: readonly Temp[] } {
  if (member.type === "StaticBlock" || member.type === "TSIndexSignature") return { name: null, decorators: [] };
  const decorators = evaluateDecorators(f, member.decorators);
  if (member.type === "MethodDefinition" || member.type === "TSAbstractMethodDefinition") {
    for (const param of member.value.params) decorators.push(...evaluateDecorators(f, param.decorators));
  }
  return { name: keyOf(f, member.key, member.computed).key, decorators };
}

function evaluateDecorators(f: FunctionBuilder, decorators: readonly ES.Decorator[] | undefined): Temp[] {
  return (decorators ?? []).map((decorator) => lowerExpression(f, decorator.expression));
}

/** Decorators run innermost first. What they return instead of the class is not followed. */
function callDecorators(f: FunctionBuilder, decorators: readonly Temp[], class_: Temp): void {
  for (const callee of [...decorators].reverse()) {
    const span = f.module.classes.at(-1)?.nameSpan ?? { start: 0, end: 0 };
    f.emit({ op: "call", dst: f.temp(), callee, receiver: null, key: null, args: [{ temp: class_, spread: false, span }], calleeSpan: span, tagged: false, typeArgs: [], span });
  }
}
