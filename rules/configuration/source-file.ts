/** Which files hold programs that the analysis reads, by the ending of their names. */

const SOURCE_ENDING = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/** JavaScript and TypeScript files of every kind; declaration files too. */
export function isSourceFile(path: string): boolean {
  return SOURCE_ENDING.test(path);
}
