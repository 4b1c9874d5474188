/** Times `fa --watch` as its user sees it: from the edit of a file until the report of the round after it is out. */
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";

const DONE = "watching for changes";
/** An editor does not write all the time, and what watches needs to have come to rest. */
const REST_MS = 200;
const MOST_MS = 300_000;

/** Milliseconds of each of so many edits of one file. Throws when a round does not come. */
export async function watchRounds(command: string, folder: string, file: string, edits: number): Promise<readonly number[]> {
  const child = spawn(process.execPath, [command, "--all", "--quiet", "--watch", "-f", "compact"], { cwd: folder, stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "" } });
  let said = "";
  let heard = (): void => {};
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    heard();
  });
  const round = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => { reject(new Error(`no report of \`fa --watch\` after ${MOST_MS / 1000} s: ${said.slice(-500)}`)); }, MOST_MS);
      heard = () => {
        if (said.split(DONE).length - 1 < count) return;
        clearTimeout(timer);
        resolve();
      };
      child.once("close", (code) => { reject(new Error(`\`fa --watch\` ended with ${code}: ${said.slice(-500)}`)); });
      heard();
    });
  try {
    await round(1);
    const times: number[] = [];
    for (let edit = 0; edit < edits; edit += 1) {
      await new Promise((resolve) => { setTimeout(resolve, REST_MS); });
      const startedMs = performance.now();
      appendFileSync(file, `\n// watched ${edit}\n`);
      await round(edit + 2);
      times.push(performance.now() - startedMs);
    }
    return times;
  } finally {
    child.removeAllListeners("close");
    child.kill("SIGKILL");
  }
}
