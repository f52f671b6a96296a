// What the page uses of preact-htm.js, for the type checker only; not served.
type Next<T> = (next: T | ((old: T) => T)) => void;
export declare const html: (strings: TemplateStringsArray, ...values: any[]) => any;
export declare function render(node: any, parent: Element): void;
export declare function useState<T>(start: T | (() => T)): [T, Next<T>];
export declare function useEffect(effect: () => void | (() => void), keys?: any[]): void;
export declare function useMemo<T>(make: () => T, keys: any[]): T;
export declare function useRef<T>(start: T): { current: T };
export declare function useErrorBoundary(): [any, () => void];
