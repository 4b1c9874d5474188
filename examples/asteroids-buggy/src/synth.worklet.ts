/** The audio agent: four voices made of noise and square waves, with the loudness that `sound.ts` sends. */

// The audio agent's globals are in no library of TypeScript.
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const sampleRate: number;

class Synth extends AudioWorkletProcessor {
  #packed = 0;
  #noise = 1;
  #phase = 0;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<number>): void => { this.#packed = event.data; };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const samples = outputs[0]?.[0];
    if (samples === undefined) return true;
    const rumble = (this.#packed & 0xff) + ((this.#packed >>> 16) & 0xff) * 2;
    const shot = (this.#packed >>> 8) & 0xff;
    const alarm = this.#packed >>> 24;
    for (let index = 0; index < samples.length; index++) {
      this.#noise = (Math.imul(this.#noise, 1664525) + 1013904223) | 0;
      this.#phase = (this.#phase + 220 / sampleRate) % 1;
      const square = this.#phase < 0.5 ? 1 : -1;
      const noise = this.#noise / 2147483648;
      samples[index] = (noise * rumble + square * (shot + alarm * 0.5)) / 8192;
    }
    return true;
  }
}

registerProcessor("synth", Synth);
