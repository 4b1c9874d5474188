/**
 * A channel where memory is not shared. The agent that made it is the hub and holds the queue; the others post items to it and ask it for some.
 *
 *   client -> hub:  put(item)   pull      close   hello
 *   hub -> client:  ack (an item of yours has left the queue)      item (the answer to a pull)      end (the answer when it is closed and empty)
 *
 * An item is given to one agent, in the order in which the hub got them. Each sender may have `capacity` items on their way. Everything arrives between tasks, so an
 * agent that only computes hears of nothing. `tryReceive` of a client gives what its last question brought.
 */
import { TransferHandle, type TransferToken } from "./transfer-handle.ts";

/** One of the two: a value of a handle, or a plain one. */
export interface PostedItem {
  readonly token?: TransferToken;
  readonly value?: unknown;
}

interface Message {
  readonly kind: "put" | "pull" | "close" | "hello" | "ack" | "item" | "end";
  readonly from: string;
  readonly to: string;
  readonly item?: PostedItem;
}

interface Queued {
  readonly from: string;
  readonly item: PostedItem;
}

const HUB = "hub";

export class PostedChannel {
  isClosed = false;
  private readonly me: string;
  private readonly port: BroadcastChannel & { ref?(): void; unref?(): void };
  private readonly capacity: number;
  /** Of the hub: all that was sent and not received. Of a client: what it was given. */
  private readonly queue: Queued[] = [];
  /** Of the hub: clients that asked, in their order. */
  private readonly asking: string[] = [];
  private readonly listeners: Set<() => void> = new Set();
  private unacknowledged = 0;
  private isAsking = false;
  private isEnded = false;

  constructor(name: string, capacity: number, isHub: boolean) {
    this.capacity = capacity;
    this.me = isHub ? HUB : `agent-${Math.random().toString(36).slice(2)}`;
    this.port = new BroadcastChannel(name);
    this.port.onmessage = (event: MessageEvent<Message>) => this.hear(event.data);
    this.port.unref?.();
    if (!isHub) this.post("hello", HUB);
  }

  get size(): number {
    return this.queue.length;
  }

  get hasRoom(): boolean {
    return !this.isClosed && (this.me === HUB ? this.queue.length : this.unacknowledged) < this.capacity;
  }

  /** There is room. */
  send(item: PostedItem): void {
    if (this.me === HUB) {
      this.queue.push({ from: HUB, item });
      this.serve();
    } else {
      this.unacknowledged += 1;
      this.post("put", HUB, item);
    }
  }

  /** The next item. `check` throws when it cannot be received here: then it stays. */
  tryReceive(check: (item: PostedItem) => void): PostedItem | undefined {
    if (this.queue[0] !== undefined) check(this.queue[0].item);
    const queued = this.queue.shift();
    if (queued === undefined) this.ask();
    else if (this.me === HUB) this.acknowledge(queued);
    return queued?.item;
  }

  /** What `look` gives, asked again whenever something arrives; undefined when `ms` are over. */
  receive<R>(ms: number, look: () => R | undefined): Promise<R | undefined> {
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined = undefined;
      const finish = (found: R | undefined): void => {
        clearTimeout(timer);
        this.listeners.delete(again);
        if (this.listeners.size === 0) this.port.unref?.();
        resolve(found);
      };
      const again = (): void => {
        const found = look();
        if (found !== undefined) finish(found);
      };
      this.port.ref?.();
      this.listeners.add(again);
      // Timers of more than 24 days fire at once.
      if (ms < 2 ** 31) timer = setTimeout(() => finish(look()), ms);
      again();
    });
  }

  /** Nothing more will come: closed, and what was there is gone. */
  get isDone(): boolean {
    return this.me === HUB ? this.isClosed && this.queue.length === 0 : this.isEnded && this.queue.length === 0;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.post("close", "");
    this.serve();
    this.tell();
  }

  private ask(): void {
    if (this.me === HUB || this.isAsking || this.isEnded) return;
    this.isAsking = true;
    this.post("pull", HUB);
  }

  private hear({ kind, from, to, item }: Message): void {
    if (to !== "" && to !== this.me) return;
    switch (kind) {
      case "put": this.queue.push({ from, item: item ?? {} }); this.serve(); break;
      case "pull": this.asking.push(from); this.serve(); break;
      case "hello": if (this.isClosed) this.post("close", from); break;
      case "close": this.isClosed = true; this.serve(); this.ask(); break;
      case "ack": this.unacknowledged -= 1; break;
      case "item": this.isAsking = false; this.queue.push({ from, item: item ?? {} }); break;
      case "end": this.isAsking = false; this.isEnded = true; break;
    }
    this.tell();
  }

  /** As the hub: gives what is there to those who asked, after its own agent. */
  private serve(): void {
    if (this.me !== HUB) return;
    this.tell();
    while (this.asking.length > 0 && (this.queue.length > 0 || this.isClosed)) {
      const to = this.asking.shift() ?? "";
      const queued = this.queue.shift();
      if (queued !== undefined) this.acknowledge(queued);
      this.post(queued === undefined ? "end" : "item", to, queued?.item);
    }
  }

  private acknowledge({ from }: Queued): void {
    if (from !== HUB) this.post("ack", from);
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private post(kind: Message["kind"], to: string, item?: PostedItem): void {
    this.port.postMessage({ kind, from: this.me, to, ...(item === undefined ? {} : { item }) } satisfies Message);
  }
}

/** What is posted for a handle or a token: without bytes, with a copy of its value, which `copyOf` refuses before anything is changed. A handle is on its way from here on. */
export function postable(item: TransferHandle<unknown> | TransferToken, copyOf: (value: unknown) => unknown): PostedItem {
  if (!(item instanceof TransferHandle)) {
    if (item.type === undefined) copyOf(item.value);
    // Itself: by that it is known when it is sent twice.
    return { token: item };
  }
  if (item.type !== undefined || !item.isUnsent) return { token: item.detach() };
  const value = copyOf(item.carried);
  return { token: { ...item.detach(), value } };
}
