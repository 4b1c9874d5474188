/**
 * Loader hooks of the process that `fa measure` runs the project's code in: TypeScript and JSX are compiled as they are loaded, each file on its own,
 * with a source map inside. Specifiers that Node does not resolve (`./x` for `x.ts`, a tsconfig's paths) are resolved as `fa` resolves them, and what is no code is loaded as bundlers do.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { diskResolver } from "./disk-resolver.ts";
import { assetModule } from "./measure-assets.ts";

interface Resolved {
  readonly url: string;
  readonly format?: string | null;
  readonly shortCircuit?: boolean;
}

interface Loaded {
  readonly format: string;
  readonly source: string;
  readonly shortCircuit: true;
}

/** As in a build for production; on the first line, so that lines stay what they are. */
const BUNDLED = 'import.meta.env ??= { MODE: "production", BASE_URL: "/", PROD: true, DEV: false, SSR: false };';
const COMPILED: ReadonlySet<string> = new Set([".ts", ".tsx", ".mts", ".cts", ".jsx"]);
const resolver = diskResolver();
const require = createRequire(import.meta.url);

/** Node's own answer first: a project that runs without us runs the same with us. */
export async function resolve(specifier: string, context: { readonly parentURL?: string }, next: (specifier: string, context: object) => Promise<Resolved>): Promise<Resolved> {
  try {
    return await next(specifier, context);
  } catch (error) {
    const parent = context.parentURL;
    const query = specifier.indexOf("?");
    const plain = query < 0 ? specifier : specifier.slice(0, query);
    const path = parent === undefined || !parent.startsWith("file:") ? null : resolver.resolve(fileURLToPath(parent), plain);
    if (path === null || /\.d\.[cm]?ts$/.test(path)) throw error;
    return { url: pathToFileURL(path).href + specifier.slice(plain.length), shortCircuit: true };
  }
}

/** What is not to be compiled is Node's. */
export async function load(url: string, context: { readonly importAttributes?: Readonly<Record<string, string>> }, next: (url: string, context: object) => Promise<Loaded>): Promise<Loaded> {
  const asset = assetModule(url, context.importAttributes?.["type"] !== undefined, (path) => readFileSync(path, "utf8"));
  if (asset !== null) return { format: "module", source: asset, shortCircuit: true };
  const path = url.startsWith("file:") ? fileURLToPath(url) : "";
  if (!COMPILED.has(extname(path))) return next(url, context);
  const { ts } = require("ts-morph") as typeof import("ts-morph");
  const text = readFileSync(path, "utf8");
  const { outputText, diagnostics = [] } = ts.transpileModule(text, {
    fileName: path,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, jsx: ts.JsxEmit.ReactJSX, inlineSourceMap: true, inlineSources: true,
      experimentalDecorators: true, useDefineForClassFields: true, verbatimModuleSyntax: false,
    },
  });
  // What is left of a file that does not parse might run, and is not what was written.
  const fault = diagnostics.find(({ category, file }) => category === ts.DiagnosticCategory.Error && file !== undefined);
  if (fault !== undefined) {
    const line = text.slice(0, fault.start ?? 0).split("\n").length;
    throw new SyntaxError(`${path}:${line}: ${ts.flattenDiagnosticMessageText(fault.messageText, " ")}`);
  }
  return { format: "module", source: text.includes("import.meta.env") ? BUNDLED + outputText : outputText, shortCircuit: true };
}
