/**
 * Knows in which task a frame was opened, and whether that task has ended. A task here is what runs without giving way: until the next `await`, callback or
 * event. The end of one is known from a microtask, which is asked for once a task in which a frame begins.
 */

/** Frames whose tasks are remembered. */
const KEPT = 16;

export class TaskCrossings {
  private task = 0;
  private isAsked = false;
  private readonly tasks: Int32Array = new Int32Array(KEPT);
  private readonly frames: Int32Array = new Int32Array(KEPT);
  private readonly settled: Promise<void> = Promise.resolve();
  private readonly next: () => void;

  /** `ended` is called when a task in which a frame began has ended. */
  constructor(ended: () => void) {
    this.next = () => {
      this.isAsked = false;
      this.task = (this.task + 1) | 0;
      ended();
    };
  }

  frameBegan(frame: number): void {
    this.tasks[frame % KEPT] = this.task;
    this.frames[frame % KEPT] = frame;
    if (this.isAsked) return;
    this.isAsked = true;
    void this.settled.then(this.next);
  }

  /** Whether the task that opened the frame has ended; of one that is long past it has. */
  hasEnded(frame: number): boolean {
    return this.frames[frame % KEPT] !== frame || this.tasks[frame % KEPT] !== this.task;
  }
}
