/** Full garbage collections, for tests of what is held on to. */
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects all that nobody holds on to. What a `WeakRef` gave in the running task is held until its end: this waits for that first. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  for (let i = 0; i < 3; i += 1) {
    await wait(1);
    gc();
  }
}
