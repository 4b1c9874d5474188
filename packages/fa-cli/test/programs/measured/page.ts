/** A module that needs a page. */
const canvas = document.querySelector("canvas");

export function frame(): void {
  if (canvas !== null) canvas.width += 1;
}
