/**
 * The program as the analysis sees it: one `ModuleIR` a file, made once from its ESTree and self-contained, so that the
 * tree can be dropped. Plain data (no functions, no cycles), so that it can be cached and sent between threads.
 *
 * A function is a control-flow graph of three-address operations. Two kinds of storage:
 *   - a *temp* (a number, local to the function) holds an intermediate value. It is written before it is read on every
 *     path; a conditional or logical expression writes the same temp in both arms by `copy`.
 *   - a *variable* (an index into `ModuleIR.variables`) is a declared name: `load` and `store` read and write it, also from
 *     inner functions. Parameters are variables too; a pattern is taken apart by `get`, `rest` and `copy`. A parameter and a
 *     `catch` variable have their values when they are entered: no operation stores them (a default does, as an initialisation).
 *     What is thrown in a `try` and rethrown after its `finally` is in a nameless variable of kind `catch`.
 *
 * What runs when, beyond what is written: the functions declared in a body or block are made at its start; `class` runs the static fields and
 * static blocks of the class, `new` and `super-call` the other fields. Signatures without a body (`declare`, `.d.ts`, overloads
 * that nothing implements) are opaque functions, made and stored like any other; variables under `declare` have no values, and only those of a
 * namespace have operations, which make them members of its object.
 * Code that no path reaches has no blocks, but the functions in it are lowered.
 *
 * Longer than 300 lines: the one contract between the front half and the analyses, read as a whole.
 *
 * Invariants (held by `cfg/check.ts`, run over every function in tests):
 *   I1  `blocks` is in reverse postorder of terminals and handlers; `blocks[0]` is the entry; a block's `id` is its index; no block is
 *       unreachable; only a `goto` marked `back` leads to the same or an earlier block
 *   I2  every function ends in exactly one `exit` block (may be absent when no path returns) that holds no operation
 *   I3  every span lies inside the file's text
 *   I4  every function-like node of the tree is lowered exactly once, also one inside a duplicated `finally`
 */
import type { Span } from "./span.ts";
import type { TypeTerm } from "./type-term.ts";

/** Index of a temporary in its function. */
export type Temp = number;
/** Index into `ModuleIR.variables`. */
export type VariableId = number;
/** Index into `ModuleIR.functions`; 0 is the module's own body. */
export type FunctionId = number;
/** Index into `ModuleIR.classes`. */
export type ClassId = number;
/** Index into `FunctionIR.blocks`. */
export type BlockId = number;

export interface ModuleIR {
  /** Relative to the project's root, forward slashes. */
  readonly file: string;
  /** A library's module is there to be linked against; nothing is reported in it. */
  readonly role: "project" | "library";
  readonly language: "js" | "jsx" | "ts" | "tsx" | "dts";
  /** Strict code from its top: it imports or exports, or begins with `"use strict"`. */
  readonly strict: boolean;
  readonly functions: readonly FunctionIR[];
  readonly classes: readonly ClassIR[];
  readonly variables: readonly VariableIR[];
  readonly imports: readonly ImportIR[];
  readonly exports: readonly ExportIR[];
  /** Interfaces, type aliases, enums and JSDoc typedefs, at any depth of the file. */
  readonly types: readonly TypeDeclarationIR[];
  /** What was too deep or too large to lower, in words: never silent. */
  readonly notes: readonly Note[];
}

export interface Note {
  readonly span: Span;
  readonly message: string;
}

export type VariableKind = "var" | "let" | "const" | "using" | "await-using" | "parameter" | "function" | "class" | "catch" | "import" | "enum" | "namespace" | "arguments";

export interface VariableIR {
  readonly id: VariableId;
  readonly name: string;
  readonly kind: VariableKind;
  /** The function whose activation holds it; 0 for a module's own. */
  readonly owner: FunctionId;
  readonly span: Span;
  /** Annotation, JSDoc `@type`, or the parameter's JSDoc `@param`; null when there is none. */
  readonly type: TypeTerm | null;
  /** Read or written by a function other than its owner. */
  readonly captured: boolean;
  /** Written after its initialisation, anywhere; also when it is declared without a value and gets one later. */
  readonly reassigned: boolean;
}

/** `imported` is the exporter's name, `"default"`, or `"*"` for the namespace; `variable` is null for `import "x"`. */
export interface ImportIR {
  readonly variable: VariableId | null;
  readonly specifier: string;
  readonly imported: string;
  readonly typeOnly: boolean;
  /** `import x = require("x")`, `const x = require("x")` and `await import("x")` count as imports of `"*"`. */
  readonly form: "esm" | "require" | "dynamic";
  readonly span: Span;
}

