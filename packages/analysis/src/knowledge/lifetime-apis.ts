/** Calls of our runtime that give memory back before its frame ends. */
import type { ApiKey } from "../source/traced-type.ts";
import { modelled } from "./model-api.ts";
import { RUNTIME, runtimeEffect } from "./runtime-api.ts";

const own = (...names: readonly string[]): ReadonlySet<ApiKey> => new Set(names.map((name) => `${RUNTIME}:${name}`));

/** Release their receiver. */
const RELEASE_RECEIVER = own(
  "OwnedBox#release", "OwnedBox#dispose", "OwnedBox#@@dispose", "FrameRetained#release", "FrameRetained#dispose", "FrameRetained#@@dispose",
  "TaskAlloc#dispose", "TaskAlloc#@@dispose", "AsyncPoolGuard#dispose", "AsyncPoolGuard#@@dispose",
);

/** Open a part of the frame whose memory is won back when it is over, or win it back themselves. */
const PART_OF_FRAME = own("SmartAlloc#frameScope", "SmartAlloc#checkpointGuard", "SmartAlloc#rollbackTo", "SmartAlloc#speculative");

export function releasesReceiver(api: ApiKey): boolean {
  const model = modelled(api)?.effect;
  return RELEASE_RECEIVER.has(api) || (model?.does === "free" && model.argument === null);
}

/** The argument that it frees; null for what frees none. */
export function releasedArgument(api: ApiKey): number | null {
  const model = modelled(api)?.effect;
  if (model !== undefined) return model.does === "free" ? model.argument : null;
  return runtimeEffect(api)?.kind === "free" ? 0 : null;
}

export function isPartOfFrame(api: ApiKey): boolean {
  return PART_OF_FRAME.has(api);
}

/** Begins a frame, ends one, or runs its callback in one. */
export function isFrameBoundary(api: ApiKey): boolean {
  const kind = runtimeEffect(api)?.kind;
  return kind === "begin" || kind === "end" || kind === "with-frame" || kind === "frame-scope";
}
