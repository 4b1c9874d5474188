/** A fault of the one who called: arguments, configuration, nothing to analyze. */

export interface UsageErrorDetail {
  /** The place in the configuration: `.fa.toml:3:7`. */
  readonly place?: string;
  readonly help?: string;
}

export class UsageError extends Error {
  readonly detail: UsageErrorDetail;

  constructor(message: string, detail: UsageErrorDetail = {}) {
    super(message);
    this.name = "UsageError";
    this.detail = detail;
  }
}
