/** The shared configurations: which rules each turns on, and how gravely. All but the name of the engine follows from the catalogue. */
import type { Rule } from "@framealloc/analysis";
import type { ESLint, Linter } from "eslint";

export type ConfigurationName = "recommended" | "recommendedTypeChecked" | "strict" | "all" | EngineSet;

/** What the rules are for in a project of that engine, whether it uses the runtime or not. */
export type EngineSet = "three" | "r3f" | "babylon" | "pixi" | "playcanvas" | "phaser" | "audio";

interface Choice {
  /** One line for the table of the README. */
  readonly description: string;
  readonly isOn: (rule: Rule) => boolean;
  readonly level: (rule: Rule) => "error" | "warn";
  /** Rules of other plugins that contradict ours. Turned off, a rule need not be there. */
  readonly silenced?: Linter.RulesRecord;
}

const byGravity = ({ severity }: Rule): "error" | "warn" => (severity === "error" ? "error" : "warn");
const every = (): true => true;
const ofFamilies = (...keys: readonly string[]) => ({ severity, families }: Rule): boolean => severity !== "hint" && families.some((key) => keys.includes(key));

/** An engine has one loop on one thread: frames, its adapter, garbage, and frames across `await`. */
const engine = (title: string): Choice => ({ description: `games on ${title}: frames, the adapter, garbage on hot paths, \`await\``, isOn: ofFamilies("dirtymem", "integration", "intent", "async-safety"), level: byGravity });

/** `react-hooks/immutability` forbids to write to what `useMemo`, `useState` and `useThree` give, which is what a scratch object is for. */
const SILENCED_FOR_R3F: Linter.RulesRecord = { "react-hooks/immutability": "off" };

export const CONFIGURATIONS: Readonly<Record<ConfigurationName, Choice>> = {
  recommended: { description: "errors and warnings of `fa`; of a file without types only what no other file can take back", isOn: ({ severity }) => severity !== "hint", level: byGravity },
  recommendedTypeChecked: { description: "everything that `fa` says, hints as warnings; for typed linting", isOn: every, level: byGravity },
  strict: { description: "the same with warnings as errors", isOn: every, level: ({ severity }) => (severity === "hint" ? "warn" : "error") },
  all: { description: "every rule as an error", isOn: every, level: () => "error" },
  three: engine("three.js"),
  r3f: { ...engine("react-three-fiber"), description: "the same for react-three-fiber; turns `react-hooks/immutability` off", silenced: SILENCED_FOR_R3F },
  babylon: engine("Babylon.js"),
  pixi: engine("PixiJS"),
  playcanvas: engine("PlayCanvas"),
  phaser: engine("Phaser"),
  audio: { description: "audio worklets: frames, garbage on hot paths, memory shared by agents, calls that block", isOn: ofFamilies("dirtymem", "intent", "threading", "async-safety"), level: byGravity },
};

/** Each configuration with the plugin itself, to be spread into a flat configuration. */
export function configurationsFor(namespace: string, plugin: ESLint.Plugin, rules: readonly Rule[]): Readonly<Record<ConfigurationName, Linter.Config[]>> {
  const toConfig = ([name, { isOn, level, silenced }]: readonly [string, Choice]): readonly [string, Linter.Config[]] => {
    const levels = Object.fromEntries(rules.filter(isOn).map((rule) => [`${namespace}/${rule.name}`, level(rule)] as const));
    return [name, [{ name: `${namespace}/${name}`, plugins: { [namespace]: plugin }, rules: { ...levels, ...silenced } }]];
  };
  // The names are those of the table.
  return Object.fromEntries(Object.entries(CONFIGURATIONS).map(toConfig)) as Readonly<Record<ConfigurationName, Linter.Config[]>>;
}
