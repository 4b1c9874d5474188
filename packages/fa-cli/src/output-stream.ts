/** A stream of the process that text goes out by, at its reader's pace, and quietly when the reader has gone. A disk that is full is the caller's to mend. */
import { isatty } from "node:tty";
import type { OutputStream } from "./host.ts";
import { UsageError } from "./usage-error.ts";

export function outputStream(stream: NodeJS.WriteStream, descriptor: number): OutputStream {
  let closed = false;
  // Whoever wrote is told by `write`; without a listener the process would end by it.
  stream.on("error", () => { closed = true; });
  return {
    isTerminal: isatty(descriptor),
    columns: stream.columns ?? 80,
    isClosed: () => closed,
    write: (text) =>
      new Promise<void>((resolve, reject) => {
        if (closed || text === "") return resolve();
        stream.write(text, (error?: NodeJS.ErrnoException | null) => {
          // The reader has what it wanted (`fa | head`); on Windows the same arrives as EOF.
          if (error == null || error.code === "EPIPE" || error.code === "EOF" || error.code === "ERR_STREAM_DESTROYED") return resolve();
          closed = true;
          reject(new UsageError(`standard ${descriptor === 1 ? "output" : "error"} cannot be written: ${error.message.replace(/, \w+$/, "")}`));
        });
      }),
  };
}
