import type { Span } from "../snapshot.ts";

/** Whether nothing of the time lies in a window. */
export const isClear = (windows: readonly Span[], { fromMs, toMs }: Span): boolean =>
  windows.every((window) => toMs <= window.fromMs || fromMs >= window.toMs);
