/**
 * A host that reads a file or lists a folder again only when its stamp is another: for runs that follow each other in one process. A stamp that is younger
 * than what a clock can tell apart proves nothing, and neither does that of what could not be read.
 */
import type { Host } from "./host.ts";
import { TRUST_AFTER_MS } from "./recorded-questions.ts";

interface Remembered<T> {
  readonly stamp: string;
  readonly answer: T;
}

/** Cost of a question: one look at the stamp, where it was asked before. */
export function rememberingHost(host: Host): Host {
  const remembered = <T>(ask: (path: string) => T, isKept: (answer: T) => boolean): ((path: string) => T) => {
    const known = new Map<string, Remembered<T>>();
    return (path) => {
      // Before the answer: a change in between makes the stamp an old one, and that is noticed.
      const stamp = host.stampOf(path);
      const before = known.get(path);
      if (stamp !== null && before?.stamp === stamp.text) return before.answer;
      const isOld = stamp !== null && stamp.changedMs <= host.dateMs() - TRUST_AFTER_MS;
      const answer = ask(path);
      if (isOld && isKept(answer)) known.set(path, { stamp: stamp.text, answer });
      else known.delete(path);
      return answer;
    };
  };
  return { ...host, read: remembered(host.read, (answer) => answer.ok), list: remembered(host.list, (entries) => entries.length > 0) };
}