export type ExportIR =
  /** `name` is `"default"` for the default export, `"="` for `export =` and `module.exports =`. */
  | { readonly kind: "local"; readonly name: string; readonly variable: VariableId; readonly span: Span }
  /** A value without a name: `export default expression`, `exports.x = expression`. `temp` is of function 0. */
  | { readonly kind: "value"; readonly name: string; readonly temp: Temp; readonly span: Span }
  /** Also `exports.name = require("x")`; `imported` is then `"*"`, which for a CommonJS module is what it exports as a whole. */
  | { readonly kind: "from"; readonly name: string; readonly specifier: string; readonly imported: string; readonly span: Span }
  | { readonly kind: "all"; readonly specifier: string; readonly span: Span }
  | { readonly kind: "type"; readonly name: string; readonly type: string; readonly span: Span };

export interface TypeDeclarationIR {
  readonly kind: "interface" | "alias" | "enum";
  /** With the namespaces that it stands in: `N.I`. */
  readonly name: string;
  readonly parameters: readonly string[];
  /** The alias's right side, or the interface's own members as an object term. */
  readonly term: TypeTerm;
  readonly extends: readonly TypeTerm[];
  readonly exported: boolean;
  /** `declare module "x"` in which it stands: an augmentation of that module; `"global"` inside `declare global`. */
  readonly augments: string | null;
  readonly span: Span;
}

export interface ClassIR {
  readonly id: ClassId;
  /** Its own name, or the name of the variable or property it is first stored in, or "". */
  readonly name: string;
  readonly variable: VariableId | null;
  /** Where it is evaluated. */
  readonly within: FunctionId;
  /** The temp of the heritage expression in `within`; null without `extends`. */
  readonly superTemp: Temp | null;
  /** The heritage as a type term with its type arguments, where it is a name. */
  readonly superTerm: TypeTerm | null;
  readonly implements: readonly TypeTerm[];
  readonly typeParameters: readonly string[];
  /** What each type parameter extends, by position. */
  readonly typeBounds?: readonly (TypeTerm | null)[];
  readonly constructor_: FunctionId | null;
  readonly members: readonly MemberIR[];
  readonly tags: DocTags;
  readonly span: Span;
  readonly nameSpan: Span;
}

export interface MemberIR {
  /** `#name` for a private one, `@@iterator` for `[Symbol.iterator]`; null when computed and not constant. */
  readonly name: string | null;
  readonly kind: "method" | "getter" | "setter" | "field" | "static-block";
  readonly static: boolean;
  /** Method, accessor, or the function that a field's initialiser or static block was lowered to. */
  readonly function: FunctionId | null;
  /** The field's or accessor's annotation or JSDoc `@type`; for a method null (see its function). */
  readonly type: TypeTerm | null;
  readonly span: Span;
}

export interface DocTags {
  readonly hot: boolean;
  readonly cold: boolean;
  readonly noalloc: boolean;
  /** Bytes a call, from `@allocBudget N`. */
  readonly allocBudget: number | null;
  readonly deprecated: boolean;
}

export type FunctionKind =
  | "module"
  | "function"
  | "arrow"
  | "method"
  | "constructor"
  | "getter"
  | "setter"
  /** Evaluates one field's initialiser and ends in `return value`; `this` is the instance (the class when static). */
  | "field"
  | "static-block";

export interface FunctionIR {
  readonly id: FunctionId;
  readonly file: string;
  /** Its own name, or the variable, property or member it is first stored in, or "". */
  readonly name: string;
  readonly kind: FunctionKind;
  readonly async: boolean;
  readonly generator: boolean;
  readonly parent: FunctionId | null;
  /** The class it is a member of. */
  readonly class: ClassId | null;
  readonly static: boolean;
  readonly params: readonly ParamIR[];
  readonly returnType: TypeTerm | null;
  readonly typeParameters: readonly string[];
  /** What each type parameter extends, by position. */
  readonly typeBounds?: readonly (TypeTerm | null)[];
  readonly tempCount: number;
  readonly blocks: readonly Block[];
  /** Variables of outer functions or of the module that it or a function inside it reads or writes. */
  readonly captures: readonly VariableId[];
  /** Where `this` comes from: an arrow's is its parent's. */
  readonly usesThis: boolean;
  readonly tags: DocTags;
  /** Not lowered (too deep, too large, or a declaration without a body): one exit, no operation. */
  readonly opaque: boolean;
  readonly span: Span;
  readonly nameSpan: Span;
}

export interface ParamIR {
  /** The parameter's variable; for a pattern a variable of kind `parameter` with an empty name that the entry block takes apart. */
  readonly variable: VariableId;
  readonly name: string;
  readonly type: TypeTerm | null;
  readonly optional: boolean;
  readonly rest: boolean;
  readonly span: Span;
}

