/** How vecs of structs and of class instances read and write their elements, in the terms in which scalars do. */
import { moveView, rebindView, View } from "../view.ts";
import type { StructType } from "../types/struct-type.ts";
import type { ElementLane, ElementLaneClass } from "./frame-vec.ts";

/** Elements are views, made when first read and kept; storing copies fields. */
export function structLane(type: StructType): ElementLaneClass {
  const stride = type.sizeBytes;
  class StructLane extends View implements ElementLane {
    private readonly views: View[] = [];

    load(index: number): View {
      const view = this.views[index] ?? this.more(index);
      const ptr = this.$ptr + index * stride;
      if (view.$ptr !== ptr) moveView(view, ptr);
      return view;
    }

    store(index: number, value: unknown): void {
      const view = this.load(index);
      if (value !== view) type.assign(view, value);
    }

    renew(index: number, value: unknown): void {
      // The view that `pop` gave is the one of this place.
      if (value !== this.views[index]) this.blank(index, index + 1);
    }

    blank(from: number, to: number): void {
      this.$home.memory.zero(this.$ptr + from * stride, this.$ptr + to * stride);
    }

    drop(): void {}

    rebindElements(): void {
      for (const view of this.views) rebindView(view);
    }

    private more(index: number): View {
      let view: View | undefined;
      while (this.views.length <= index) {
        view = type.make(this.$home.memory, this.$ptr + this.views.length * stride);
        this.views.push(view);
      }
      return view as View;
    }
  }
  return StructLane;
}

/** Elements are references to objects of the caller; nothing lies in the arena. */
export function objectLane(takeObject: () => unknown): ElementLaneClass {
  class ObjectLane extends View implements ElementLane {
    private readonly held: unknown[] = [];

    load(index: number): unknown {
      return this.held[index];
    }

    renew(): void {}

    store(index: number, value: unknown): void {
      this.held[index] = value;
    }

    blank(from: number, to: number): void {
      for (let i = from; i < to; i += 1) this.held[i] = takeObject();
    }

    drop(from: number, to: number): void {
      for (let i = from; i < to; i += 1) this.held[i] = undefined;
    }

    rebindElements(): void {}
  }
  return ObjectLane;
}
