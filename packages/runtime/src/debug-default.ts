/** Whether debug mode is on for allocators that do not say: set by the entries for the `development` condition, before anything is allocated. */

let isOn = false;

export function debugByDefault(): boolean {
  return isOn;
}

export function setDebugByDefault(): void {
  isOn = true;
}
