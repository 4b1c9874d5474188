/** What this page or process offers, asked once: decides whether `memory: "auto"` is shared. */

export interface Capabilities {
  /** `SharedArrayBuffer` exists and may be sent to other agents. */
  readonly shared: boolean;
  /** `Atomics.waitAsync` exists, so a main thread can wait without blocking. */
  readonly waitAsync: boolean;
  /** Shared buffers can grow in place. */
  readonly growable: boolean;
  /** The page is cross-origin isolated. Outside browsers, where the notion does not exist, the same as `shared`. */
  readonly crossOriginIsolated: boolean;
}

interface Globals {
  readonly SharedArrayBuffer?: { readonly prototype: object };
  readonly crossOriginIsolated?: boolean;
  readonly Atomics?: object;
}

/** Of the agent that loaded the module; constant. */
export const capabilities: Capabilities = /* @__PURE__ */ readCapabilities(globalThis);

/** @internal Split from the constant so that a test can hand in other globals. */
export function readCapabilities(globals: Globals): Capabilities {
  const exists = globals.SharedArrayBuffer !== undefined;
  const crossOriginIsolated = globals.crossOriginIsolated ?? exists;
  return Object.freeze({
    shared: exists && crossOriginIsolated,
    waitAsync: globals.Atomics !== undefined && "waitAsync" in globals.Atomics,
    growable: exists && globals.SharedArrayBuffer !== undefined && "grow" in globals.SharedArrayBuffer.prototype,
    crossOriginIsolated,
  });
}
