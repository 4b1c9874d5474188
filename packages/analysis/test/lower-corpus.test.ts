/** Real libraries: their files are lowered without an exception and keep every invariant. Every fourth file of the largest folder; SOAK=1 takes all. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { checkModule } from "../src/cfg/check.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import { functionSpans } from "./function-nodes.ts";

const MODULES = fileURLToPath(new URL("../../../node_modules/", import.meta.url));
const CORPORA: readonly { readonly folder: string; readonly ending: RegExp; readonly leastFiles: number; readonly every?: number }[] = [
  { folder: "three/src", ending: /\.js$/, leastFiles: 500 },
  { folder: "three/examples/jsm", ending: /\.js$/, leastFiles: 400, every: 4 },
  { folder: "planck/src", ending: /\.ts$/, leastFiles: 50 },
  { folder: "three.quarks/src", ending: /\.ts$/, leastFiles: 5 },
  { folder: "typescript/lib", ending: /\.d\.ts$/, leastFiles: 50 },
];

test.each(CORPORA)("$folder", ({ folder, ending, leastFiles, every = 1 }) => {
  const all = readdirSync(MODULES + folder, { recursive: true, encoding: "utf8" }).filter((file) => ending.test(file)).sort();
  expect(all.length).toBeGreaterThan(leastFiles);
  const files = process.env["SOAK"] === "1" ? all : all.filter((_, index) => index % every === 0);
  const faults: string[] = [];
  const notes: string[] = [];
  for (const file of files) {
    const { module } = parseModule(file, readFileSync(`${MODULES}${folder}/${file}`, "utf8"), "library");
    if (module === null) {
      faults.push(`${file} was not parsed`);
      continue;
    }
    const lowered = lowerModule(module);
    faults.push(...checkModule(lowered, module.text.length));
    notes.push(...lowered.notes.map((note) => `${file} ${note.message}`));
    const found = lowered.functions.slice(1).map((fn) => `${fn.span.start}..${fn.span.end}`);
    if (found.sort().join() !== functionSpans(module.program).sort().join()) faults.push(`${file} has other functions than its tree`);
  }
  expect(faults).toEqual([]);
  expect(notes).toEqual([]);
});
