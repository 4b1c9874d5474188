/** What gives a moment or a span of time: clocks of the platforms, and what engines keep or pass of them. */
import type { ApiKey } from "../source/traced-type.ts";

const CLOCKS: ReadonlySet<ApiKey> = new Set(["global:performance.now", "global:Date.now", "global:process.hrtime", "global:process.uptime", "node:process#hrtime", "node:perf_hooks#performance.now"]);

/** Methods of clocks and dates, on receivers of any library. */
const METHODS: ReadonlySet<string> = new Set(["now", "getTime", "getDelta", "getDeltaTime", "getElapsed", "getElapsedTime", "getFixedDelta"]);

/** Members under which engines, events and media say what time it is, or how much has gone by. */
const MEMBERS: ReadonlySet<string> = new Set([
  "now", "time", "delta", "elapsed", "deltaTime", "deltaMS", "elapsedMS", "elapsedTime", "totalTime", "unscaledDeltaTime", "rawDelta", "lastTime", "timeStamp", "timestamp", "currentTime",
]);

export function isClock(api: ApiKey): boolean {
  return CLOCKS.has(api);
}

/** Of a method that no class of the program has. */
export function tellsTime(method: string): boolean {
  return METHODS.has(method);
}

/** Of a member that nobody in the program sets. */
export function holdsTime(member: string): boolean {
  return MEMBERS.has(member);
}
