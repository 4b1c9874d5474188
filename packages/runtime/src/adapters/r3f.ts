/**
 * react-three-fiber: a frame begins before all that `useFrame` calls, and ends when the browser's callback does, with the rendering behind it.
 *
 * Neither React nor the fiber is imported. The component is one of a class, which React tells by a mark; it finds the canvas that it stands in by the providers above it.
 * The hook is given `useFrame`.
 */
import { EngineFrames, type FrameHolder } from "./engine-frames.ts";
import { imported } from "./imported-adapters.ts";

export { allocOf } from "./engine-frames.ts";

imported("r3f");

/** Before all others. Not infinite, as priorities are subtracted. */
const FIRST = -1e9;

type UseFrame = (callback: () => void, priority?: number) => unknown;

/** What is above a component in React's tree. */
interface Fiber {
  readonly return: Fiber | null;
  readonly memoizedProps: { readonly value?: { readonly getState?: () => { readonly internal?: { readonly subscribe?: Subscribe } } } } | null;
}

type Subscribe = (ref: { readonly current: () => void }, priority: number, store: unknown) => () => void;

/** Begins a frame, and ends it when the task is over: after the rendering, which is the last that a frame does. */
function stepOf(alloc: FrameHolder, owner: object): { readonly frames: EngineFrames; readonly step: () => void } {
  const frames = new EngineFrames("r3f", owner, alloc);
  const { begin, end } = frames;
  return { frames, step: () => {
    begin();
    queueMicrotask(end);
  } };
}

const steps = new WeakMap<FrameHolder, () => void>();

/** Begins and ends the allocator's frame with those of the canvas, and gives the allocator: `const alloc = useFrames(useFrame, sceneAlloc)`, in one component of the canvas. */
export function useFrames<A extends FrameHolder>(useFrame: UseFrame, alloc: A): A {
  let step = steps.get(alloc);
  if (step === undefined) steps.set(alloc, (step = stepOf(alloc, alloc).step));
  useFrame(step, FIRST);
  return alloc;
}

interface FramesProps {
  readonly alloc: FrameHolder;
}

class FramesComponent {
  /** Set by React. */
  declare readonly _reactInternals: Fiber;
  readonly props: FramesProps;
  private end: (() => void) | undefined = undefined;

  constructor(props: FramesProps) {
    this.props = props;
  }

  componentDidMount(): void {
    const store = storeAbove(this._reactInternals);
    const subscribe = store?.getState?.().internal?.subscribe;
    if (subscribe === undefined) throw new TypeError("`<Frames>` stands outside of a `<Canvas>`");
    const { frames, step } = stepOf(this.props.alloc, this);
    const unsubscribe = subscribe({ current: step }, FIRST, store);
    this.end = () => {
      unsubscribe();
      frames.detach();
    };
  }

  componentDidUpdate(before: FramesProps): void {
    if (before.alloc === this.props.alloc) return;
    this.componentWillUnmount();
    this.componentDidMount();
  }

  componentWillUnmount(): void {
    this.end?.();
    this.end = undefined;
  }

  render(): null {
    return null;
  }
}

// The mark of React's own classes.
Object.assign(FramesComponent.prototype, { isReactComponent: {} });

function storeAbove(fiber: Fiber) {
  for (let above: Fiber | null = fiber; above !== null; above = above.return) {
    const value = above.memoizedProps?.value;
    if (typeof value?.getState === "function" && value.getState().internal?.subscribe !== undefined) return value;
  }
  return undefined;
}

/** Begins and ends the allocator's frame with those of the canvas that it stands in: `<Canvas><Frames alloc={alloc} /> ... </Canvas>`. */
export const Frames: (props: FramesProps) => null = FramesComponent as unknown as (props: FramesProps) => null;
