/** `Symbol.dispose`, also where the engine has none yet: then the symbol that compilers of `using` look for. */

export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose);
