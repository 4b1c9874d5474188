/** The tracer against TypeScript's checker, on code that nobody tuned it for: a physics engine and a particle system with the engine it draws with. */
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";
import { type Comparison, compareWithChecker } from "./checker-comparison.ts";

const root = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const OPTIONS: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
const LEAST_NAMED = 0.9;
const MOST_WRONG = 0.005;

it("planck: plain TypeScript classes", { timeout: 300_000 }, () => {
  const found = compareWithChecker({ root, folders: ["planck/src"], packages: {}, options: { ...OPTIONS, strict: false } });
  expect(found.receivers).toBeGreaterThan(1500);
  hold(found);
});

it("three.quarks: TypeScript over another package's TypeScript and three's JavaScript", { timeout: 300_000 }, () => {
  const packages = { "quarks.core": "quarks.core/src/index.ts", three: "three/src/Three.js" };
  const found = compareWithChecker({ root, folders: ["three.quarks/src", "quarks.core/src", "three/src"], packages, options: { ...OPTIONS, strict: true, allowJs: true } });
  expect(found.receivers).toBeGreaterThan(200);
  hold(found);
});

function hold(found: Comparison): void {
  const { receivers, exact, related, wrong, missed } = found;
  const figures = `${receivers} receivers: ${exact} exact, ${related} related, ${wrong.length} wrong, ${missed.length} missed\nwrong:\n${wrong.slice(0, 20).join("\n")}\nmissed:\n${missed.slice(0, 20).join("\n")}`;
  expect((exact + related) / receivers, figures).toBeGreaterThanOrEqual(LEAST_NAMED);
  expect(wrong.length / receivers, figures).toBeLessThanOrEqual(MOST_WRONG);
}
