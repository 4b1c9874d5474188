/**
 * One typed lint of a folder in a process of its own, then edits of some of its files as an editor lints them: prints the milliseconds as JSON.
 *
 *   node lint.mjs FOLDER with|without EDITS
 */
import { readFileSync } from "node:fs";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";

const [folder = "", side, edits = "0"] = process.argv.slice(2);
const FILES = ["**/*.{ts,tsx,js,mjs}"];

const config = [
  ...tseslint.configs.recommendedTypeChecked.map((each) => ({ ...each, files: FILES })),
  { files: FILES, languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: folder, disallowAutomaticSingleRunInference: true } } },
];
if (side === "with") config.push(...(await import("../../packages/eslint-plugin/dist/index.js")).default.configs.recommendedTypeChecked);

const eslint = new ESLint({ cwd: folder, overrideConfigFile: true, overrideConfig: config });
const results = await eslint.lintFiles(["."]);
// Since the process began, as one waits for it.
const onceMs = performance.now();
const failed = results.flatMap(({ filePath, messages }) => messages.filter(({ fatal, message }) => fatal === true || message.startsWith("this rule failed")).map(({ message }) => `${filePath}: ${message}`));
if (failed.length > 0) throw new Error(failed.slice(0, 5).join("\n"));

/** Files of middling size, spread over the project. */
const files = results.map(({ filePath }) => filePath).filter((path) => readFileSync(path, "utf8").length > 4000).sort();
const chosen = [1, 2, 3].map((part) => files[Math.floor((part * files.length) / 4)] ?? files[0] ?? "");

const KINDS = {
  comment: (text, round) => `${text}\n// edit ${round}\n`,
  code: (text, round) => `${text}\nexport const edited${round} = ${round};\n`,
};
const times = { comment: [], code: [] };
for (const [kind, edit] of Object.entries(KINDS)) {
  for (const filePath of Number(edits) === 0 ? [] : chosen) {
    const text = readFileSync(filePath, "utf8");
    for (let round = 0; round < Number(edits); round += 1) {
      const startedMs = performance.now();
      await eslint.lintText(edit(text, round), { filePath });
      // The first edit of a file compiles what the others run.
      if (round > 1) times[kind].push(performance.now() - startedMs);
    }
    await eslint.lintText(text, { filePath });
  }
}
console.log(JSON.stringify({ files: results.length, onceMs, ...times }));
