/** Names of files and classes that say nothing, and words for which the project has another one. */
import { posix } from "node:path";
import { GENERATED_SOURCE } from "../generate.ts";
import { isTestData } from "./areas.ts";
import { nameOf, type SourceText, type TidyFault, walkTree } from "./source-text.ts";

/** A file or folder so called has no subject; it is named after what it holds. */
const EMPTY_FILE_NAME = /(?:^|-)(?:utils?|helpers?|common|misc|manager|service)$/;
const EMPTY_FOLDER_NAME = /^(?:utils?|helpers?|common|misc|managers?|services?)$/;
const EMPTY_CLASS_NAME = /(?:Utils?|Helpers?|Manager|Service)$/;

/** Each word that is not used here, and the one that is. */
const REPLACED_WORDS: readonly (readonly [word: RegExp, replacement: string])[] = [
  [/\bfreelists?\b/i, "free list"],
  [/\bsave ?points?\b/i, "checkpoint"],
  [/(?<!high-)\bwater[- ]?mark\b/i, "high-water mark"],
  [/\bgarbage[- ]collected memory leak\b/i, "leak"],
  [/\bsegfault/i, "use after free"],
  [/\bbump[- ]?ptr\b/i, "bump pointer"],
  [/\bsize[- ]?bucket/i, "size class"],
  [/\bpost[- ]?order reversed\b/i, "reverse postorder"],
  [/\bfix[- ]?point\b/i, "fixed point"],
  [/\bmeet operator\b/i, "join"],
  [/\b(?:white|black)list/i, "allow list or deny list"],
  [/\bsanity[- ]check/i, "assertion"],
  [/\butili[sz]es?\b/i, "use"],
  [/\bleverag(?:e|es|ing)\b/i, "use"],
  [/\b(?:seamless|blazing|cutting-edge|state-of-the-art)\w*\b/i, "a figure, or nothing"],
  [/\b(?:TODO|FIXME|XXX|HACK)\b/, "the change itself, or a line among the known misses"],
];

/** Files that list the words above, or plant them to see them found. */
const WORD_LISTS = new Set(["tools/tidy/names.ts", "tools/test/tidy.test.ts"]);

/** Bad names among the parts of a path. */
export function checkPath(path: string): TidyFault[] {
  if (isTestData(path)) return [];
  const folders = posix.dirname(path).split("/");
  const name = posix.basename(path).replace(/\..*$/, "");
  const faults: TidyFault[] = [];
  // A test of types may be called so, a file of them not.
  const empty = EMPTY_FILE_NAME.test(name) || posix.basename(path) === "types.ts" ? name : folders.find((folder) => EMPTY_FOLDER_NAME.test(folder));
  if (empty !== undefined) faults.push({ path, line: 1, message: `\`${empty}\` says nothing: name it after what it holds` });
  if (!/^(?:FA\d{3}-)?[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) faults.push({ path, line: 1, message: `file names are kebab-case: \`${name}\`` });
  return faults;
}

/** Classes that are named after their being a class. */
export function checkClassNames(file: SourceText): TidyFault[] {
  const faults: TidyFault[] = [];
  walkTree(file.program, (node) => {
    const name = /^Class/.test(node.type) ? nameOf(node["id"]) : undefined;
    if (name !== undefined && EMPTY_CLASS_NAME.test(name)) faults.push({ path: file.path, line: file.lineOf(node.start), message: `class \`${name}\` says nothing: name it after what it holds` });
  });
  return faults;
}

/** Words for which there is another, in source and in prose alike. */
export function checkWords(path: string, text: string): TidyFault[] {
  if (isTestData(path) || WORD_LISTS.has(path) || text.startsWith(GENERATED_SOURCE)) return [];
  return text.split("\n").flatMap((line, index) =>
    REPLACED_WORDS.flatMap(([word, replacement]) => {
      const found = word.exec(line);
      return found === null ? [] : [{ path, line: index + 1, message: `\`${found[0]}\`: write ${replacement}` }];
    }),
  );
}
