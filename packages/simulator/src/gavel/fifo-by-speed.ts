import type { Dispatcher } from "../dispatcher.ts";
import { needKey } from "../baselines/alternatives.ts";
import { firstWithRoom } from "../baselines/first-with-room.ts";
import { openView } from "../baselines/view.ts";
import { walk } from "../baselines/walk.ts";

/**
 * The oldest job first, on the free card on which it runs fastest: Gavel's FIFO that knows speeds.
 * Its FIFO that does not is `race`, which takes any free card.
 */
export function fifoBySpeed(): Dispatcher {
  // Every job has its own speeds, so each waits in a line of its own; few wait at once.
  const view = openView((shape) => `${shape.key} ${needKey(shape)}`);
  return {
    name: "fifo by speed",
    tell: (changes) => view.tell(changes),
    decide: () =>
      walk(view, {
        choose: (_, group) =>
          firstWithRoom(view, group, ({ option }) => option.expectedRunTime ?? Infinity),
        lineOf: () => "one line for all",
      }),
  };
}
