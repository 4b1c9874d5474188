/** What the memory of an allocation holds, as far as the type handed to the allocator tells: decides which reads give a scalar and which a view. */

export type Shape =
  | { readonly kind: "scalar" }
  | { readonly kind: "struct"; readonly fields: ReadonlyMap<string, Shape> }
  /** A typed array, struct array, vec or map. */
  | { readonly kind: "array"; readonly element: Shape }
  /** A box: `.value` is what it holds. */
  | { readonly kind: "box"; readonly value: Shape }
  /** A JavaScript object of the user's own: a boxed value, an instance of a class. */
  | { readonly kind: "object" }
  | { readonly kind: "unknown" };

export const SCALAR: Shape = { kind: "scalar" };
export const UNKNOWN_SHAPE: Shape = { kind: "unknown" };
export const OBJECT: Shape = { kind: "object" };

/** What reading a property of a value of this shape gives; `unknown` where the shape does not say. */
export function memberShape(shape: Shape, name: string): Shape {
  if (name === WINDOW) return shape;
  switch (shape.kind) {
    case "struct": return shape.fields.get(name) ?? UNKNOWN_SHAPE;
    case "array": return /^\d+$|^\*$/.test(name) ? shape.element : name === "length" ? SCALAR : name === "buffer" ? { kind: "array", element: SCALAR } : UNKNOWN_SHAPE;
    case "box": return name === "value" ? shape.value : UNKNOWN_SHAPE;
    case "scalar": case "object": case "unknown": return UNKNOWN_SHAPE;
  }
}

/** Member that a part of a typed array is: not the allocation itself, but a window on it. */
export const WINDOW = "subarray()";

/** Whether a read of this shape is a window on the same memory rather than a copy. */
export function isView(shape: Shape): boolean {
  return shape.kind === "struct" || shape.kind === "array" || shape.kind === "box";
}
