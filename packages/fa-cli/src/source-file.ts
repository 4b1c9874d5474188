/** Which files hold programs that the analysis reads, by the ending of their names. */

const SOURCE_ENDING = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/** JavaScript and TypeScript files of every kind; declaration files too. */
export function isSourceFile(path: string): boolean {
  return SOURCE_ENDING.test(path);
}

/** A file that only declares: read to understand others, never one to report in. */
export function isDeclarationFile(path: string): boolean {
  return /\.d\.[cm]?ts$/.test(path);
}
