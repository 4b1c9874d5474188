/** Tells the audio agent how loud each of four voices is: once a step, as one number. */
import { f32, type SmartAlloc } from "@framealloc/runtime";

/** A voice's byte in the packed number. */
export const THRUST = 0;
export const SHOT = 1;
export const BANG = 2;
export const ALARM = 3;
const VOICES = 4;

export class Sound {
  readonly #alloc: SmartAlloc;
  readonly #port: MessagePort | null;
  #last = 0;

  /** Without a port nothing is heard. */
  constructor(alloc: SmartAlloc, port: MessagePort | null) {
    this.#alloc = alloc;
    this.#port = port;
  }

  /** Loudness of each voice, 0 to 1, or more for a voice that should stand out. Needs an open frame. */
  play(thrust: number, shot: number, bang: number, alarm: number): void {
    if (this.#port === null) return;
    const levels = this.#alloc.frameSlice(f32, VOICES);
    levels[THRUST] = thrust;
    levels[SHOT] = shot;
    levels[BANG] = bang;
    levels[ALARM] = alarm;
    const packed = pack(levels);
    if (packed === this.#last) return;
    this.#last = packed;
    this.#port.postMessage(levels); // want FA201 "`levels`"
  }

  /**
   * The long rumble of a lost ship, with an echo. Needs an open frame.
   * @cold once a life
   */
  rumble(distance: number): void {
    const port = this.#port;
    if (port === null) return;
    const levels = this.#alloc.frameSlice(f32, VOICES);
    levels[BANG] = 1 / (1 + distance / 400);
    const loud = pack(levels);
    levels[BANG] = (levels[BANG] ?? 0) * 0.4;
    port.postMessage(loud);
    setTimeout(() => { port.postMessage(pack(levels)); }, 220); // want FA606 "`levels`"
  }
}

/** Four levels as the bytes of one unsigned number, the loudest voice at full byte. */
function pack(levels: Float32Array): number {
  let loudest = 1;
  for (let voice = 0; voice < levels.length; voice++) loudest = Math.max(loudest, levels[voice] ?? 0);
  let packed = 0;
  for (let voice = 0; voice < levels.length; voice++) {
    packed |= Math.round(((levels[voice] ?? 0) / loudest) * 255) << (8 * voice);
  }
  return packed >>> 0;
}
