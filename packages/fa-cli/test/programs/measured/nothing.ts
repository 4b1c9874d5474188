/** Nothing to call. */
export class Game {}
export const speed = 3;
