/** In which state a program was when something was said about it. */
import { lastAllocator, type ContextSource } from "./current-allocator.ts";

export class DiagContext {
  /** Whether a frame was open. */
  readonly frameActive: boolean;
  /** The number of the open frame, or of the last one; 0 before the first. */
  readonly frameNumber: number;
  /** Tags in force, "ai::pathfinding"; empty for none. */
  readonly tagPath: string;
  /** The agent's number among those that share its memory; 0 where it is not shared. */
  readonly agentId: number;
  /** The name that the worker was given; empty for none. */
  readonly agentName: string;
  /** False in workers. */
  readonly isMainThread: boolean;

  private constructor(source: ContextSource | undefined) {
    this.frameActive = source?.inFrame() ?? false;
    this.frameNumber = source?.frameNumber() ?? 0;
    this.tagPath = source?.tagPath() ?? "";
    this.agentId = source?.seat() ?? 0;
    const { isMainThread, name } = agent();
    this.agentName = name;
    this.isMainThread = isMainThread;
  }

  /** The state of now: of `alloc`, or of the allocator that this agent made last. */
  static capture(alloc?: ContextSource): DiagContext {
    return new DiagContext(alloc ?? lastAllocator());
  }

  /** `frame 12 open, agent 1 "physics", tag "ai::pathfinding"` */
  toString(): string {
    const { frameActive, frameNumber, agentId, agentName, isMainThread, tagPath } = this;
    const frame = frameActive ? `frame ${frameNumber} open` : frameNumber === 0 ? "before the first frame" : `after frame ${frameNumber}`;
    const who = `${isMainThread ? "main thread" : "worker"}, agent ${agentId}${agentName === "" ? "" : ` ${JSON.stringify(agentName)}`}`;
    return `${frame}, ${who}${tagPath === "" ? "" : `, tag ${JSON.stringify(tagPath)}`}`;
  }
}

interface NodeThreads {
  readonly isMainThread: boolean;
  readonly threadName?: string;
}

/** What platform runs this, as far as it says. */
function agent(): { readonly isMainThread: boolean; readonly name: string } {
  const { process, WorkerGlobalScope, name } = globalThis as {
    readonly process?: { readonly getBuiltinModule?: (id: string) => unknown };
    readonly WorkerGlobalScope?: unknown;
    readonly name?: unknown;
  };
  const threads = process?.getBuiltinModule?.("node:worker_threads") as NodeThreads | undefined;
  if (threads !== undefined) return { isMainThread: threads.isMainThread, name: threads.threadName ?? "" };
  const isWorker = WorkerGlobalScope !== undefined;
  return { isMainThread: !isWorker, name: isWorker && typeof name === "string" ? name : "" };
}
