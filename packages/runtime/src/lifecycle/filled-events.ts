/**
 * Events that are filled again and again. Classes, and times that are no numbers at first: engines then give the times room for a fraction within the object from
 * the start, and copies that listeners make have shapes of their own; each time would be garbage otherwise.
 */
import type { EventKind } from "./frame-event.ts";

export class BeganEvent {
  readonly type = "frameBegin";
  agentId = 0;
  frameNumber = 0;
  timeUs = NaN;
}

export class EndedEvent {
  readonly type = "frameEnd";
  agentId = 0;
  frameNumber = 0;
  timeUs = NaN;
  durationUs = NaN;
  totalAllocated = 0;
  peak = 0;
  poolBytes = 0;
  heapBytes = 0;
}

export class ValueEvent<T extends "alloc" | "free"> {
  readonly type: T;
  agentId = 0;
  kind: EventKind = "frame";
  sizeBytes = 0;
  ptr = -1;
  tag = "";
  frameNumber = 0;

  constructor(type: T) {
    this.type = type;
  }
}

export class TransferEvent {
  type: "transferInitiated" | "transferCompleted" = "transferInitiated";
  agentId = 0;
  sizeBytes = 0;
  ptr = 0;
  generation = 0;
  timeUs = NaN;
}
