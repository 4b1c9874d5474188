/**
 * The words of a barrier where memory is not shared. The agent that made it is the hub and has the true ones; the others have a copy, as it was posted last.
 *
 *   client -> hub:  signal   abandon   register   unregister(member)   hello(thread)
 *   hub -> all:     words (after every change)                   hub -> client:  refused (more agents signal than are counted)   abandoned(words)
 *
 * Everything arrives between tasks, so that nothing here blocks.
 */
import { overSignalled } from "../errors.ts";
import { abandonGeneration, addMember, arrive, claimMember, generationOf, removeMember, spareMember, takeMember } from "./gate.ts";

interface Message {
  readonly kind: "signal" | "abandon" | "register" | "unregister" | "hello" | "words" | "refused" | "abandoned";
  readonly from: string;
  readonly to: string;
  readonly member?: number | undefined;
  readonly words?: readonly number[];
}

const HUB = "hub";

export class PostedGate {
  readonly isClient: boolean;
  private readonly me: string;
  private readonly port: BroadcastChannel & { ref?(): void; unref?(): void };
  private readonly words: Int32Array;
  /** Of the hub: which member each client is. */
  private readonly members: Map<string, number> = new Map();
  private readonly listeners: Set<() => void> = new Set();
  /** Of a client: the generation that began when it gave one up. */
  begun = 0;
  private signalledIn = -1;
  private isRefused = false;

  constructor(name: string, words: Int32Array, isHub: boolean, thread: number | undefined) {
    this.isClient = !isHub;
    this.words = words;
    this.me = isHub ? HUB : `agent-${Math.random().toString(36).slice(2)}`;
    this.port = new BroadcastChannel(name);
    this.port.onmessage = (event: MessageEvent<Message>) => this.hear(event.data);
    this.port.unref?.();
    if (!isHub) this.post("hello", HUB, thread);
  }

  /** Of a client; gives the generation. FA205 when it has signalled in this generation, and after the hub has refused one. */
  signal(): number {
    if (this.isRefused) throw overSignalled("a barrier signalled by more agents than it counts");
    const generation = generationOf(this.words);
    if (this.signalledIn === generation) throw overSignalled("a barrier signalled twice by one agent in one generation");
    this.signalledIn = generation;
    this.post("signal", HUB);
    return generation;
  }

  abandon(): void {
    this.post("abandon", HUB);
  }

  register(): void {
    this.post("register", HUB);
  }

  unregister(member: number | undefined): void {
    this.post("unregister", HUB, member);
  }

  /** Of the hub: says what the words are. */
  tell(): void {
    this.port.postMessage({ kind: "words", from: this.me, to: "", words: [...this.words] } satisfies Message);
    this.wake();
  }

  /** When the words have changed. */
  change(): Promise<void> {
    this.port.ref?.();
    return new Promise((resolve) => this.listeners.add(resolve));
  }

  private hear({ kind, from, to, member, words }: Message): void {
    if (kind === "words") {
      if (this.isClient) this.words.set(words ?? []);
      return this.wake();
    }
    if (to !== this.me) return undefined;
    if (kind === "refused") {
      this.isRefused = true;
      return undefined;
    }
    if (kind === "abandoned") {
      this.words.set(words ?? []);
      this.begun = generationOf(this.words);
      return this.wake();
    }
    this.serve(kind, from, member);
    return this.tell();
  }

  private serve(kind: Message["kind"], from: string, member: number | undefined): void {
    const { words, members } = this;
    switch (kind) {
      case "hello":
        if (member !== undefined) {
          members.set(from, member);
          takeMember(words, member);
        }
        break;
      case "signal": {
        const own = members.get(from) ?? claimMember(words);
        if (own < 0) this.post("refused", from);
        else {
          members.set(from, own);
          arrive(words, own);
        }
        break;
      }
      case "abandon":
        abandonGeneration(words);
        this.port.postMessage({ kind: "abandoned", from: this.me, to: from, words: [...words] } satisfies Message);
        break;
      case "register": addMember(words); break;
      default: removeMember(words, member ?? members.get(from) ?? spareMember(words));
    }
  }

  private wake(): void {
    if (this.listeners.size > 0) this.port.unref?.();
    for (const listener of [...this.listeners]) listener();
    this.listeners.clear();
  }

  private post(kind: Message["kind"], to: string, member?: number): void {
    this.port.postMessage({ kind, from: this.me, to, member } satisfies Message);
  }
}
