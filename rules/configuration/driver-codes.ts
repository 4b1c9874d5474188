/** Codes that the drivers of the rules report themselves: a configuration that `fa` reads may name them for any driver. */

export const DRIVER_CODES: readonly { readonly code: string }[] = [{ code: "FA900" }, { code: "FA901" }, { code: "FA902" }];
