import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import { isFinalJob } from "@wadi/core/job";
import type { JobId } from "@wadi/core/units";
import { routes, type JobEvent, type JobView } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { eventText, waitForJob } from "../follow-job.ts";
import { localTime, money, shortId } from "../show/format.ts";
import { readJob, type JobFile } from "../spec/read-job.ts";
import { measure, store, type LocalFile } from "../stored-file.ts";
import { jobLines } from "./job.ts";
import { followLogs, goesOn } from "./logs.ts";

export interface SubmitInput extends JobFile {
  /** Files to bring along: `file` or `file=path/in/the/run`. */
  readonly input?: readonly string[];
  readonly key?: string;
  readonly wait?: true;
  readonly follow?: true;
  readonly dryRun?: true;
}

/** Submits a job. @returns 1 when it was waited for and did not succeed */
export async function submit(context: Context, input: SubmitInput): Promise<number | void> {
  const brought = await Promise.all((input.input ?? []).map(bringing));
  const read = await readJob(input, (value) => withInputs(value, brought));
  context.note(...read.notes);
  if (input.dryRun === true) return printSpec(context, read.json);

  for (const { local } of brought) await store(context, local);
  const idempotencyKey = input.key ?? randomUUID();
  const asked = context.ask(routes.submitJob, { body: read.spec, idempotencyKey });
  const { json, value } = await asked.catch((error: unknown) => {
    throw repeatable(read.placed(error), idempotencyKey);
  });

  const isWatched = input.wait === true || input.follow === true;
  if (!context.json) tellSubmitted(context, value, isWatched);
  else if (!isWatched) context.printJson(json);
  return isWatched ? watch(context, value, input) : undefined;
}

interface Brought {
  readonly local: LocalFile;
  /** Where it stands in the run's folder. */
  readonly to: string;
}

async function bringing(text: string): Promise<Brought> {
  const at = text.lastIndexOf("=");
  const file = at === -1 ? text : text.slice(0, at);
  return { local: await measure(file), to: at === -1 ? basename(file) : text.slice(at + 1) };
}

function withInputs(value: unknown, brought: readonly Brought[]): unknown {
  if (brought.length === 0 || typeof value !== "object" || value === null) return value;
  const { inputs = [] } = value as { inputs?: unknown };
  if (!Array.isArray(inputs)) return value; // told as a mistake in the file
  const more = brought.map(({ local: { sha256, bytes }, to }) => ({
    kind: "upload",
    sha256,
    to,
    bytes: `${bytes}B`,
  }));
  return { ...value, inputs: [...(inputs as unknown[]), ...more] };
}

async function printSpec(context: Context, json: object): Promise<void> {
  if (context.json) return context.printJson(json);
  const { stringify } = await import("yaml");
  context.write(stringify(json));
}

/** What became of a submission whose answer was lost is not known: say how to repeat it safely. */
function repeatable(error: unknown, key: string): unknown {
  const isLost = error instanceof Error && error.name === "HubUnreachable";
  const isUnknown = (error as { code?: unknown }).code === "outcome-unknown";
  if (!isLost && !isUnknown) return error;
  return new Failure("unreachable", (error as Error).message, [
    "whether the job was taken is not known; to repeat it safely, add:",
    `  --key ${key}`,
  ]);
}

function tellSubmitted(context: Context, job: JobView, isWatched: boolean): void {
  const { id, name, array } = job;
  const what = array ? `the array ${name}` : name;
  context.print(`submitted ${what} as ${id}; ¥${money(job.held)} is held for it`);
  if (isWatched) return;
  const short = shortId(id);
  context.note(context.paintNote("dim", `wadi logs -f ${short}   wadi explain ${short}`));
}

/** Watches until all of it has ended. */
async function watch(context: Context, job: JobView, { follow }: SubmitInput): Promise<number> {
  context.atInterrupt(() => goesOn(job.id));
  if (job.array) return watchArray(context, job.array.id);
  const onEvent = (event: JobEvent) => noteAt(context, { at: event.at, text: eventText(event) });
  if (follow === true) {
    await followLogs(context, job.id, { replica: 0, from: 0, skip: [], onEvent });
  } else await waitForJob(context, job.id, onEvent);
  return tellEnd(context, job.id);
}

async function tellEnd(context: Context, id: JobId): Promise<number> {
  const { json, value } = await context.ask(routes.readJob, { params: { id } });
  if (context.json) context.printJson(json);
  else context.note("", ...jobLines(value, { ...context, paint: context.paintNote }));
  return value.state === "succeeded" ? exitCodes.ok.code : exitCodes.failed.code;
}

/** Follows one job of the array after another, then counts how they ended. */
async function watchArray(context: Context, array: JobId): Promise<number> {
  const hub = await context.client();
  const ends = new Map<string, number>();
  const query = { array, limit: 1000 };
  for await (const { id, state } of hub.each(routes.listJobs, { query })) {
    if (!isFinalJob(state)) await waitForJob(context, id, () => undefined);
    const end = isFinalJob(state)
      ? state
      : (await hub.call(routes.readJob, { params: { id } })).state;
    ends.set(end, (ends.get(end) ?? 0) + 1);
    if (!isFinalJob(state)) noteAt(context, { at: Temporal.Now.instant(), text: countsOf(ends) });
  }
  if (context.json) context.printJson(Object.fromEntries(ends));
  else context.print(countsOf(ends));
  const isAll = [...ends.keys()].every((state) => state === "succeeded");
  return isAll ? exitCodes.ok.code : exitCodes.failed.code;
}

const countsOf = (ends: ReadonlyMap<string, number>) =>
  [...ends].map(([state, count]) => `${count} ${state}`).join(", ");

const noteAt = (context: Context, { at, text }: { at: Temporal.Instant; text: string }) =>
  context.note(`${context.paintNote("dim", localTime(at))} ${text}`);
