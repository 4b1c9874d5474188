/** What a configuration says of the tags that are planted: each half of the files has one of its own, by the first letter of a file's name. */
import type { TagSettings } from "../../packages/analysis/src/program.ts";

/** Whether a file is of the half that may use `planted-first`. */
export function isFirstHalf(file: string): boolean {
  return (file.split("/").at(-1) ?? "") < "m";
}

/** `tones` is what a program uses by itself. */
export const PLANTED_TAGS: TagSettings = {
  known: () => ["planted-first", "planted-second", "tones"],
  warnUnknown: () => true,
  modules: [
    { fits: isFirstHalf, tags: ["planted-first", "tones"] },
    { fits: (file) => !isFirstHalf(file), tags: ["planted-second", "tones"] },
  ],
};
