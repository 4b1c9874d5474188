/** The page: keys in, picture and sound out, sixty steps a second whatever the screen's rate. */
import { kilobytes, SmartAlloc } from "@framealloc/runtime";
import { BrowserStore } from "./browser-store.ts";
import { draw } from "./draw.ts";
import { Game } from "./game.ts";
import { Keyboard } from "./input.ts";
import { Records } from "./records.ts";
import { Replay } from "./replay.ts";

const STEP_MS = 1000 / 60;
const MAX_STEPS_A_PICTURE = 4;

const context = canvasContext();
const alloc = new SmartAlloc({ frameArenaSize: kilobytes(256) });
const store = new BrowserStore(localStorage);
const records = new Records(store);
const keyboard = new Keyboard();
const speaker = new MessageChannel();

/** One sitting: the game being played, and the time that its steps have not used up yet. */
class Session {
  game = new Game(alloc, Date.now(), records, speaker.port1);
  replay = new Replay(alloc);
  #lastMs = 0;
  #unusedMs = 0;

  /** Called at every picture of the screen. */
  advance(nowMs: number): void {
    this.#unusedMs = Math.min(this.#unusedMs + nowMs - this.#lastMs, MAX_STEPS_A_PICTURE * STEP_MS);
    this.#lastMs = nowMs;
    while (this.#unusedMs >= STEP_MS) {
      this.#unusedMs -= STEP_MS;
      this.replay.record(keyboard.held);
      this.game.step(keyboard.held);
    }
  }

  restart(): void {
    this.game.dispose();
    this.game = new Game(alloc, Date.now(), records, speaker.port1);
    this.replay = new Replay(alloc);
  }
}

const session = new Session();

function onPicture(nowMs: number): void {
  requestAnimationFrame(onPicture);
  session.advance(nowMs);
  draw(context, session.game, records.best);
}

function canvasContext(): CanvasRenderingContext2D {
  const found = document.querySelector("canvas")?.getContext("2d");
  if (found === null || found === undefined) throw new Error("the page needs a canvas that can be drawn on");
  return found;
}

/** Browsers allow sound only after the first key. */
async function startSound(): Promise<void> {
  const audio = new AudioContext();
  await audio.audioWorklet.addModule("./dist/synth.js");
  const synth = new AudioWorkletNode(audio, "synth");
  synth.connect(audio.destination);
  speaker.port2.onmessage = (event: MessageEvent<number>): void => { synth.port.postMessage(event.data); };
}

keyboard.listen(window);
window.addEventListener("keydown", () => { void startSound(); }, { once: true });
window.addEventListener("keydown", (event) => {
  if (event.code === "Enter" && session.game.over) session.restart();
  if (event.code === "KeyP") void session.replay.save(store, "last-game");
});
requestAnimationFrame(onPicture);
