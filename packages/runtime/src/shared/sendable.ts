/** What may go to another agent, as far as types can tell. */
import type { FRAME } from "../frame/frame-box.ts";

type Refusal = "FA201: a frame value cannot cross agents; use `alloc.frameBoxForTransfer(box)`, or copy the numbers out";

type IsAny<T> = 0 extends 1 & T ? true : false;
type IsFrameValue<T> = IsAny<T> extends true ? false : typeof FRAME extends keyof T ? true : false;
type HoldsFrameValue<T> = T extends object ? (true extends { [K in keyof T]-?: IsFrameValue<T[K]> }[keyof T] ? true : false) : false;

/**
 * `unknown` for what may be sent, so that `T & Sendable<T>` is `T`. For a frame value, or an object or array that holds one, a text that no value is
 * assignable to: the compiler's error shows it.
 */
export type Sendable<T> = IsAny<T> extends true ? unknown : IsFrameValue<T> extends true ? Refusal : HoldsFrameValue<T> extends true ? Refusal : unknown;
