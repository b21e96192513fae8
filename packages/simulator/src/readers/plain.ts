import { cardModel, cardModelsLike } from "@wadi/core/capacity";
import { priorities, type Priority } from "@wadi/core/job";
import { parseDuration, slugPattern } from "@wadi/core/units";
import { dataSize, memory } from "@wadi/protocol/codec";
import { secondsAsMs, type Cells } from "./cells.ts";
import type { Source } from "./mistakes.ts";
import { noDayMs, type CardSpeed, type WorkloadOptions } from "./options.ts";
import { readTable } from "./table.ts";
import { plainJob, type Trace, type TracedJob } from "./traced-job.ts";

/** Columns that every plain file has. */
export const plainColumns = ["id", "submitted", "tenant", "cards", "run_time"] as const;

/** Columns that it may have; README.md beside this file says what each means. */
export const plainOptional = [
  "share",
  "replicas",
  "models",
  "estimate",
  "limit",
  "priority",
  "cpu",
  "memory",
  "data",
  "data_place",
  "data_name",
  "deadline",
  "preemptible",
  "checkpoint",
  "domestic",
] as const;

/**
 * Our own CSV. Nothing in it is impossible: what a job cannot be is a mistake.
 * @throws WrongInput
 */
export function readPlain(source: Source, options: WorkloadOptions): Trace {
  const tenant = options.tenants ?? "tenant";
  const lines = new Map<string, number>();
  const needed = plainColumns.map((column) => (column === "tenant" ? tenant : column));
  const columns = { needed, optional: plainOptional, others: "refused" } as const;
  const jobs = readTable(source, columns, (cells) => {
    const job = jobOf(cells, { tenant, models: options.models ?? [] });
    const before = lines.get(job.id);
    if (before !== undefined) cells.wrong("id", `is that of line ${before} too; give each its own`);
    lines.set(job.id, before ?? cells.line);
    return job;
  });
  return { jobs, impossible: [] };
}

function jobOf(cells: Cells, at: { tenant: string; models: readonly CardSpeed[] }): TracedJob {
  const cards = cells.whole("cards", { least: 1, most: 4096 });
  const runMs = cells.as("run_time", duration);
  if (runMs === 0) cells.wrong("run_time", "must be longer than nothing");
  const job = {
    ...plainJob,
    id: cells.as("id", { read: (text) => text, right: "must be a name" }),
    tenant: cells.as(at.tenant, slug),
    submittedMs: cells.as("submitted", moment),
    replicas: optional(cells, "replicas", { least: 1, most: 10_000 }, 1),
    cards,
    share: optional(cells, "share", { least: 1, most: 1000 }, 1000),
    models: modelsOf(cells, at.models),
    runMs,
    estimateMs: cells.asOrNull("estimate", duration),
    limitMs: cells.asOrNull("limit", duration),
    cpuPerCard: perCard(cells.asOrNull("cpu", cores), cards),
    memoryPerCard: perCard(cells.asOrNull("memory", size), cards),
    priority: cells.asOrNull("priority", priority) ?? "normal",
    preemptible: cells.asOrNull("preemptible", yesOrNo) ?? false,
    checkpoints: cells.asOrNull("checkpoint", yesOrNo) ?? false,
    deadlineMs: cells.asOrNull("deadline", moment),
    domesticOnly: cells.asOrNull("domestic", yesOrNo) ?? false,
    data: dataOf(cells),
  };
  checkTogether(cells, job);
  return job;
}

function checkTogether(cells: Cells, job: TracedJob): void {
  if (job.share < 1000 && (job.cards !== 1 || job.replicas !== 1)) {
    cells.wrong("share", "a part of a card is asked for by one replica with cards 1");
  }
  if (job.limitMs !== null && job.limitMs < job.runMs) {
    cells.wrong("limit", `must not be less than run_time, ${cells.text("run_time")}`);
  }
  if (job.deadlineMs !== null && job.deadlineMs <= job.submittedMs) {
    cells.wrong("deadline", `must be after submitted, ${cells.text("submitted")}`);
  }
}

/** `ascend-910b3 a800-80g:1.2`: each card model with its speed, 1 where none is given. */
function modelsOf(cells: Cells, otherwise: readonly CardSpeed[]): TracedJob["models"] {
  const words = cells.text("models").split(/[\s|]+/);
  if (words[0] === "") {
    if (otherwise.length > 0) return otherwise;
    cells.wrong("models", "must name card models, or give --models for all jobs");
  }
  return words.flatMap((word) => {
    const [, model, speed = "1"] = /^([a-z0-9-]+)(?::(\d{1,4}(?:\.\d{1,6})?))?$/.exec(word) ?? [];
    if (model !== undefined && cardModel(model) && Number(speed) > 0) {
      return { model, speed: Number(speed) };
    }
    const [meant] = cardModelsLike(model ?? word);
    const cure = meant ? `did you mean ${meant}?` : "docs/catalogue.md has all";
    if (word !== "") cells.wrong("models", `"${word}" is no card model or MODEL:SPEED; ${cure}`);
    return [];
  });
}

function dataOf(cells: Cells): TracedJob["data"] {
  const bytes = cells.asOrNull("data", dataBytes);
  if (bytes === null) {
    if (!cells.isEmpty("data_place")) cells.wrong("data", "must say how much lies at data_place");
    return [];
  }
  const places = cells.text("data_place").split(/[\s|]+/);
  const isGood = places.every((place) => slugPattern.test(place));
  if (!isGood) cells.wrong("data_place", "must name the places where the data lies");
  return [{ name: cells.text("data_name") || "data", places, bytes }];
}

/** A column that may be left out, and its cells empty. */
function optional(
  cells: Cells,
  name: string,
  bounds: { least: number; most: number },
  otherwise: number,
): number {
  return cells.isEmpty(name) ? otherwise : cells.whole(name, bounds);
}

const perCard = (amount: number | null, cards: number) => (amount === null ? null : amount / cards);

const duration = {
  read: (text: string): number | undefined => parseDuration(text) ?? secondsAsMs(text),
  right: "must be seconds or a duration such as 90s or 2h30m",
};
const moment = {
  read: (text: string): number | undefined => {
    const seconds = secondsAsMs(text);
    return seconds === undefined ? instantMs(text) : noDayMs + seconds;
  },
  right: "must be seconds from the start or a time such as 2026-12-01T08:00:00+08:00",
};
const slug = {
  read: (text: string) => (slugPattern.test(text) ? text : undefined),
  right: "must be 1 to 63 lower-case letters, digits and inner hyphens",
};
const priority = {
  read: (text: string): Priority | undefined => priorities.find((one) => one === text),
  right: `must be ${priorities.join(", ")}`,
};
const yesOrNo = {
  read: (text: string) => ({ true: true, yes: true, false: false, no: false })[text],
  right: "must be yes or no",
};
const cores = {
  read: (text: string) =>
    /^\d{1,5}(\.\d{1,3})?$/.test(text) && Number(text) > 0 ? Number(text) * 1000 : undefined,
  right: "must be cores a replica, above 0, such as 8 or 0.5",
};
const size = {
  read: (text: string): number | undefined => memory.safeParse(text).data,
  right: 'must be a size a replica, such as "64GiB"',
};
const dataBytes = {
  read: (text: string): bigint | undefined => dataSize.safeParse(text).data,
  right: 'must be a size such as "20GB" or "1.5TiB"',
};

function instantMs(text: string): number | undefined {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return undefined;
  }
}
