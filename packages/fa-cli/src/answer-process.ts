/** Answers the process's call from what is kept, when it can. Nothing but the disk is loaded for it. */
import { kindOf, listFolder, readFromDisk, realPath, stampOf, toolStamp, withForwardSlashes, writeWhole } from "./disk.ts";
import { diskResolver } from "./disk-resolver.ts";
import { callOf, keptAnswer } from "./kept-answer.ts";
import { outputStream } from "./output-stream.ts";
import { errorText, UsageError } from "./usage-error.ts";

/** Whether it was. Writes the answer and sets the exit code then. */
export async function answeredBefore(): Promise<boolean> {
  const out = outputStream(process.stdout, 1);
  const err = outputStream(process.stderr, 2);
  const call = callOf({ args: process.argv.slice(2), cwd: withForwardSlashes(process.cwd()), env: (name) => process.env[name], out, err }, process.version);
  const answer = keptAnswer({ kindOf, list: listFolder, read: readFromDisk, realPath, stampOf, toolStamp, write: writeWhole, dateMs: () => Date.now(), resolveImport: diskResolver().resolve }, call);
  if (answer === null) return false;
  const { elapsed } = answer;
  const timed = (stream: "out" | "err"): string => {
    const text = answer[stream];
    return elapsed?.stream === stream ? `${text.slice(0, elapsed.start)}${(performance.now() / 1000).toFixed(2)} s${text.slice(elapsed.end)}` : text;
  };
  try {
    await out.write(timed("out"));
    await err.write(timed("err"));
    process.exitCode = answer.exitCode;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.exitCode = 2;
    await err.write(`error${errorText(error)}\n`);
  }
  return true;
}
