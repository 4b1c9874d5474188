/**
 * A module while it is lowered: what `ModuleIR` will hold, still open to change. Functions wait in a queue and are lowered one after the
 * other, so functions nested in functions cost no stack.
 *
 * Invariants
 *   I1  a tree node has at most one draft of a function, class or scope, however often the code around it is lowered (`finally`)
 *   I2  a draft's scope chain is complete when it leaves the queue
 */
import type * as ES from "@oxc-project/types";
import type { Scope } from "./bind.ts";
import { DocIndex } from "./doc-index.ts";
import type { ClassNode, FunctionNode, StatementNode } from "./estree.ts";
import type {
  Block,
  ClassId,
  ClassIR,
  ExportIR,
  FunctionId,
  FunctionIR,
  FunctionKind,
  ImportIR,
  ModuleIR,
  Note,
  ParamIR,
  TypeDeclarationIR,
  VariableId,
  VariableIR,
  VariableKind,
} from "./ir.ts";
import { NO_TAGS } from "./ir.ts";
import { findCasts, type JsdocCast } from "./jsdoc-casts.ts";
import { LoweredModule } from "./lowered-module.ts";
import type { ParsedModule } from "./parsed-module.ts";
import { type DocTag, readTags } from "./read-jsdoc.ts";
import type { Span } from "./span.ts";
import type { TypeTerm } from "./type-term.ts";

export interface VariableDraft {
  readonly id: VariableId;
  readonly name: string;
  readonly kind: VariableKind;
  readonly owner: FunctionDraft;
  readonly span: Span;
  type: TypeTerm | null;
  captured: boolean;
  reassigned: boolean;
  /** The node of the declaration that initialises it; a second one makes it reassigned. */
  initialisedBy: object | null;
  /** The namespace variable whose object has it as a member. */
  exportedOn: VariableId | null;
}

/** What a function is lowered from: a function's node, a field's initialiser, a static block or the program. */
export type FunctionSource =
  | { readonly kind: "function"; readonly node: FunctionNode; /** A constructor of a class with `extends`. */ readonly derived: boolean }
  | { readonly kind: "expression"; readonly node: ES.Expression }
  | { readonly kind: "statements"; readonly body: readonly StatementNode[]; readonly end: number };

export interface FunctionDraft {
  readonly id: FunctionId;
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
  readonly kind: FunctionKind;
  readonly async: boolean;
  readonly generator: boolean;
  readonly parent: FunctionDraft | null;
  readonly class: ClassId | null;
  readonly static: boolean;
  readonly doc: readonly DocTag[];
  readonly source: FunctionSource;
  /** Where it is written. */
  readonly scope: Scope | null;
  /** Holds its `var`s. Null until it is lowered. */
  bodyScope: Scope | null;
  readonly captures: Set<VariableId>;
  usesThis: boolean;
  opaque: boolean;
  params: readonly ParamIR[];
  returnType: TypeTerm | null;
  typeParameters: readonly string[];
  typeBounds: readonly (TypeTerm | null)[];
  tempCount: number;
  blocks: readonly Block[];
}

export type NewFunction = Pick<FunctionDraft, "name" | "nameSpan" | "span" | "kind" | "parent" | "source" | "scope"> &
  Partial<Pick<FunctionDraft, "async" | "generator" | "class" | "static" | "doc">>;

/** The name that an anonymous function or class gets from where it is stored. */
export interface GivenName {
  readonly name: string;
  readonly span: Span;
  readonly variable: VariableId | null;
  /** Start of the statement or member that stores it: its documentation stands before that. */
  readonly docStart: number;
}

export class ModuleDraft {
  readonly docs: DocIndex;
  readonly functions: FunctionDraft[] = [];
  readonly classes: ClassIR[] = [];
  readonly variables: VariableDraft[] = [];
  readonly imports: ImportIR[] = [];
  readonly exports: ExportIR[] = [];
  readonly types: TypeDeclarationIR[] = [];
  readonly notes: Note[] = [];
  readonly functionOf = new Map<object, FunctionDraft>();
  readonly classOf = new Map<ClassNode, ClassId>();
  readonly scopeOf = new Map<object, Scope>();
  /** The exports of each namespace by its path, shared by all its blocks. */
  readonly namespaceScopes = new Map<string, Scope>();
  readonly givenNames = new Map<object, GivenName>();
  /** Declarations and imports already recorded: code in a duplicated `finally` is met again. */
  readonly recorded = new Set<object>();
  readonly parsed: ParsedModule;
  readonly casts: ReadonlyMap<number, JsdocCast>;
  /** Strict code: a module, or a file under `"use strict"`. */
  readonly strict: boolean;
  /** JSDoc types are read only where the language has none of its own. */
  readonly readsJsdocTypes: boolean;
  private readonly noted = new Set<string>();