export interface Block {
  readonly id: BlockId;
  readonly ops: readonly Op[];
  readonly terminal: Terminal;
  /** Blocks whose terminal leads here, each once; not those that have it as their handler. */
  readonly predecessors: readonly BlockId[];
  /** Where an exception raised in this block goes inside the function: a catch block or a `finally` entered by throw. */
  readonly handler: BlockId | null;
  /** How many loops of this function it stands in. */
  readonly loopDepth: number;
  /** The innermost loop's head; a head stands in its own loop. `do {} while (false)` is no loop. */
  readonly loop: BlockId | null;
  /** Of a loop's head: the loop's keyword; null otherwise. */
  readonly loopSpan: Span | null;
  /** `finally` is the entry of each copy of a `finally` block and of each disposal of a `using` variable, however it is entered. */
  readonly role: "plain" | "loop-head" | "catch" | "finally";
}

export type Terminal =
  | { readonly kind: "goto"; readonly to: BlockId; /** Goes to the head of a loop it is in. */ readonly back: boolean }
  /** `nullish` asks whether the value is null or undefined (`??`, `?.`, defaults ask for undefined alone). */
  | { readonly kind: "branch"; readonly test: Temp; readonly on: "truthy" | "nullish" | "undefined"; readonly then: BlockId; readonly else: BlockId; readonly span: Span }
  /** The next round of `for-of`, `for-in`, `for await`: `body` while there is one (its value is then in `value`), else `done`. */
  | { readonly kind: "next"; readonly iterator: Temp; readonly value: Temp; readonly body: BlockId; readonly done: BlockId; readonly span: Span }
  /** Control leaves the function with a value; goes to the exit block. Span of the statement; `implicit` at the end of a body. */
  | { readonly kind: "return"; readonly value: Temp | null; readonly to: BlockId; readonly implicit: boolean; readonly span: Span }
  /**
   * An uncaught throw: leaves the function. A caught one is a `goto` to its handler after a `leave`. Without a `leave` in front it goes on
   * with an exception that came through a `finally` or a disposal (then `value` is loaded from a nameless `catch` variable).
   */
  | { readonly kind: "throw"; readonly value: Temp; readonly span: Span }
  | { readonly kind: "exit" };

export interface CallArg {
  readonly temp: Temp;
  readonly spread: boolean;
  readonly span: Span;
}

export interface ObjectPart {
  readonly kind: "value" | "spread" | "getter" | "setter" | "method";
  /** null when computed and not constant, or a spread. `[Symbol.iterator]` is the constant `@@iterator`. */
  readonly key: string | null;
  readonly keyTemp: Temp | null;
  readonly value: Temp;
  readonly span: Span;
}

interface OpBase {
  readonly span: Span;
}

/** A binding, `this` or a plain member chain, as written: for messages only (`scratch`, `this.path`). */
export type Binding = string | null;

