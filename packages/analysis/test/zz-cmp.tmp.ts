import { compareWithChecker } from "/work/main/packages/analysis/test/checker-comparison.ts";
import ts from "typescript";
for (const [root, o] of [["/work/main/node_modules/planck/src", { target: ts.ScriptTarget.ES2020, moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext, lib: ["lib.es2020.d.ts", "lib.dom.d.ts"], strict: false }], ["/work/main/node_modules/three.quarks/src", { target: ts.ScriptTarget.ES2022, moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext, strict: true, types: [] }], ["/work/main/node_modules/three/src", {allowJs: true, target: ts.ScriptTarget.ES2022, moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext, types: []}]] as const) {
  if (process.argv[2] && !root.includes(process.argv[2])) continue;
  const c = compareWithChecker(root, o as any);
  console.log(root, { ...c, wrong: c.wrong.length, missed: c.missed.length }, ((c.exact + c.related) / c.receivers * 100).toFixed(2) + "%", (c.wrong.length / c.receivers * 100).toFixed(2) + "% wrong");
  console.log(c.wrong.slice(0, 40).join("\n")); console.log("-- missed"); console.log(c.missed.filter((_, i) => i % Math.max(1, Math.floor(c.missed.length / 60)) === 0).join("\n"));
}
