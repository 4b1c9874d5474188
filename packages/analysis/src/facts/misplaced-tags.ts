/**
 * Tags in places where they are not allowed, and tags that nobody declared, by `[tags]` of the configuration.
 *
 * Theory: may: each text that a tag can be is judged by itself. A tag nested, in some run, in one that the module may use, and claimed by no module, is a part of
 * that one and allowed.
 * Known misses: those of the texts and nestings, in `written-texts.ts` and `tag-contexts.ts`.
 */
import { compareText, type Related } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { Program } from "../program.ts";
import type { Location } from "../source/span.ts";
import { allowedTags, covers, declaredTags, foreignTag, isClaimed, isKnown } from "./tag-allowances.ts";
import { type TagContexts, tagContexts } from "./tag-contexts.ts";
import { type NamedTag, type TagCall, tagCalls } from "./tag-uses.ts";
import { TAG_SEPARATOR } from "../knowledge/tag-api.ts";

export interface MisplacedTag {
  readonly tag: NamedTag;
  /** What the module may use. */
  readonly allowed: readonly string[];
  /** The call that takes it. */
  readonly call: Location;
  readonly chain: readonly Related[];
}

export interface UnknownTag {
  readonly tag: NamedTag;
  readonly call: Location;
  /** The declared tag that is written most like it; null for none near. */
  readonly nearest: string | null;
}

export interface MisplacedTags {
  readonly misplaced: readonly MisplacedTag[];
  readonly unknown: readonly UnknownTag[];
}

export const misplacedTags: Fact<MisplacedTags> = defineFact("misplaced-tags", (program, get) => {
  const calls = get(tagCalls);
  const contexts = get(tagContexts);
  const { tags: settings } = program.settings;
  const misplaced: MisplacedTag[] = [];
  const unknown: UnknownTag[] = [];
  for (const call of calls) {
    const at = { file: call.module.file, span: call.op.calleeSpan };
    for (const tag of call.tags) {
      if (tag.module.role !== "project") continue;
      const { file } = tag.module;
      const isUnknown = settings.warnUnknown(file) && isKnown(settings, file, tag.text) === false;
      // What is misspelt is not also in the wrong place.
      if (isUnknown) unknown.push({ tag, call: at, nearest: nearestTag(tag.text, declaredTags(settings, file) ?? []) });
      else if (call.effect.kind !== "name" && isMisplaced(program, contexts, call, tag)) misplaced.push({ tag, allowed: allowedTags(settings, file) ?? [], call: at, chain: tag.chain });
    }
  }
  return { misplaced: byPlace(misplaced), unknown: byPlace(unknown) };
});

function isMisplaced({ settings }: Program, contexts: TagContexts, call: TagCall, tag: NamedTag): boolean {
  const allowed = allowedTags(settings.tags, tag.module.file);
  if (allowed === null || covers(allowed, tag.text)) return false;
  const entered = [[], ...contexts.of(call.fn).map(({ tags }) => tags)];
  const around = entered.flatMap((tags) => contexts.at(call.fn, call.op, tags)).filter((tags) => tags.length > 0);
  for (const tags of around) {
    const texts = tags.map(({ text }) => text);
    if (covers(allowed, [...texts, tag.text].join(TAG_SEPARATOR)) && !isClaimed(settings.tags, tag.text)) return false;
    const isOwn = foreignTag(settings.tags, tag.module.file, texts) === -1 && texts.some((text) => covers(allowed, text));
    if (isOwn && !isClaimed(settings.tags, tag.text)) return false;
  }
  return true;
}

/** Each place and text once. */
function byPlace<T extends { readonly tag: NamedTag }>(found: readonly T[]): readonly T[] {
  const first = new Map<string, T>();
  for (const each of found) {
    const key = `${each.tag.at.file}\0${each.tag.at.span.start}\0${each.tag.text}`;
    if (!first.has(key)) first.set(key, each);
  }
  return [...first.values()].sort((a, b) => compareText(a.tag.at.file, b.tag.at.file) || a.tag.at.span.start - b.tag.at.span.start || compareText(a.tag.text, b.tag.text));
}

/** By the fewest letters to change, at most a third of them, at least two. */
function nearestTag(tag: string, known: readonly string[]): string | null {
  let nearest: string | null = null;
  let least = Math.max(2, Math.floor(tag.length / 3)) + 1;
  for (const candidate of known) {
    const changes = distance(tag.toLowerCase(), candidate.toLowerCase());
    if (changes < least) [nearest, least] = [candidate, changes];
  }
  return nearest;
}

/** Letters to insert, take away or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
