/** A worker of the browser test that shares channels and a barrier with the page. */
// @ts-nocheck: the paths are those of the server.
import * as runtime from "/runtime/index.js";
import { work } from "/agents-exercise.mjs";

onmessage = ({ data }) => {
  work(runtime, data).catch((error) => postMessage({ error: String(error?.stack ?? error) }));
};
