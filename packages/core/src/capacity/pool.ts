import {
  asId,
  mebibytes,
  milliCores,
  type CardModelId,
  type CentreId,
  type HostId,
  type Mebibytes,
  type MilliCores,
  type PoolId,
} from "../units/index.ts";
import { cardModel, cardModelsLike, cpuModel } from "./card-models.ts";
import {
  below,
  checked,
  checkSlug,
  checkText,
  checkUnique,
  checkWhole,
  type Checked,
  type Problem,
} from "./checked.ts";
import type { PriceSchedule } from "./price-schedule.ts";

/** Like cards at one centre, at one price. A job runs in one pool. */
export interface Pool {
  readonly id: PoolId;
  readonly centreId: CentreId;
  readonly model: CardModelId;
  readonly hosts: readonly Host[];
  readonly prices: PriceSchedule;
  /** The least of a card that is handed out, in thousandths; 1000: whole cards only. */
  readonly minimumSlice: number;
  /** What one card draws at work; null where nobody says. */
  readonly wattsPerCard: number | null;
  /** How often its owner takes a card back, in a thousand hours; 0 where it never does. */
  readonly reclaimsPer1000Hours: number;
  /** When none of it may run; in order of time, none inside another. */
  readonly maintenance: readonly Maintenance[];
  /** For people: how cards and hosts are joined. Dispatch does not read it. */
  readonly interconnect: string | null;
}

/** From `from` up to but not at `to`. */
export interface Maintenance {
  readonly from: Temporal.Instant;
  readonly to: Temporal.Instant;
}

/** One machine. Of the model `cpu`, a card is one of its cores. */
export interface Host {
  readonly id: HostId;
  readonly cards: number;
  /** Of each card, where it differs from its model's; null takes the model's. */
  readonly cardMemory: Mebibytes | null;
  readonly cpu: MilliCores;
  readonly memory: Mebibytes;
  /** The cards are slots that the machine only pretends to have. Every table must say so. */
  readonly emulated: boolean;
  /** What it shares with its neighbours, by name; null where nobody says. Narrowest first. */
  readonly domain: string | null;
  readonly rack: string | null;
  readonly block: string | null;
}

/** A host as an agent reports it: thousandths of a core, memory in MiB. */
export interface HostDraft {
  readonly id: string;
  readonly cards: number;
  readonly cardMemory: number | null;
  readonly cpu: number;
  readonly memory: number;
  readonly emulated: boolean;
  readonly domain?: string | null;
  readonly rack?: string | null;
  readonly block?: string | null;
}

/** A pool as it is written down; its prices have been checked before. */
export interface PoolDraft {
  readonly id: string;
  readonly centreId: string;
  readonly model: string;
  /** May be empty until the centre's agent reports them. */
  readonly hosts: readonly HostDraft[];
  readonly prices: PriceSchedule;
  readonly wattsPerCard: number | null;
  readonly reclaimsPer1000Hours: number;
  readonly interconnect: string | null;
  /** Thousandths of a card; whole cards where it is left out. */
  readonly minimumSlice?: number;
  readonly maintenance?: readonly Maintenance[];
}

export function pool(draft: PoolDraft): Checked<Pool> {
  return checked(problemsOf(draft), () => ({
    id: asId(draft.id),
    centreId: asId(draft.centreId),
    model: asId(draft.model),
    hosts: draft.hosts.map(hostOf),
    prices: draft.prices,
    minimumSlice: draft.minimumSlice ?? wholeCard,
    wattsPerCard: draft.wattsPerCard,
    reclaimsPer1000Hours: draft.reclaimsPer1000Hours,
    maintenance: (draft.maintenance ?? []).toSorted(byStart),
    interconnect: draft.interconnect,
  }));
}

/** One host by itself; `model` is its pool's. */
export const host = (draft: HostDraft, model: CardModelId): Checked<Host> =>
  checked(hostProblems(draft, model), () => hostOf(draft));

export const cardsIn = ({ hosts }: Pick<Pool, "hosts">): number =>
  hosts.reduce((sum, { cards }) => sum + cards, 0);

/** Whether any of its cards are pretended. */
export const isEmulated = ({ hosts }: Pick<Pool, "hosts">): boolean =>
  hosts.some(({ emulated }) => emulated);

