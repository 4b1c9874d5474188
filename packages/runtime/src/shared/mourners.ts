/** Who is told when an agent died, so that what it was in the middle of holds nobody up. The table keeps nobody alive. */

/** Has claims of agents in something that all share. */
interface Mourner {
  agentDied(region: number, agent: number): void;
}

const mourners = /* @__PURE__ */ new Set<WeakRef<Mourner>>();

export function onReclaim(mourner: Mourner): void {
  mourners.add(new WeakRef(mourner));
}

/** `agent` of a region is dead. */
export function tellOfDeath(region: number, agent: number): void {
  for (const each of mourners) {
    const mourner = each.deref();
    if (mourner === undefined) mourners.delete(each);
    else mourner.agentDied(region, agent);
  }
}
