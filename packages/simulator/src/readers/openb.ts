import { cpuModel } from "@wadi/core/capacity";
import type { Priority } from "@wadi/core/job";
import type { Source } from "./mistakes.ts";
import { openbPods, type OpenbPod } from "./openb-rows.ts";
import { noDayMs, type CardSpeed, type WorkloadOptions } from "./options.ts";
import { plainJob, slugOf, type Impossible, type Trace, type TracedJob } from "./traced-job.ts";

/** The cards of openb's hosts; G1 to G3 are names that the trace has in place of the real ones. */
export const openbModels: readonly CardSpeed[] = [
  "T4",
  "P100",
  "V100M16",
  "V100M32",
  "A10",
  "G2",
  "G3",
].map((named) => ({ model: named.toLowerCase(), speed: 1, named }));

/**
 * Each pod a job. One that asks for a part of a card gets a share of one; one that asks for none is
 * a job for the cores of a host without cards. The run time is from when it was scheduled to when
 * it was deleted. Best-effort pods are of class low and preemptible, latency-sensitive and
 * guaranteed ones of class high. Pods have no owner: the tenant is their class of service.
 * @throws WrongInput
 */
export function readOpenb(source: Source, options: WorkloadOptions): Trace {
  const { tenants = "qos", models = openbModels } = options;
  const jobs: TracedJob[] = [];
  const impossible: Impossible[] = [];
  const needed = ["creation_time", "deletion_time", "scheduled_time", tenants];
  const read = (cells: { text: (name: string) => string }) => ({ tenant: cells.text(tenants) });
  for (const pod of openbPods(source, { needed, read })) {
    const cards = cardsOf(pod, models);
    const why = whyNot(pod, cards.models);
    if (why === null) jobs.push(jobOf(pod, cards));
    else impossible.push({ id: pod.name, why });
  }
  return { jobs, impossible };
}

type Cards = Pick<TracedJob, "cards" | "share" | "models">;

function cardsOf(pod: OpenbPod, models: readonly CardSpeed[]): Cards {
  if (pod.cards === 0) {
    const cores = Math.max(1, Math.ceil(pod.cpuMilli / 1000));
    return { cards: cores, share: 1000, models: [{ model: cpuModel, speed: 1 }] };
  }
  const share = pod.cards === 1 && pod.cardMilli > 0 ? pod.cardMilli : 1000;
  const mayHave = ({ model, named = model }: CardSpeed) =>
    pod.models.length === 0 || pod.models.includes(named);
  return { cards: pod.cards, share, models: models.filter(mayHave) };
}

function whyNot({ models, times }: OpenbPod, allowed: Cards["models"]): string | null {
  if (!times) return "has no times";
  if (times.scheduledS === null) return "was never scheduled: it has no run time";
  if (times.deletedS <= times.scheduledS) return "ran for no time";
  if (allowed.length === 0) return `asks for ${models.join(" or ")}, which the models do not name`;
  return null;
}

const priorities: Readonly<Record<string, Priority>> = {
  LS: "high",
  Guaranteed: "high",
  BE: "low",
};

function jobOf(pod: OpenbPod & { readonly tenant: string }, cards: Cards): TracedJob {
  const { createdS, deletedS, scheduledS } = pod.times!;
  return {
    ...plainJob,
    ...cards,
    id: pod.name,
    tenant: slugOf(pod.tenant, "unknown"),
    submittedMs: noDayMs + createdS * 1000,
    runMs: (deletedS - scheduledS!) * 1000,
    cpuPerCard: pod.cpuMilli / cards.cards,
    memoryPerCard: pod.memoryMiB / cards.cards,
    priority: priorities[pod.qos] ?? "normal",
    preemptible: pod.qos === "BE",
  };
}
