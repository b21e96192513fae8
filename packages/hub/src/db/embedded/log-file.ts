import { closeSync, copyFileSync, fstatSync, ftruncateSync, openSync, readFileSync } from "node:fs";

/** The log and one former log, each of about this size at most. */
const bytesMax = 16 * 2 ** 20;
const checkMs = 10_000;

export interface LogFile {
  /** To be the server's standard error. */
  readonly fd: number;
  close(): void;
}

/**
 * Opens the server's log. The server writes to the file itself, not through the hub: a hub that is
 * stopped or slow must never hold it up. When the file has grown too long it is copied to
 * `<file>.1` and emptied; every write is an append, so the server goes on at its new beginning.
 */
export function openLog(file: string): LogFile {
  const fd = openSync(file, "a", 0o600);
  const rotate = (): void => {
    if (fstatSync(fd).size <= bytesMax) return;
    copyFileSync(file, `${file}.1`);
    ftruncateSync(fd);
  };
  rotate();
  const timer = setInterval(rotate, checkMs).unref();
  return {
    fd,
    close: () => {
      clearInterval(timer);
      closeSync(fd);
    },
  };
}

/** The server's last words, for an error message. */
export function lastWords(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-6).join("\n");
}
