import { isFinalJob } from "@wadi/core/job";
import { asId, type JobId, type RunId } from "@wadi/core/units";
import { routes, type JobEvent } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { findJob } from "../find-job.ts";
import { followRuns } from "../follow-job.ts";
import { shortId } from "../show/format.ts";
import { followLog, readLog, type LogPlace, type TakePiece } from "../run-log.ts";

export interface LogsInput {
  readonly job: string;
  readonly follow?: true;
  readonly run?: string;
  readonly replica: number;
  readonly stream?: "stdout" | "stderr";
  readonly from: number;
}

/** Prints a job's output; what it wrote to standard error goes to standard error here too. */
export async function logs(context: Context, input: LogsInput): Promise<void> {
  const id = await findJob(context, input.job);
  const { value } = await context.ask(routes.readJob, { params: { id } });
  const runs = value.runs.map((run) => run.id);
  const last = input.run === undefined ? runs.at(-1) : asId<RunId>(input.run);
  const isOver = isFinalJob(value.state) || input.run !== undefined;
  if (input.follow === true && !isOver) {
    return followLogs(context, id, { ...input, skip: runs.slice(0, -1) });
  }
  if (last === undefined) return context.note(`${value.name} has not run yet; wait with -f`);
  const read = input.follow === true ? followLog : readLog;
  for (const stream of streamsOf(input)) {
    await read(context, { ...placeOf(id, last, input), stream }, taker(context, stream));
  }
}

type Wanted = Pick<LogsInput, "replica" | "stream" | "from">;

/** Follows one run after another until the job has ended, but those to be skipped. */
export async function followLogs(
  context: Context,
  id: JobId,
  wanted: Wanted & { skip: readonly RunId[]; onEvent?: (event: JobEvent) => void },
): Promise<void> {
  const { onEvent = () => {}, skip } = wanted;
  context.atInterrupt(() => goesOn(id));
  let count = 0;
  for await (const run of followRuns(context, id, { skip, onEvent })) {
    if (count > 0) context.note(context.paintNote("dim", `— it runs again: ${shortId(run)} —`));
    const from = count === 0 ? wanted.from : 0;
    count += 1;
    await Promise.all(
      streamsOf(wanted).map((stream) =>
        followLog(context, { ...placeOf(id, run, wanted), stream, from }, taker(context, stream)),
      ),
    );
  }
}

/** What to know when one stops watching a job. */
export const goesOn = (id: JobId): string[] => [
  `the job goes on; stop it with: wadi cancel ${shortId(id)}`,
];

const streamsOf = ({ stream }: Wanted) =>
  stream === undefined ? (["stdout", "stderr"] as const) : [stream];

const placeOf = (job: JobId, run: RunId, { replica, from }: Wanted): Omit<LogPlace, "stream"> => ({
  job,
  run,
  replica,
  from,
});

function taker(context: Context, stream: LogPlace["stream"]): TakePiece {
  if (context.json) {
    return (piece, from) =>
      context.print(JSON.stringify({ stream, from, base64: piece.toBase64() }));
  }
  return stream === "stdout"
    ? (piece) => context.write(piece)
    : (piece) => context.writeError(piece);
}
