import { cpuModel } from "@wadi/core/capacity";
import { Mistakes, type Source } from "./mistakes.ts";
import { noDayMs, type WorkloadOptions } from "./options.ts";
import { readSwfLog, type SwfField, type SwfLine } from "./swf-log.ts";
import { gangOf, plainJob, type Impossible, type Trace, type TracedJob } from "./traced-job.ts";

/**
 * A log of the Parallel Workloads Archive. A processor is a card; of which model, `models` says,
 * and without it a core of a host. The requested time is what is declared, and the limit; a job
 * that ran on past it has its run time as its limit. The tenant is the user, or another of the
 * format's columns. Submission is when the log says: that one job follows on another is not played.
 * @throws WrongInput
 */
export function readSwf(source: Source, options: WorkloadOptions): Trace {
  const { header, lines } = readSwfLog(source);
  const tenants = tenantColumn(options.tenants ?? "user");
  const mistakes = new Mistakes(source.file);
  const startMs = Number(header.get("unixstarttime")?.[0] ?? noDayMs / 1000) * 1000;
  if (!Number.isFinite(startMs)) {
    const read = header.get("unixstarttime")![0]!;
    const right = "must be the seconds from 1970 to the log's start";
    mistakes.add({ line: 1, field: "UnixStartTime", read, right });
  }

  const whole = lines.filter(({ status }) => !isPart(status));
  const known = new Map<number | null, number>();
  for (const { job, line } of whole) {
    const before = known.get(job);
    known.set(job, before ?? line);
    if (before === undefined) continue;
    const right = `is the number of line ${before} too; give each job its own`;
    mistakes.add({ line, field: "job (1)", read: `${job}`, right });
  }
  mistakes.throwAny();

  const jobs: TracedJob[] = [];
  const impossible: Impossible[] = [];
  for (const line of [...whole, ...partsAlone(lines, known)]) {
    const id = idOf(line);
    const why = whyNot(line);
    if (why === null) jobs.push(jobOf(line, { id, startMs, tenants, options }));
    else impossible.push({ id, why });
  }
  return { jobs, impossible };
}

/** Statuses 2 to 4: one of several stretches of a job that has a line of its own as well. */
const isPart = (status: number | null) => status !== null && status >= 2 && status <= 4;

/** Of jobs that have stretches only, the first of each. */
function partsAlone(lines: readonly SwfLine[], whole: ReadonlyMap<number | null, number>) {
  const parts = lines.filter(({ status, job }) => isPart(status) && !whole.has(job));
  return [...Map.groupBy(parts, ({ job }) => job).values()].map(([first]) => first!);
}

const idOf = ({ job, line }: SwfLine) =>
  job === null ? `line-${String(line).padStart(7, "0")}` : `job-${String(job).padStart(7, "0")}`;

function whyNot(line: SwfLine): string | null {
  if (isPart(line.status)) return "has stretches of a run and no line for the whole";
  if (line.submit === null) return "has no time of submission (field 2)";
  if (cardsOf(line) === 0) return "has no number of processors (fields 5 and 8)";
  if (line.run === null || line.run === 0) {
    const how = line.status === 5 ? "cancelled before it started" : "it ran for no time";
    return `has no run time (field 4): ${how}`;
  }
  return null;
}

const cardsOf = ({ requested, allocated }: SwfLine) => requested || allocated || 0;

function jobOf(
  line: SwfLine,
  by: { id: string; startMs: number; tenants: SwfField; options: WorkloadOptions },
): TracedJob {
  const { models = [{ model: cpuModel, speed: 1 }], cardsPerReplica = 8 } = by.options;
  const runMs = Math.max(1, Math.round(line.run! * 1000));
  const askedMs = line.requestedTime ? line.requestedTime * 1000 : null;
  const memory = line.requestedMemory ?? line.memoryUsed;
  return {
    ...plainJob,
    id: by.id,
    tenant: `${by.tenants}-${line[by.tenants] ?? "unknown"}`,
    submittedMs: by.startMs + Math.round(line.submit! * 1000),
    ...gangOf(cardsOf(line), cardsPerReplica),
    models,
    runMs,
    estimateMs: askedMs,
    limitMs: askedMs === null ? null : Math.max(askedMs, runMs),
    memoryPerCard: memory === null ? null : Math.ceil(memory / 1024),
  };
}

const tenantColumns = ["user", "group", "application", "queue", "partition"] as const;

function tenantColumn(name: string): SwfField {
  const column = tenantColumns.find((one) => one === name);
  if (column) return column;
  throw new RangeError(`tenants is "${name}"; in SWF it must be ${tenantColumns.join(", ")}`);
}
