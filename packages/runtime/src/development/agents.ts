/** The entry for agents under the `development` condition: debug mode is on unless the configuration says otherwise. */
import { setDebugByDefault } from "../debug-default.ts";

setDebugByDefault();

export * from "../agents.ts";