  constructor(parsed: ParsedModule) {
    this.parsed = parsed;
    this.docs = new DocIndex(parsed.text, parsed.comments);
    this.readsJsdocTypes = parsed.language === "js" || parsed.language === "jsx";
    this.casts = findCasts(this);
    this.strict = isStrict(parsed.program);
  }

  addVariable(kind: VariableKind, name: string, owner: FunctionDraft, span: Span): VariableId {
    const id = this.variables.length;
    this.variables.push({ id, name, kind, owner, span, type: null, captured: false, reassigned: false, initialisedBy: null, exportedOn: null });
    return id;
  }

  variable(id: VariableId): VariableDraft {
    const draft = this.variables[id];
    if (draft === undefined) throw new Error(`no variable ${id} in ${this.parsed.file}`);
    return draft;
  }

  /** Queues a function; its body is lowered after the function it stands in. */
  addFunction(init: NewFunction): FunctionDraft {
    const draft: FunctionDraft = {
      id: this.functions.length,
      async: false,
      generator: false,
      class: null,
      static: false,
      doc: [],
      ...init,
      bodyScope: null,
      captures: new Set(),
      usesThis: false,
      opaque: false,
      params: [],
      returnType: null,
      typeParameters: [],
      typeBounds: [],
      tempCount: 0,
      blocks: [],
    };
    this.functions.push(draft);
    return draft;
  }

  /** Reserves an id, so that members can point to their class before it is complete; `setClass` gives it its members. */
  addClass(node: ClassNode, within: FunctionId, name: string, variable: VariableId | null, span: Span, nameSpan: Span): ClassIR {
    const class_: ClassIR = {
      id: this.classes.length,
      name,
      variable,
      within,
      superTemp: null,
      superTerm: null,
      implements: [],
      typeParameters: [],
      constructor_: null,
      members: [],
      tags: NO_TAGS,
      span,
      nameSpan,
    };
    this.classes.push(class_);
    this.classOf.set(node, class_.id);
    return class_;
  }

  setClass(class_: ClassIR): void {
    this.classes[class_.id] = class_;
  }

  note(span: Span, message: string): void {
    const key = `${span.start} ${span.end} ${message}`;
    if (this.noted.has(key)) return;
    this.noted.add(key);
    this.notes.push({ span, message });
  }

  /** True the first time that a node is recorded. */
  record(node: object): boolean {
    if (this.recorded.has(node)) return false;
    this.recorded.add(node);
    return true;
  }

  finish(): ModuleIR {
    const { file } = this.parsed;
    return new LoweredModule(this.parsed, {
      strict: this.strict,
      functions: this.functions.map((draft) => toFunctionIR(draft, file)),
      classes: this.classes,
      variables: this.variables.map(toVariableIR),
      imports: this.imports,
      exports: this.exports,
      types: this.types,
      notes: this.notes,
    });
  }
}

function toVariableIR(draft: VariableDraft): VariableIR {
  const { id, name, kind, span, type, captured, reassigned } = draft;
  return { id, name, kind, owner: draft.owner.id, span, type, captured, reassigned };
}

function toFunctionIR(draft: FunctionDraft, file: string): FunctionIR {
  const { id, name, kind, async, generator, params, returnType, typeParameters, typeBounds, tempCount, blocks, usesThis, opaque, span, nameSpan } = draft;
  return {
    id,
    file,
    name,
    kind,
    async,
    generator,
    parent: draft.parent === null ? null : draft.parent.id,
    class: draft.class,
    static: draft.static,
    params,
    returnType,
    typeParameters,
    typeBounds,
    tempCount,
    blocks,
    captures: [...draft.captures].sort((a, b) => a - b),
    usesThis,
    tags: readTags(draft.doc),
    opaque,
    span,
    nameSpan,
  };
}

function isStrict(program: ES.Program): boolean {
  for (const statement of program.body) {
    switch (statement.type) {
      case "ImportDeclaration":
      case "ExportNamedDeclaration":
      case "ExportDefaultDeclaration":
      case "ExportAllDeclaration":
        return true;
      case "ExpressionStatement":
        if (statement.directive === "use strict") return true;
        break;
      default:
        break;
    }
  }
  return false;
}