/** Thousandths. */
const wholeCard = 1000;

const byStart = (a: Maintenance, b: Maintenance) => Temporal.Instant.compare(a.from, b.from);

const hostOf = (draft: HostDraft): Host => ({
  id: asId(draft.id),
  cards: draft.cards,
  cardMemory: draft.cardMemory === null ? null : mebibytes(draft.cardMemory),
  cpu: milliCores(draft.cpu),
  memory: mebibytes(draft.memory),
  emulated: draft.emulated,
  domain: draft.domain ?? null,
  rack: draft.rack ?? null,
  block: draft.block ?? null,
});

function problemsOf(draft: PoolDraft): Problem[] {
  const { hosts, wattsPerCard: watts, reclaimsPer1000Hours: reclaims, interconnect } = draft;
  const wattRange = { path: "wattsPerCard", least: 0, most: 100_000 };
  const sliceRange = { path: "minimumSlice", least: 1, most: wholeCard };
  const reclaimRange = { path: "reclaimsPer1000Hours", least: 0, most: 1_000_000 };
  return [
    ...checkSlug({ path: "id", value: draft.id }),
    ...checkSlug({ path: "centreId", value: draft.centreId }),
    ...checkModel(draft.model),
    ...hosts.flatMap((one, i) => below(`hosts[${i}]`, hostProblems(one, draft.model))),
    ...checkUnique({ ids: hosts.map(({ id }) => id), path: (i) => `hosts[${i}].id` }),
    ...(watts === null ? [] : checkWhole({ ...wattRange, value: watts })),
    ...checkWhole({ ...reclaimRange, value: reclaims }),
    ...(interconnect === null ? [] : checkText({ path: "interconnect", value: interconnect })),
    ...checkWhole({ ...sliceRange, value: draft.minimumSlice ?? wholeCard }),
    ...maintenanceProblems(draft.maintenance ?? []),
  ];
}

/** Each ends after it begins, and no two are at one time. */
function maintenanceProblems(windows: readonly Maintenance[]): Problem[] {
  const problems: Problem[] = [];
  const sorted = windows.map((one, i) => ({ ...one, path: `maintenance[${i}]` })).toSorted(byStart);
  for (const [i, { from, to, path }] of sorted.entries()) {
    if (Temporal.Instant.compare(to, from) <= 0) {
      problems.push({ path: `${path}.to`, message: `${to} is not after ${from}; end it later` });
    }
    const before = sorted[i - 1];
    if (before && Temporal.Instant.compare(from, before.to) < 0) {
      const message = `${from} is inside ${before.path}, which ends at ${before.to}; make them one`;
      problems.push({ path: `${path}.from`, message });
    }
  }
  return problems;
}

const mostMiB = 1_073_741_824; // 1 PiB

function hostProblems(draft: HostDraft, model: string): Problem[] {
  const { id, cards, cardMemory, cpu, memory } = draft;
  const near = ["domain", "rack", "block"] as const;
  const problems = [
    ...checkSlug({ path: "id", value: id }),
    ...checkWhole({ path: "cards", value: cards, least: 1, most: 4096 }),
    ...checkWhole({ path: "cpu", value: cpu, least: 1, most: 65_536_000 }),
    ...checkWhole({ path: "memory", value: memory, least: 1, most: mostMiB }),
    ...near.flatMap((path) => {
      const value = draft[path] ?? null;
      return value === null ? [] : checkText({ path, value });
    }),
  ];
  if (cardMemory !== null) {
    const field = { path: "cardMemory", value: cardMemory };
    problems.push(...checkWhole({ ...field, least: 1, most: mostMiB }));
  }
  if (model === cpuModel && cards * 1000 > cpu) {
    const message = `${cards} is more than its ${cpu / 1000} cores; of cpu a card is a core`;
    problems.push({ path: "cards", message });
  }
  return problems;
}

function checkModel(id: string): Problem[] {
  if (cardModel(id)) return [];
  const like = cardModelsLike(id);
  const cure = like.length > 0 ? `did you mean ${like.join(" or ")}?` : "see docs/catalogue.md";
  return [{ path: "model", message: `"${id}" is no card model in the catalogue; ${cure}` }];
}
