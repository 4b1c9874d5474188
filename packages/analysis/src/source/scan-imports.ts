/** stub */
export interface ScannedImport {
  readonly specifier: string;
  readonly start: number;
}
export function scanImports(text: string): readonly ScannedImport[] {
  void text;
  return [];
}
