/** The parts of the checkout, by path: which part a file belongs to decides what it may import and what it must look like. */

export type Area = "runtime" | "analysis" | "rules" | "fa-cli" | "eslint-plugin" | "tools" | "test" | "bench" | "examples" | "fixture" | "root";

/** The folder of each area that ships, from the root. */
export const SHIPPED_FOLDERS = {
  runtime: "packages/runtime/src/",
  analysis: "packages/analysis/src/",
  rules: "rules/",
  "fa-cli": "packages/fa-cli/src/",
  "eslint-plugin": "packages/eslint-plugin/src/",
} as const satisfies Partial<Record<Area, string>>;

export type ShippedArea = keyof typeof SHIPPED_FOLDERS;

/** The area of a path from the root. */
export function areaOf(path: string): Area {
  if (/^fixtures\/[^/]+\//.test(path)) return "fixture";
  if (/(^|\/)test\//.test(path) || /\.test(-d)?\.[cm]?[jt]sx?$/.test(path)) return "test";
  for (const area of Object.keys(SHIPPED_FOLDERS) as ShippedArea[]) if (path.startsWith(SHIPPED_FOLDERS[area])) return area;
  if (path.startsWith("tools/")) return "tools";
  if (path.startsWith("bench/")) return "bench";
  if (path.startsWith("examples/")) return "examples";
  return "root";
}

export function isShipped(area: Area): area is ShippedArea {
  return area in SHIPPED_FOLDERS;
}

/** Data of tests: programs to be analyzed and files to be compared with, which keep no rule of ours. */
export function isTestData(path: string): boolean {
  return areaOf(path) === "fixture" || /\/test\/(?:.*\/)?(?:breadth|programs|projects|corpus|inputs|fixtures|schemas)\//.test(path);
}
