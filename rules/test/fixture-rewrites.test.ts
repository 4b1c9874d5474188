/**
 * Every rewrite that is offered anywhere in the fixtures, applied by itself: the program parses, has no new type error, is not said that again nor anything new,
 * and does what it did, as far as it can be run here. All of a program's rewrites together leave nothing that a second pass would change.
 */
import { fileURLToPath } from "node:url";
import type { Diagnostic, Fix } from "@framealloc/analysis";
import * as runtime from "@framealloc/runtime";
import { CATALOGUE } from "@framealloc/rules";
import { describe, expect, it } from "vitest";
import { applyFixes } from "../../packages/fa-cli/src/apply-fixes.ts";
import { analyzeTexts } from "../../packages/fa-cli/src/open-texts.ts";
import { type DocumentedProgram, typeErrors } from "../../tools/documented-programs.ts";
import { type Fixture, listFixtures, settingsFor } from "../../tools/fixtures.ts";
import { runProgram } from "../../tools/run-program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const MINUTE = 60_000;
const MOST_PASSES = 5;
/** It comes without types. */
const THREE: string = "three";
const packages = new Map<string, object>([["three", (await import(THREE)) as object], ["@framealloc/runtime", runtime]]);

/** The codes that have rewrites; that no other has is seen where ESLint applies them. */
const REWRITING: ReadonlySet<string> = new Set(["FA204", "FA510", "FA520", "FA530", "FA531", "FA532", "FA533", "FA534", "FA602", "FA802"]);

/** Programs of several agents wait for each other; what FA531 finds is a wrong result, and its rewrite makes another one of it. */
const runs = ({ code }: Fixture): boolean => code !== "FA204" && code !== "FA531";

type Texts = ReadonlyMap<string, string>;

interface Offer {
  readonly fixture: Fixture;
  readonly diagnostic: Diagnostic;
  readonly fix: Fix;
  /** What is said of it without the rewrite. */
  readonly diagnostics: readonly Diagnostic[];
  readonly before: Texts;
  readonly after: Texts;
}

const find = (fixture: Fixture, texts: Texts): readonly Diagnostic[] => analyzeTexts(texts, CATALOGUE, settingsFor(fixture.files, CATALOGUE)).diagnostics;
const sourcesOf = ({ files }: Fixture): Texts => new Map([...files].filter(([file]) => !file.endsWith(".toml")));
const nameOf = ({ fixture, diagnostic, fix }: Offer): string => `${fixture.path}: ${diagnostic.code} ${diagnostic.message}: ${fix.title}`;

function applied(texts: Texts, diagnostics: readonly Diagnostic[]): Texts {
  const { texts: changed } = applyFixes(diagnostics, { suggestions: true, isOpen: () => true, textOf: (file) => texts.get(file) });
  return new Map([...texts, ...changed]);
}

const found = listFixtures(root).filter(({ code, kind }) => kind === "bad" && REWRITING.has(code ?? "")).map((fixture) => ({ fixture, before: sourcesOf(fixture), diagnostics: find(fixture, sourcesOf(fixture)) }));
const offers: readonly Offer[] = found.flatMap(({ fixture, before, diagnostics }) =>
  diagnostics.flatMap((diagnostic) => diagnostic.fixes.map((fix) => ({ fixture, diagnostic, fix, diagnostics, before, after: applied(before, [{ ...diagnostic, fixes: [fix] }]) }))));

describe("a rewrite that a fixture is offered", () => {
  it("is there for many", () => {
    expect(new Set(offers.map(({ diagnostic }) => diagnostic.code)).size).toBeGreaterThanOrEqual(10);
    expect(offers.length).toBeGreaterThan(110);
  });

  it("takes the finding away and brings nothing new", () => {
    for (const offer of offers) {
      const { fixture, diagnostic, diagnostics, before, after } = offer;
      expect([...after].some(([file, text]) => text !== before.get(file)), nameOf(offer)).toBe(true);
      const said = (all: readonly Diagnostic[]): string[] => all.map(({ code }) => code).sort();
      const now = said(find(fixture, after));
      const expected = said(diagnostics);
      expected.splice(expected.indexOf(diagnostic.code), 1);
      // One rewrite may take away more than what it is offered for.
      expect(now.filter((code) => code === diagnostic.code).length, nameOf(offer)).toBeLessThanOrEqual(expected.filter((code) => code === diagnostic.code).length);
      expect(now.filter((code) => !expected.includes(code)), nameOf(offer)).toEqual([]);
    }
  }, 5 * MINUTE);

  it("has no type error that was not there before", () => {
    const programOf = (place: string, texts: Texts): DocumentedProgram[] =>
      [...texts].filter(([file]) => /\.[cm]?tsx?$/.test(file)).map(([path, text]) => ({ place, text, jsx: path.endsWith("x"), file: { folder: place.replace(/\W+/g, "-"), path } }));
    const withoutLine = (error: string): string => error.replace(/^.*?: \d+: /, "");
    const errors = typeErrors(root, [...found.flatMap(({ fixture, before }) => programOf(`${fixture.path} before`, before)), ...offers.flatMap(({ after }, index) => programOf(`${index} after`, after))]);
    for (const [index, offer] of offers.entries()) {
      const before = errors.filter((error) => error.startsWith(`${offer.fixture.path} before:`)).map(withoutLine);
      const after = errors.filter((error) => error.startsWith(`${index} after:`)).map(withoutLine);
      expect(after.filter((error) => !before.includes(error)), nameOf(offer)).toEqual([]);
    }
  }, 5 * MINUTE);

  it("does what was done before, wherever it can be run", () => {
    let ran = 0;
    const running = offers.filter(({ fixture }) => runs(fixture));
    for (const offer of running) {
      const before = runProgram(offer.before, packages);
      const after = runProgram(offer.after, packages);
      expect(after, nameOf(offer)).toEqual(before);
      if (before.failure === null) ran++;
    }
    expect(ran).toBeGreaterThan(running.length / 2);
  }, 5 * MINUTE);
});

it("together they leave a program that a second pass does not change, and that does the same", () => {
  for (const { fixture, before, diagnostics } of found) {
    if (!diagnostics.some(({ fixes }) => fixes.length > 0)) continue;
    let texts = before;
    let last = diagnostics;
    for (let pass = 0; pass < MOST_PASSES && last.some(({ fixes }) => fixes.length > 0); pass++) {
      texts = applied(texts, last);
      last = find(fixture, texts);
    }
    expect(last.filter(({ code }) => code === "FA902"), fixture.path).toEqual([]);
    expect(applied(texts, last), fixture.path).toEqual(texts);
    if (runs(fixture)) expect(runProgram(texts, packages), fixture.path).toEqual(runProgram(before, packages));
  }
}, 5 * MINUTE);
