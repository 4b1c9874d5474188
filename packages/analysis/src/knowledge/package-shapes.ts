/** Functions of well-known packages through which values pass unchanged, and Node's channels, in the syntax of `parse-shapes.ts`. */

/** A module by two names. */
const NODE_CHANNELS = `
  class MessagePort { postMessage(unknown, object[]); on(string, (unknown) => void); start(); close() }
  class MessageChannel { new(); port1: MessagePort; port2: MessagePort }
`;

/** By package: hooks, above all. */
export const PACKAGE_SHAPES: Readonly<Record<string, string>> = {
  worker_threads: NODE_CHANNELS,
  "node:worker_threads": NODE_CHANNELS,
  react: `
    class RefObject<T> { current: T }
    class MutableRefObject<T> { current: T }
    class Context<T> {}
    function useRef<T>(T): RefObject<T>;
    function createRef<T>(): RefObject<T>;
    function useMemo<T>(() => T, unknown[]): T;
    function useCallback<T>(T, unknown[]): T;
    function useState<S>(S | (() => S)): [S, (S) => void];
    function createContext<T>(T): Context<T>;
    function useContext<T>(Context<T>): T;
    function use<T>(Context<T>): T;
    function memo<T>(T): T;
    function useEffect(() => unknown, unknown[]);
    function useLayoutEffect(() => unknown, unknown[]);
  `,
};
