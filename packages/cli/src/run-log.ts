import { isFinalRun } from "@wadi/core/job";
import type { JobId, RunId } from "@wadi/core/units";
import { routes } from "@wadi/protocol";
import type { Context } from "./context.ts";
import { cutNote } from "./follow-job.ts";

/** One of the two outputs of one replica of a run. */
export interface LogPlace {
  readonly job: JobId;
  readonly run: RunId;
  readonly replica: number;
  readonly stream: "stdout" | "stderr";
  /** The byte to begin with. */
  readonly from: number;
}

/** Takes a piece of output and the offset of its first byte. */
export type TakePiece = (piece: Uint8Array, from: number) => void;

/** Hands over what there is now. @returns the offset after the last byte */
export async function readLog(context: Context, place: LogPlace, take: TakePiece): Promise<number> {
  const hub = await context.client();
  const { job, run, replica, stream } = place;
  for (let from = place.from; ;) {
    const query = { run, replica, stream, from };
    const reply = await hub.raw(routes.readLogs, { params: { id: job }, query });
    const piece = new Uint8Array(await reply.arrayBuffer());
    const next = Number(reply.headers.get("wadi-next-offset") ?? from + piece.length);
    if (piece.length > 0) take(piece, from);
    if (piece.length === 0 || next <= from) return from;
    from = next;
  }
}

/** Hands over what there is and what comes, until the run has ended and all is there. */
export async function followLog(context: Context, place: LogPlace, take: TakePiece): Promise<void> {
  const hub = await context.client();
  const { job: id, run, replica, stream } = place;
  const isOver = async () => {
    const { runs } = await hub.call(routes.readJob, { params: { id } });
    const state = runs.find((one) => one.id === run)?.state;
    return state === undefined || isFinalRun(state);
  };
  const query = { run, replica, stream, from: place.from };
  const onCut = cutNote(context);
  let next = place.from;
  for await (const { data } of hub.stream(routes.followLogs, {
    params: { id },
    query,
    isOver,
    onCut,
  })) {
    const { from, base64 } = JSON.parse(data) as { from: number; base64: string };
    const piece = Uint8Array.fromBase64(base64);
    const isNew = piece.subarray(Math.max(0, next - from)); // what was told before a break
    if (isNew.length > 0) take(isNew, next);
    next = Math.max(next, from + piece.length);
  }
  await readLog(context, { ...place, from: next }, take);
}
