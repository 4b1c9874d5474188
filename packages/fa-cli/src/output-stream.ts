/** A stream of the process that text goes out by, at its reader's pace, and quietly when the reader has gone. */
import { isatty } from "node:tty";
import type { OutputStream } from "./host.ts";

export function outputStream(stream: NodeJS.WriteStream, descriptor: number): OutputStream {
  let closed = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // The reader has what it wanted (`fa | head`); on Windows the same arrives as EOF.
    if (error.code !== "EPIPE" && error.code !== "EOF") throw error;
    closed = true;
  });
  return {
    isTerminal: isatty(descriptor),
    columns: stream.columns ?? 80,
    isClosed: () => closed,
    write: (text) =>
      new Promise<void>((resolve) => {
        if (closed || text === "") resolve();
        else stream.write(text, () => { resolve(); });
      }),
  };
}
