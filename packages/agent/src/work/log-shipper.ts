import type { Engine } from "../engines/engine.ts";
import type { AgentClock } from "./agent-clock.ts";
import type { NewEntry } from "./entry.ts";
import { keepLog, refOf, type HeldRun } from "./held-run.ts";
import type { Held, HeldRuns } from "./held-runs.ts";
import type { Journal } from "./journal/journal.ts";
import { afterPiece, leaveOut, newCursor, nextStep, type LogCursor } from "./log-cursor.ts";

export interface LogShipperParts {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly runs: HeldRuns;
  readonly clock: AgentClock;
  /** Of one stream, so much is sent at most. */
  readonly bytesMax: number;
}

/** Bytes in one entry. */
const pieceBytes = 256 * 1024;
/** Pieces of one run in one go, so that a talkative one does not hold up the others. */
const piecesMax = 4;

/** By stream, how much there is: "0.stdout". */
export type Sizes = Readonly<Record<string, number>>;

/** Takes the output of runs into the journal, piece by piece. */
export interface LogShipper {
  /** Whether there is output that was not taken. */
  hasMore(run: HeldRun, sizes: Sizes): boolean;
  /** Takes some; while room is short, none. To be called in the run's turn. */
  ship(held: Held, sizes: Sizes, signal: AbortSignal): Promise<void>;
  /** Takes all, or says in the output itself what was left out. In the run's turn. */
  shipAll(held: Held, sizes: Sizes, signal: AbortSignal): Promise<void>;
}

export function makeLogShipper(parts: LogShipperParts): LogShipper {
  const { bytesMax, journal } = parts;
  const limits = { pieceBytes, bytesMax };
  const cursorOf = (run: HeldRun, stream: string) => run.logs[stream] ?? newCursor;

  const hasMore = (run: HeldRun, sizes: Sizes) =>
    Object.entries(sizes).some(
      ([stream, size]) => nextStep(cursorOf(run, stream), { size, ...limits }) !== undefined,
    );

  /** @returns whether a piece was taken */
  async function shipPiece(held: Held, at: { stream: string; size: number }, signal: AbortSignal) {
    const cursor = cursorOf(held.run, at.stream);
    const next = nextStep(cursor, { size: at.size, ...limits });
    if (!next) return false;
    if (next.kind === "mark") {
      return put(parts, held, { ...at, cursor, next: next.cursor, data: Buffer.from(next.text) });
    }
    const ref = refOf(held.run, parts.engine.kind);
    const [replica, stream] = placeOf(at.stream);
    const piece = { replica, stream, fromByte: next.from, maxBytes: next.bytes };
    const data = await parts.engine.output(ref, piece, signal);
    if (data.length === 0) return false;
    return put(parts, held, { ...at, cursor, next: afterPiece(cursor, data.length), data });
  }

  return {
    hasMore,
    ship: async (held, sizes, signal) => {
      for (const [stream, size] of Object.entries(sizes)) {
        for (let count = 0; count < piecesMax && journal.takes("log"); count += 1) {
          if (!(await shipPiece(held, { stream, size }, signal))) break;
        }
      }
    },
    shipAll: async (held, sizes, signal) => {
      for (const [stream, size] of Object.entries(sizes)) {
        while (await shipPiece(held, { stream, size }, signal));
        const cursor = cursorOf(held.run, stream);
        if (cursor.isFull || cursor.read >= size) continue;
        const why = journal.takes("log") ? "it could not be read" : "the agent had no room for it";
        const { cursor: next, text } = leaveOut(cursor, { size, why });
        const data = Buffer.from(text);
        await put(parts, held, { stream, size, cursor, next, data, isEssential: true });
      }
    },
  };
}

/** @returns whether there was room for it */
async function put(
  { journal, runs, clock }: LogShipperParts,
  held: Held,
  piece: {
    stream: string;
    size: number;
    cursor: LogCursor;
    next: LogCursor;
    data: Uint8Array;
    isEssential?: boolean;
  },
): Promise<boolean> {
  const weight = piece.isEssential ? "essential" : "log";
  if (!journal.takes(weight)) return false;
  const [replica, stream] = placeOf(piece.stream);
  const { run, generation } = held.run.lease;
  const entry: NewEntry = {
    kind: "log",
    at: Temporal.Instant.fromEpochMilliseconds(clock.nowMs()),
    run,
    generation,
    replica,
    stream,
    offset: piece.cursor.sent,
    data: Buffer.from(piece.data).toString("base64"),
  };
  const logs = { ...held.run.logs, [piece.stream]: piece.next };
  const step = { run: { ...held.run, logs }, entries: [entry], acts: [] };
  const keep = [keepLog(held.run, piece.stream, piece.next)];
  return runs.commit(held, step, { weight, keep });
}

function placeOf(key: string): [replica: number, stream: "stdout" | "stderr"] {
  const [replica = "0", stream] = key.split(".");
  return [Number(replica), stream === "stderr" ? "stderr" : "stdout"];
}
