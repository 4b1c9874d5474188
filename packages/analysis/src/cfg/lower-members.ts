/** The members of a class: methods, accessors, fields, static blocks, and the fields that a constructor's parameters declare. */
import type * as ES from "@oxc-project/types";
import { endOf, nodeSpan, startOf } from "../source/estree.ts";
import type { ClassId, FunctionId, FunctionKind, MemberIR, Temp } from "../source/ir.ts";
import { readDoc, tagType } from "../source/read-jsdoc.ts";
import { annotationOf, parameterName, readType, typeReader } from "../source/read-type.ts";
import type { TypeTerm } from "../source/type-term.ts";
import type { FunctionBuilder } from "./builder.ts";
import { draftFunction } from "./function-value.ts";
import { nameValue } from "./lower-expression.ts";

export interface MemberKey {
  readonly member: ES.ClassElement;
  /** Null when computed and not constant. */
  readonly name: string | null;
  readonly decorators: readonly Temp[];
}

type MethodNode = ES.MethodDefinition;
type FieldNode = ES.PropertyDefinition | ES.AccessorProperty;

export function lowerMembers(f: FunctionBuilder, node: ES.Class, class_: ClassId, keys: readonly MemberKey[]): { readonly members: readonly MemberIR[]; readonly constructor_: FunctionId | null } {
  const implemented = new Set<string>();
  for (const key of keys) if (isMethod(key.member) && key.member.value.body != null) implemented.add(signatureKey(key.member, key.name));
  const members: MemberIR[] = [];
  let constructor_: FunctionId | null = null;
  for (const { member, name } of keys) {
    if (isMethod(member)) {
      // A signature counts only where nothing implements it.
      if (member.value.body == null && name !== null && implemented.has(signatureKey(member, name))) continue;
      const id = lowerMethod(f, node, class_, member, name);
      if (member.kind === "constructor") {
        constructor_ ??= id;
        members.push(...parameterProperties(f, member));
      } else members.push(methodMember(f, member, name, id));
    } else if (member.type === "StaticBlock") members.push(staticBlock(f, class_, member));
    else if (member.type !== "TSIndexSignature") members.push(lowerField(f, class_, member, name));
  }
  return { members, constructor_ };
}

function isMethod(member: ES.ClassElement): member is MethodNode {
  return member.type === "MethodDefinition" || member.type === "TSAbstractMethodDefinition";
}

function signatureKey(member: MethodNode, name: string | null): string {
  return `${member.static ? "static " : ""}${member.kind} ${name ?? `at ${startOf(member)}`}`;
}

const FUNCTION_KINDS: Readonly<Record<ES.MethodDefinitionKind, FunctionKind>> = { constructor: "constructor", method: "method", get: "getter", set: "setter" };

function lowerMethod(f: FunctionBuilder, node: ES.Class, class_: ClassId, member: MethodNode, name: string | null): FunctionId {
  return draftFunction(f, member.value, {
    kind: FUNCTION_KINDS[member.kind],
    name: name ?? "",
    nameSpan: nodeSpan(member.key),
    scope: f.scope,
    docStart: startOf(member),
    class: class_,
    static: member.static,
    derived: node.superClass !== null,
  }).id;
}

function methodMember(f: FunctionBuilder, member: MethodNode, name: string | null, id: FunctionId): MemberIR {
  const kind = member.kind === "get" ? "getter" : member.kind === "set" ? "setter" : "method";
  return { name, kind, static: member.static, function: id, type: kind === "method" ? null : accessorType(f, member), span: nodeSpan(member) };
}

function accessorType(f: FunctionBuilder, member: MethodNode): TypeTerm | null {
  const reader = typeReader(f.module, f.scope);
  const param = member.value.params[0];
  const annotation = member.kind === "get" ? member.value.returnType?.typeAnnotation : param === undefined ? null : annotationOf(param);
  if (annotation != null) return readType(reader, annotation);
  if (!f.module.readsJsdocTypes) return null;
  const doc = readDoc(f.module.docs.before(startOf(member)));
  return member.kind === "get" ? tagType(reader, doc, "type", "returns", "return") : tagType(reader, doc, "type", "param");
}

function lowerField(f: FunctionBuilder, class_: ClassId, member: FieldNode, name: string | null): MemberIR {
  const start = startOf(member);
  let id: FunctionId | null = null;
  if (member.value !== null) {
    nameValue(f, member.value, name, member.key, null, start);
    id = fieldFunction(f, class_, member, member.value, name);
  }
  const reader = typeReader(f.module, f.scope);
  const annotation = member.typeAnnotation?.typeAnnotation;
  const documented = (): TypeTerm | null => (f.module.readsJsdocTypes ? tagType(reader, readDoc(f.module.docs.before(start)), "type") : null);
  const type = annotation === undefined ? documented() : readType(reader, annotation);
  return { name, kind: "field", static: member.static, function: id, type, span: nodeSpan(member) };
}

function fieldFunction(f: FunctionBuilder, class_: ClassId, member: FieldNode, value: ES.Expression, name: string | null): FunctionId {
  const known = f.module.functionOf.get(member);
  if (known !== undefined) return known.id;
  const draft = f.module.addFunction({
    name: name ?? "",
    nameSpan: nodeSpan(member.key),
    span: nodeSpan(value),
    kind: "field",
    parent: f.draft,
    class: class_,
    static: member.static,
    doc: readDoc(f.module.docs.before(startOf(member))),
    source: { kind: "expression", node: value },
    scope: f.scope,
  });
  f.module.functionOf.set(member, draft);
  return draft.id;
}

function staticBlock(f: FunctionBuilder, class_: ClassId, member: ES.StaticBlock): MemberIR {
  const span = nodeSpan(member);
  const draft = f.module.addFunction({
    name: "",
    nameSpan: { start: span.start, end: Math.min(span.end, span.start + "static".length) },
    span,
    kind: "static-block",
    parent: f.draft,
    class: class_,
    static: true,
    source: { kind: "statements", body: member.body, end: endOf(member) },
    scope: f.scope,
  });
  return { name: null, kind: "static-block", static: true, function: draft.id, type: null, span };
}

function parameterProperties(f: FunctionBuilder, member: MethodNode): MemberIR[] {
  return member.value.params.flatMap((param): MemberIR[] => {
    if (param.type !== "TSParameterProperty") return [];
    const annotation = annotationOf(param);
    const type = annotation === null ? null : readType(typeReader(f.module, f.scope), annotation);
    return [{ name: parameterName(param), kind: "field", static: false, function: null, type, span: nodeSpan(param) }];
  });
}
