import type { JobState } from "@wadi/core/job";
import type { JobId, TenantId } from "@wadi/core/units";
import { routes, type JobView } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { findJob } from "../find-job.ts";
import { stateColour } from "../show/colour.ts";
import { ago, money, shortId } from "../show/format.ts";
import { clockTime } from "../show/start.ts";
import { table, type Column } from "../show/table.ts";
import { takeList } from "../take-list.ts";

export interface JobsInput {
  readonly state?: JobState;
  readonly name?: string;
  readonly array?: string;
  readonly tenant?: TenantId;
  readonly limit: number;
}

/** Lists jobs, newest first. */
export async function jobs(context: Context, input: JobsInput): Promise<void> {
  const array = input.array === undefined ? undefined : await findArray(context, input.array);
  const { state, name, tenant } = input;
  const query = { state, name, tenant, array };
  const list = await takeList(context, routes.listJobs, { query, most: input.limit });
  if (context.json) return context.printJson(list.json);

  const now = Temporal.Now.instant();
  if (list.items.length === 0) return context.note("no jobs");
  context.print(...table(list.items, columns(now), context));
  if (!list.hasMore) return;
  await context.written();
  context.note(`only the newest ${input.limit}; more with --limit`);
}

/** Any job of an array names it. */
async function findArray(context: Context, typed: string): Promise<JobId> {
  const id = await findJob(context, typed);
  const { value } = await context.ask(routes.readJob, { params: { id } });
  return value.array?.id ?? id;
}

const columns = (now: Temporal.Instant): Column<JobView>[] => [
  { head: "ID", cell: ({ id }) => shortId(id), keep: 9 },
  { head: "NAME", cell: nameOf, keep: 9, least: 8 },
  { head: "STATE", cell: stateOf, keep: 9, colour: ({ state }) => stateColour(state) },
  { head: "WHY", cell: ({ why, state }) => (state === "succeeded" ? "" : (why ?? "")), keep: 3 },
  {
    head: "STARTS",
    cell: ({ estimatedStart }) => (estimatedStart ? clockTime(estimatedStart.p50, now) : ""),
    keep: 6,
  },
  { head: "CENTRE", cell: ({ centre }) => centre ?? "", keep: 5, least: 8 },
  { head: "TENANT", cell: ({ tenant }) => tenant, keep: 1, least: 8 },
  { head: "PRIORITY", cell: ({ priority }) => (priority === "normal" ? "" : priority), keep: 2 },
  { head: "AGE", cell: ({ submittedAt }) => ago(submittedAt, now), keep: 6, align: "number" },
  { head: "HELD ¥", cell: ({ held }) => money(held), keep: 4, align: "number" },
  { head: "CHARGED ¥", cell: ({ charged }) => money(charged), keep: 7, align: "number" },
];

const nameOf = ({ name, array }: JobView) => (array ? `${name}[${array.index}]` : name);

const stateOf = ({ state, cancelRequested, endedAt }: JobView) =>
  cancelRequested && endedAt === null ? `${state}, stopping` : state;
