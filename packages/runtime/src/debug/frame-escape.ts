/** In debug mode, tells of a frame value that is put into a box which outlives the frame, by itself or as a part of the object that is boxed. */
import { deliverError } from "../diagnostics/sinks.ts";
import { escapedFrameValue } from "../errors.ts";
import { FrameBox } from "../frame/frame-box.ts";
import { StructArray } from "../types/struct-array.ts";
import { View } from "../view.ts";
import { FrameLife } from "./frame-life.ts";

/** Emits FA002 when `content`, or what a property of it holds, is a value of a frame. Looks no deeper. */
export function tellOfEscape(content: unknown, where: string): void {
  if (typeof content !== "object" || content === null) return;
  const isWhole = content instanceof View || content instanceof StructArray || content instanceof FrameBox;
  const parts: readonly (readonly [string, unknown])[] = isWhole ? [["", content]] : Object.entries(content);
  for (const [name, part] of parts) {
    const what = frameValue(part);
    if (what !== undefined) deliverError(escapedFrameValue(what.text, name, where, what.site), "error");
  }
}

function frameValue(value: unknown): { readonly text: string; readonly site: string | undefined } | undefined {
  if (value instanceof FrameBox) return value.isAlive ? { text: "frame box", site: undefined } : undefined;
  const home: unknown = value instanceof View || value instanceof StructArray ? value.$home : undefined;
  return home instanceof FrameLife ? { text: "frame value", site: home.site.text } : undefined;
}
