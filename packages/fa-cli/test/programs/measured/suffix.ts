/** Found without its extension. */
export enum Suffix {
  None,
}
export const suffix: number = Suffix.None;
