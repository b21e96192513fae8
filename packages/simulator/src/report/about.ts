import type { Workload } from "../workload.ts";

/** What a report says of itself, so that it can be made again. Nothing here is worked out. */
export interface About {
  readonly title: string;
  /** When it was made, as it is to be shown. */
  readonly madeAt: string;
  /** Of the program. */
  readonly version: string;
  readonly seed: number;
  /** Whose days the time axes show. */
  readonly timeZone: string;
  /** The line that makes it again; null where it was made otherwise. */
  readonly command: string | null;
  readonly inputs: readonly Input[];
  /** Options in words: name and value. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly impossible: Workload["impossible"];
}

/** A file that went into it. */
export interface Input {
  readonly role: "fleet" | "workload" | "policy";
  readonly file: string;
  /** What is in it, in words: "12 centres, 10,000 cards". */
  readonly holds: string;
  /** Of its bytes, in hex; null where it is no file. */
  readonly sha256: string | null;
}