export type Op =
  | (OpBase & { readonly op: "const"; readonly dst: Temp; readonly type: "string" | "number" | "bigint" | "boolean" | "null" | "undefined" | "regexp"; readonly value: string | number | boolean | null })
  | (OpBase & { readonly op: "copy"; readonly dst: Temp; readonly src: Temp })
  /** `as`, `satisfies`, `<T>`, `!` (term null), a JSDoc cast. */
  | (OpBase & { readonly op: "cast"; readonly dst: Temp; readonly src: Temp; readonly type: TypeTerm | null; readonly form: "as" | "satisfies" | "non-null" })
  | (OpBase & { readonly op: "load"; readonly dst: Temp; readonly variable: VariableId })
  /** A named function or class expression is stored into a variable of its own, which the function around it holds. */
  | (OpBase & { readonly op: "store"; readonly variable: VariableId; readonly src: Temp; /** The declaration's own initialisation. */ readonly init: boolean })
  /** A name that no scope of the module declares. */
  | (OpBase & { readonly op: "global"; readonly dst: Temp; readonly name: string })
  | (OpBase & { readonly op: "store-global"; readonly name: string; readonly src: Temp })
  | (OpBase & { readonly op: "this"; readonly dst: Temp })
  /** `super` as a receiver: `super.m()` is a get on it. */
  | (OpBase & { readonly op: "super"; readonly dst: Temp })
  | (OpBase & { readonly op: "meta"; readonly dst: Temp; readonly name: "new.target" | "import.meta" })
  /** `key` is null when computed and not constant; then `index` holds it. Numbers are keys in their decimal form, `[Symbol.iterator]` is `@@iterator`. */
  | (OpBase & { readonly op: "get"; readonly dst: Temp; readonly object: Temp; readonly key: string | null; readonly index: Temp | null; readonly keySpan: Span; /** Taken out by a pattern. */ readonly pattern: boolean })
  | (OpBase & { readonly op: "set"; readonly object: Temp; readonly key: string | null; readonly index: Temp | null; readonly src: Temp; readonly keySpan: Span })
  | (OpBase & { readonly op: "delete"; readonly dst: Temp; readonly object: Temp; readonly key: string | null; readonly index: Temp | null })
  /** What is left after a pattern took its parts: a new object or array. `from` is the first index of an array's rest. */
  | (OpBase & { readonly op: "rest"; readonly dst: Temp; readonly src: Temp; readonly form: "object" | "array"; readonly excluded: readonly string[]; readonly from: number })
  /**
   * `receiver` is the object of a method call (its `get` comes before and wrote `callee`); `key` the method's name then.
   * A `tagged` one's first argument stands for the array of strings, which is made once a place. A decorator is called with the class.
   */
  | (OpBase & { readonly op: "call"; readonly dst: Temp; readonly callee: Temp; readonly receiver: Temp | null; readonly key: string | null; readonly args: readonly CallArg[]; readonly calleeSpan: Span; readonly tagged: boolean; readonly typeArgs: readonly TypeTerm[] })
  | (OpBase & { readonly op: "new"; readonly dst: Temp; readonly callee: Temp; readonly args: readonly CallArg[]; readonly calleeSpan: Span; readonly typeArgs: readonly TypeTerm[] })
  | (OpBase & { readonly op: "super-call"; readonly dst: Temp; readonly args: readonly CallArg[] })
  | (OpBase & { readonly op: "object"; readonly dst: Temp; readonly parts: readonly ObjectPart[] })
  /** A hole is a null element. */
  | (OpBase & { readonly op: "array"; readonly dst: Temp; readonly elements: readonly (CallArg | null)[] })
  | (OpBase & { readonly op: "template"; readonly dst: Temp; readonly parts: readonly Temp[] })
  | (OpBase & { readonly op: "function"; readonly dst: Temp; readonly function: FunctionId })
  | (OpBase & { readonly op: "class"; readonly dst: Temp; readonly class: ClassId })
  | (OpBase & { readonly op: "unary"; readonly dst: Temp; readonly operator: "!" | "-" | "+" | "~" | "typeof" | "void"; readonly src: Temp })
  /** Arithmetic, comparison, `in`, `instanceof`. `&&`, `||`, `??` and `?:` are control flow. `++` and `+=` are a load, this and a store. */
  | (OpBase & { readonly op: "binary"; readonly dst: Temp; readonly operator: string; readonly left: Temp; readonly right: Temp })
  /** `for-of` and array patterns take an iterator; `in` walks keys. An array pattern's parts are `get`s by index on `src` itself. */
  | (OpBase & { readonly op: "iterate"; readonly dst: Temp; readonly src: Temp; readonly form: "of" | "in" | "await" })
  | (OpBase & { readonly op: "await"; readonly dst: Temp; readonly src: Temp; /** Written out, or implied by `for await` (in the loop's head, on the iterator: at the end too) and `await using` (after its `dispose`, on undefined). */ readonly form: "await" | "for-await" | "await-using" })
  | (OpBase & { readonly op: "yield"; readonly dst: Temp; readonly src: Temp | null; readonly delegate: boolean })
  | (OpBase & { readonly op: "import"; readonly dst: Temp; readonly specifier: string | null; readonly src: Temp })
  | (OpBase & { readonly op: "jsx"; readonly dst: Temp; /** null for a fragment or an intrinsic element. */ readonly tag: Temp | null; readonly name: string; readonly parts: readonly ObjectPart[]; readonly children: readonly CallArg[] })
  /** The scope of a `using` variable ends here, on this path. */
  | (OpBase & { readonly op: "dispose"; readonly variable: VariableId; readonly async: boolean })
  /**
   * Control leaves a statement by an explicit exit here; the jump follows, after the `finally` blocks it passes (lowered once for each way
   * out). `loop` of a `return` or `throw` is the innermost loop that it leaves.
   */
  | (OpBase & { readonly op: "leave"; readonly kind: "return" | "throw" | "break" | "continue"; /** Head of the loop that it leaves or goes round; null otherwise. */ readonly loop: BlockId | null })
  /** A part that was not lowered; `notes` says why. */
  | (OpBase & { readonly op: "opaque"; readonly dst: Temp });

export const NO_TAGS: DocTags = { hot: false, cold: false, noalloc: false, allocBudget: null, deprecated: false };
