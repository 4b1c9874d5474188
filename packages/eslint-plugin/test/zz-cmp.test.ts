import { test } from "vitest";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import plugin from "@framealloc/eslint-plugin";
import { CATALOGUE } from "@framealloc/rules";
import { listFixtures } from "/work/main/tools/fixtures.ts";
import { analyzeTexts } from "/work/main/packages/fa-cli/src/open-texts.ts";
import { sourceText } from "/work/main/packages/fa-cli/src/source-text.ts";
import { mkdtempSync, mkdirSync, writeFileSync } from "node:fs";
import { join, dirname, relative, basename } from "node:path";
const root = "/work/main";
test("all", { timeout: 600000 }, async () => {
  const fixtures = listFixtures(root);
  const dir = mkdtempSync("/tmp/esl/proj-");
  const all = new Map<string,string>();
  const per = new Map<string, Map<string,string>>();
  for (const f of fixtures) {
    const single = f.files.size === 1 && f.files.has(basename(f.path));
    const base = single ? dirname(f.path) : f.path;
    const m = new Map<string,string>();
    for (const [n, t] of f.files) { const p = `${base}/${n}`; all.set(p, t); m.set(p, t); mkdirSync(dirname(join(dir, p)), { recursive: true }); writeFileSync(join(dir, p), t); }
    per.set(f.path, m);
  }
  writeFileSync(join(dir, "tsconfig.json"), JSON.stringify({ compilerOptions: { target: "es2023", module: "nodenext", moduleResolution: "nodenext", lib: ["ES2023", "ESNext.Disposable", "DOM"], types: [], strict: true, allowJs: true, checkJs: false, noEmit: true, allowImportingTsExtensions: true, paths: { "@framealloc/runtime": ["/work/main/packages/runtime/src/index.ts"] } }, include: ["fixtures"] }));
  let t = performance.now();
  const lap = (s: string) => { console.log(s, Math.round(performance.now() - t)); t = performance.now(); };
  const fa = analyzeTexts(all, CATALOGUE); lap("fa");
  const key = (file: string, line: number, code: string) => `${file}:${line}:${code}`;
  const lines = (f: string, text: string) => sourceText(text);
  const ofFa = (diags: any[], texts: Map<string,string>) => diags.filter(d => d.code !== "FA902").map(d => key(d.at.file, sourceText(texts.get(d.at.file)!).positionAt(d.at.span.start).line, d.code)).sort();
  const faSet = ofFa(fa.diagnostics as any, all);
  console.log("fa", faSet.length, fa.failures);
  const perSet = [...per.values()].flatMap(m => ofFa(analyzeTexts(m, CATALOGUE).diagnostics as any, m)).sort(); lap("fa per");
  const diff = (a: string[], b: string[]) => a.filter(x => !b.includes(x));
  console.log("fa whole vs per fixture: extra", diff(faSet, perSet), "missing", diff(perSet, faSet));
  const run = async (config: any[], files: string[]) => {
    const eslint = new ESLint({ cwd: dir, overrideConfigFile: true, overrideConfig: config });
    const results = await eslint.lintFiles(files);
    const other: string[] = [];
    const found = results.flatMap(r => r.messages.flatMap(m => { const c = /\((FA\d+)\)$/.exec(m.message)?.[1]; if (!c || m.fatal || c==="FA901") { other.push(`${relative(dir, r.filePath)}:${m.line} ${m.message}`); return []; } return [key(relative(dir, r.filePath), m.line, c)]; })).sort();
    if (other.length) console.log("other", other.length, other.slice(0, 10));
    return found;
  };
  const typed = await run([{ files: ["**/*.{ts,js,cjs}"], languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: dir } } }, ...plugin.configs.recommended] as any, ["fixtures"]); lap("typed");
  console.log("typed", typed.length, "extra", diff(typed, faSet), "missing", diff(faSet, typed));
  const untyped = await run([{ files: ["**/*.{ts,js,cjs}"], languageOptions: { parser: tseslint.parser } }, ...plugin.configs.recommended] as any, ["fixtures"]); lap("untyped");
  console.log("untyped", untyped.length, "extra over per", diff(untyped, perSet).length, diff(untyped, perSet));
  const js = await run([{ files: ["**/*.js"] }, {files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs" } }, ...plugin.configs.recommended] as any, ["fixtures/**/*.js", "fixtures/**/*.cjs"]); lap("espree");
  const jsOf = (s: string[]) => s.filter(x => /\.c?js:/.test(x));
  console.log("espree", js.length, "vs tsparser untyped", diff(js, jsOf(untyped)), diff(jsOf(untyped), js));
});
