import { closeSync, ftruncateSync, openSync, statSync, writeSync } from "node:fs";

/** What stands at the end of a stream that was cut. */
export const cutMark = (maxBytes: number): string =>
  `\n[output cut by the centre after ${maxBytes} bytes]\n`;

/** One output file and its bound. */
export interface BoundedFile {
  /**
   * Cuts the file back to its bound, with a mark, when it is above. The command writes straight
   * into it, so between two checks it can be above by what is written in that time.
   * @returns the largest size seen: a command that empties its own output does not shrink it
   */
  check(): number;
}

export function boundedFile(path: string, maxBytes: number): BoundedFile {
  const mark = Buffer.from(cutMark(maxBytes));
  let cut = false;
  let seen = 0;

  const cutBack = () => {
    const file = openSync(path, "r+");
    try {
      ftruncateSync(file, maxBytes);
      // The command appends, so it may have come between; what it wrote is cut next time.
      writeSync(file, mark, 0, mark.length, maxBytes);
      cut = true;
    } finally {
      closeSync(file);
    }
  };
  return {
    check() {
      const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      const most = cut ? maxBytes + mark.length : maxBytes;
      if (size > most) cutBack();
      seen = Math.max(seen, Math.min(size, cut ? maxBytes + mark.length : size));
      return seen;
    },
  };
}
