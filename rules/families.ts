/** The families of rules: their flag on the command line, and the codes that belong to them by default. */
export interface Family {
  /** The flag without its dashes. */
  readonly key: string;
  readonly prefix: string;
  readonly title: string;
}

export const FAMILIES: readonly Family[] = [
  { key: "dirtymem", prefix: "FA0", title: "frame memory" },
  { key: "integration", prefix: "FA1", title: "engine adapters" },
  { key: "threading", prefix: "FA2", title: "agents and shared memory" },
  { key: "budgets", prefix: "FA3", title: "budgets" },
  { key: "dirtymem", prefix: "FA4", title: "handles, boxes and streams" },
  { key: "intent", prefix: "FA5", title: "intent and hot paths" },
  { key: "async-safety", prefix: "FA6", title: "async code and loops" },
  { key: "architecture", prefix: "FA8", title: "architecture" },
];
