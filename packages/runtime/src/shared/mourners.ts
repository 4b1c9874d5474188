/** Who is told when an agent died, so that what it was in the middle of holds nobody up, or when an allocator of this agent left. The table keeps nobody alive. */

/** Has claims of agents in something that all share. */
interface Mourner {
  agentDied(region: number, agent: number): void;
  /** Nothing is done in the name of these transfers any more: their agent's number may be another's. */
  transfersLeft(transfers: object): void;
}

const mourners = /* @__PURE__ */ new Set<WeakRef<Mourner>>();

export function onReclaim(mourner: Mourner): void {
  mourners.add(new WeakRef(mourner));
}

/** `agent` of a region is dead. */
export function tellOfDeath(region: number, agent: number): void {
  tell((mourner) => mourner.agentDied(region, agent));
}

/** An allocator of this agent was disposed. */
export function tellOfLeaving(transfers: object): void {
  tell((mourner) => mourner.transfersLeft(transfers));
}

function tell(fn: (mourner: Mourner) => void): void {
  for (const each of mourners) {
    const mourner = each.deref();
    if (mourner === undefined) mourners.delete(each);
    else fn(mourner);
  }
}
