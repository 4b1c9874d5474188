/** The words for how grave a finding is: as the configuration sets it, and as it is reported. */

export const LEVELS = ["allow", "hint", "warn", "deny"] as const;
export const SEVERITIES = ["hint", "warning", "error"] as const;

export type Level = (typeof LEVELS)[number];
