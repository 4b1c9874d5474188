/** FA532 reads the fact `brokenContracts`: functions that promise not to make garbage, or only so much of it, and do. */
import { brokenContracts, type BrokenContract, byteText, type ContractSite, functionLabel, garbageRewrites, type Related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA532 = defineRule({
  code: "FA532",
  name: "alloc-contract",
  families: ["intent"],
  severity: "error",
  since: "0.1.0",
  summary: "a function makes garbage that its `@noalloc` or `@allocBudget` forbids, itself or in what it calls",
  docs: {
    why: `
\`@noalloc\` above a function says that a call of it makes no garbage; \`@allocBudget 64\` that it makes at most 64 bytes. The contract covers everything
that the call runs, in other files too, so that a change far away cannot break it unnoticed. Error paths, values made once, and functions
marked \`@cold\` are no part of it; memory of the runtime (\`frameAlloc\`, \`poolBox\`) is no garbage.`,
    bad: `
interface Point { x: number; y: number }

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** @noalloc */
export function follow(camera: { target: Point }, a: Point, b: Point): void {
  camera.target = middle(a, b);
}`,
    good: `
interface Point { x: number; y: number }

function middle(a: Point, b: Point, into: Point): void {
  into.x = (a.x + b.x) / 2;
  into.y = (a.y + b.y) / 2;
}

/** @noalloc */
export function follow(camera: { target: Point }, a: Point, b: Point): void {
  middle(a, b, camera.target);
}`,
    misses: "What the rule about hot paths misses, too: calls that cannot be resolved, boxed numbers, APIs in no table. A loop whose rounds are not known counts once against a budget.",
  },
  needs: { broken: brokenContracts, rewrites: garbageRewrites },

  check({ broken, rewrites }, report) {
    for (const contract of broken) {
      const name = functionLabel(contract.module, contract.function);
      const promised: Related = { at: { file: contract.module.file, span: contract.function.nameSpan }, message: contract.budget === 0 ? "marked `@noalloc` here" : `marked \`@allocBudget ${contract.budget}\` here` };
      if (contract.budget > 0) {
        report({ at: promised.at, message: `${name} makes ${byteText(contract.bytes)} of garbage a call, and its budget is ${byteText(contract.budget)}`, related: contract.sites.slice(0, MOST_SITES).map(allocatedHere), chain: contract.sites[0]?.chain ?? [], help: "keep what it makes outside of the function and overwrite it, or raise the budget" });
        continue;
      }
      for (const [first, ...others] of byPlace(contract).values()) {
        const inside = first.chain.length === 0 ? "" : `: ${first.site.what} in ${first.chain.length === 1 ? "what it calls" : `${first.chain.length} calls from here`}`;
        const made = first.chain.length === 0 ? `${first.site.what} in ${name}` : `a call in ${name} makes garbage`;
        report({
          at: first.chain[0]?.at ?? first.at,
          message: `${made}, which is marked \`@noalloc\`${inside}`,
          related: [promised, ...[first, ...others].slice(0, MOST_SITES).map(allocatedHere)],
          chain: first.chain,
          // Of several, one alone would not keep the contract.
          fixes: others.length > 0 ? [] : rewrites.of(first.module, first.function, first.site),
          help: "keep what is made outside of the function and overwrite it, or mark what runs seldom `@cold`",
        });
      }
    }
  },
});

const MOST_SITES = 3;

function allocatedHere({ at, site }: ContractSite): Related {
  return { at, message: `allocated here: ${site.what}, ${byteText(site.bytes)}` };
}

/** What one place of the function leads to, together. */
function byPlace({ sites }: BrokenContract): ReadonlyMap<string, readonly [ContractSite, ...ContractSite[]]> {
  const places = new Map<string, [ContractSite, ...ContractSite[]]>();
  for (const each of sites) {
    const { span } = each.chain[0]?.at ?? each.at;
    const key = `${span.start}:${span.end}`;
    const known = places.get(key);
    if (known === undefined) places.set(key, [each]);
    else known.push(each);
  }
  return places;
}
