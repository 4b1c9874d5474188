/** Codes that no rule of the catalogue reports. */

/** Those that the drivers of the rules report themselves: a configuration that `fa` reads may name them for any driver. */
export const DRIVER_CODES: readonly { readonly code: string }[] = [{ code: "FA900" }, { code: "FA901" }, { code: "FA902" }];

/** Those that only a running program reports: there is nothing to choose, allow or suppress. */
export const RUNTIME_ONLY_CODES: readonly string[] = ["FA102", "FA501", "FA502"];
