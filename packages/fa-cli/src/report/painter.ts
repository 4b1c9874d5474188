/** Colours by what they mean. Sixteen of them, so that every terminal and every log viewer shows them alike. */
import { Chalk } from "chalk";
import type { Severity } from "@framealloc/analysis";

/** `primary` is painted by severity; `source` is left alone. */
export type Tone = "source" | "gutter" | "primary" | "secondary" | "strong" | "faint";

export interface Painter {
  paint(text: string, tone: Tone, severity: Severity): string;
}

/** Without colour the text comes back as it is. */
export function painter(color: boolean): Painter {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const primary = { error: chalk.bold.red, warning: chalk.bold.yellow, hint: chalk.bold.cyan };
  return {
    paint: (text, tone, severity) => {
      switch (tone) {
        case "source":
          return text;
        case "primary":
          return primary[severity](text);
        case "gutter":
        case "secondary":
          return chalk.bold.blue(text);
        case "strong":
          return chalk.bold(text);
        case "faint":
          return chalk.dim(text);
      }
    },
  };
}
