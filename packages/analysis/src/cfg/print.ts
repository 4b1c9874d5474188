/** A function's control-flow graph as text, for tests and for people: one line an operation, temps as `%n`, variables by name. */
import type { Block, CallArg, FunctionIR, ModuleIR, ObjectPart, Op, Terminal, VariableId } from "../source/ir.ts";

/** Deterministic; not meant to be parsed. */
export function printFunction(module: ModuleIR, fn: FunctionIR): string {
  const params = fn.params.map((param) => `${param.rest ? "..." : ""}${param.name === "" ? variableName(module, param.variable) : param.name}${param.optional ? "?" : ""}`);
  const marks = [fn.async ? "async " : "", fn.generator ? "generator " : "", fn.static ? "static " : ""].join("");
  const head = `${marks}${fn.kind} ${fn.name === "" ? `#${fn.id}` : fn.name}(${params.join(", ")})${fn.opaque ? " opaque" : ""}`;
  return [head, ...fn.blocks.flatMap((block) => printBlock(module, block))].join("\n");
}

export function printModule(module: ModuleIR): string {
  return module.functions.map((fn) => printFunction(module, fn)).join("\n\n");
}

function printBlock(module: ModuleIR, block: Block): string[] {
  const notes = [
    block.role === "plain" ? "" : ` ${block.role}`,
    block.handler === null ? "" : ` handler b${block.handler}`,
    block.loop === null ? "" : ` in b${block.loop}${block.loopDepth > 1 ? ` depth ${block.loopDepth}` : ""}`,
  ];
  return [`b${block.id}:${notes.join("")}`, ...block.ops.map((op) => `  ${printOp(module, op)}`), `  ${printTerminal(block.terminal)}`];
}

function printTerminal(terminal: Terminal): string {
  switch (terminal.kind) {
    case "goto":
      return `${terminal.back ? "back to" : "goto"} b${terminal.to}`;
    case "branch":
      return `if ${terminal.on} %${terminal.test} then b${terminal.then} else b${terminal.else}`;
    case "next":
      return `next %${terminal.value} of %${terminal.iterator} then b${terminal.body} else b${terminal.done}`;
    case "return":
      return `return${terminal.value === null ? "" : ` %${terminal.value}`}${terminal.implicit ? " implicitly" : ""}`;
    case "throw":
      return `throw %${terminal.value}`;
    case "exit":
      return "exit";
  }
}

export function printOp(module: ModuleIR, op: Op): string {
  const text = operands(module, op);
  return "dst" in op ? `%${op.dst} = ${text}` : text;
}

function operands(module: ModuleIR, op: Op): string {
  switch (op.op) {
    case "const":
      return op.type === "null" || op.type === "undefined" ? op.type : `${op.type} ${JSON.stringify(op.value)}`;
    case "copy":
      return `%${op.src}`;
    case "cast":
      return `%${op.src} ${op.form}`;
    case "load":
      return variableName(module, op.variable);
    case "store":
      return `${variableName(module, op.variable)} ${op.init ? ":=" : "="} %${op.src}`;
    case "global":
      return `global ${op.name}`;
    case "store-global":
      return `global ${op.name} = %${op.src}`;
    case "meta":
      return op.name;
    case "get":
      return `%${op.object}${printKey(op.key, op.index)}`;
    case "set":
      return `%${op.object}${printKey(op.key, op.index)} = %${op.src}`;
    case "delete":
      return `delete %${op.object}${printKey(op.key, op.index)}`;
    case "rest":
      return `rest ${op.form} %${op.src}${op.form === "array" ? ` from ${op.from}` : ` without ${op.excluded.join(" ")}`}`;
    default:
      return compound(module, op);
  }
}

/** Operations that make values or pass control on. */
function compound(module: ModuleIR, op: Op): string {
  switch (op.op) {
    case "call":
      return `call %${op.callee}${op.receiver === null ? "" : ` on %${op.receiver}`}(${printArgs(op.args)})${op.tagged ? " tagged" : ""}`;
    case "new":
      return `new %${op.callee}(${printArgs(op.args)})`;
    case "super-call":
      return `super(${printArgs(op.args)})`;
    case "object":
      return `{${op.parts.map(printPart).join(", ")}}`;
    case "array":
      return `[${op.elements.map((element) => (element === null ? "" : printArg(element))).join(", ")}]`;
    case "template":
      return `template ${op.parts.map((part) => `%${part}`).join(" ")}`;
    case "function":
      return `function ${module.functions[op.function]?.name || `#${op.function}`}`;
    case "class":
      return `class ${module.classes[op.class]?.name || `#${op.class}`}`;
    case "unary":
      return `${op.operator} %${op.src}`;
    case "binary":
      return `%${op.left} ${op.operator} %${op.right}`;
    case "iterate":
      return `iterate ${op.form} %${op.src}`;
    case "await":
      return `${op.form} %${op.src}`;
    case "yield":
      return `yield${op.delegate ? "*" : ""}${op.src === null ? "" : ` %${op.src}`}`;
    case "import":
      return `import %${op.src}`;
    case "jsx":
      return `<${op.name}${op.tag === null ? "" : ` %${op.tag}`}${op.parts.map((part) => ` ${printPart(part)}`).join("")}>${printArgs(op.children)}`;
    case "dispose":
      return `dispose ${variableName(module, op.variable)}${op.async ? " async" : ""}`;
    case "leave":
      return `leave by ${op.kind}${op.loop === null ? "" : ` loop b${op.loop}`}`;
    default:
      return op.op;
  }
}

function printKey(key: string | null, index: number | null): string {
  if (index !== null) return `[%${index}]`;
  return key === null ? "[?]" : `.${key}`;
}

function printArg(arg: CallArg): string {
  return `${arg.spread ? "..." : ""}%${arg.temp}`;
}

function printArgs(args: readonly CallArg[]): string {
  return args.map(printArg).join(", ");
}

function printPart(part: ObjectPart): string {
  if (part.kind === "spread") return `...%${part.value}`;
  const kind = part.kind === "value" ? "" : `${part.kind} `;
  return `${kind}${part.key ?? `[%${part.keyTemp}]`}: %${part.value}`;
}

/** A nameless variable, as of a parameter that is a pattern, by its number. */
function variableName(module: ModuleIR, id: VariableId): string {
  return module.variables[id]?.name || `$${id}`;
}
