import { asId, type CardModelId } from "../units/index.ts";
import type { CardOption, CardWish } from "./spec.ts";
import type { Given, Options } from "./sbatch-options.ts";
import { addNote, addProblem, type Report } from "./sbatch-report.ts";
import { readGpus, readGres, type CardCount, type Value } from "./sbatch-values.ts";

/**
 * The card models that a site's name for a GPU type stands for ("a100", "910b"), best known
 * first; none where the name says nothing. Null asks for what a script gets that names no type.
 */
export type CardModelsOf = (type: string | null) => readonly CardModelId[];

/** Cards of one type for each replica; a count of 0 is a job without cards. */
export interface PerReplicaCards extends CardCount {
  /** The option that says so. */
  readonly at: Given | null;
}

const noCards: PerReplicaCards = { type: null, count: 0, at: null };

/** Brings what the options say of cards to one replica. Where they disagree, the first stands. */
export function perReplicaCards(
  options: Options,
  { replicas, tasksPerReplica }: { replicas: number; tasksPerReplica: number },
  report: Report,
): PerReplicaCards {
  const wishes = [
    wishOf(options.get("gpus-per-node"), readGpus, (count) => count, report),
    wishOf(
      options.get("gres"),
      (text) => cardsOfGres(text, options.get("gres")!, report),
      (count) => count,
      report,
    ),
    wishOf(options.get("gpus-per-task"), readGpus, (count) => count * tasksPerReplica, report),
    wishOf(options.get("gpus"), readGpus, (count) => count / replicas, report),
  ].filter((wish) => wish !== null);
  const [first] = wishes;
  if (!first) return noCards;
  const other = wishes.find((wish) => !agree(wish, first));
  if (other?.at) {
    const counts = `${shown(other)} or ${shown(first)} cards a host`;
    const message = `does not fit ${first.at?.directive}: ${counts}; keep one`;
    addProblem(report, { at: other.at, field: "cards" }, message);
  }
  return wishes.find(({ type }) => type !== null) ?? first;
}

/** The wish in Wadi's words; undefined where it cannot be told, which is then a problem. */
export function cardWish(
  options: Options,
  {
    cards,
    cores,
    cardModelsOf,
  }: { cards: PerReplicaCards; cores: number; cardModelsOf: CardModelsOf },
  report: Report,
): CardWish | undefined {
  const constrained = modelsOfConstraint(options.get("constraint"), cards, cardModelsOf, report);
  if (cards.count === 0) return wishFor([asId<CardModelId>("cpu")], cores);
  const models = constrained ?? cardModelsOf(cards.type);
  const where = { at: cards.at, field: "cards.options" };
  if (new Set(models).size > 16) {
    const message = `may run on ${models.length} card models, and 16 are the most; name the type`;
    addProblem(report, where, message);
    return undefined;
  }
  if (models.length === 0) {
    const message =
      cards.type === null
        ? "names no type of card; write --gres=gpu:TYPE:COUNT, or give cards.options"
        : `"${cards.type}" is no type of card known here; write another, or give cards.options`;
    addProblem(report, where, message);
    return undefined;
  }
  return wishFor(models, cards.count);
}

function wishFor(models: readonly CardModelId[], count: number): CardWish {
  const options = [...new Set(models)].map((model): CardOption => ({
    model,
    count,
    share: 1000,
    expectedRunTime: null,
  }));
  return { choose: "cheapest", options };
}

/** Sites often name the card as a feature of the host: `--constraint="a100|h100"`. */
function modelsOfConstraint(
  at: Given | undefined,
  cards: PerReplicaCards,
  cardModelsOf: CardModelsOf,
  report: Report,
): readonly CardModelId[] | null {
  if (!at) return null;
  const features = (at.value ?? "").replace(/^\[(.*)\]$/s, "$1").split("|");
  const models = features.map((feature) => cardModelsOf(feature.trim()));
  const open = cards.count > 0 && cards.type === null;
  if (open && models.every((some) => some.length > 0)) return models.flat();
  addNote(
    report,
    at,
    "features are one site's own names; use cards.options, constraints.places or " +
      "constraints.allowCentres",
  );
  return null;
}

function cardsOfGres(text: string, at: Given, report: Report): Value<readonly CardCount[]> {
  const read = readGres(text);
  if (read.kind === "wrong") return read;
  for (const other of read.value.others) {
    addNote(report, at, `"${other}" is not a card; Wadi hands out whole cards, cpu and memory`);
  }
  return { kind: "value", value: read.value.cards };
}

/** One option's cards for a replica; null where it is not given, wrong, or asks for none. */
function wishOf(
  at: Given | undefined,
  read: (text: string) => Value<readonly CardCount[]>,
  perReplica: (count: number) => number,
  report: Report,
): PerReplicaCards | null {
  if (!at) return null;
  const cards = read(at.value ?? "");
  const field = "cards";
  if (cards.kind === "wrong") {
    addProblem(report, { at, field }, cards.message);
    return null;
  }
  const wanted = cards.value.filter(({ count }) => count > 0);
  const [first, second] = wanted;
  if (!first) return null;
  if (second) {
    const message =
      `asks for ${wanted.map(({ type }) => type ?? "any").join(" and ")} cards together, and a ` +
      "run has one model; keep one, and give others as alternatives in cards.options";
    addProblem(report, { at, field }, message);
  }
  const count = perReplica(first.count);
  if (Number.isInteger(count) && count <= 10_000) return { type: first.type, count, at };
  const message = Number.isInteger(count)
    ? `${count} cards a host are more than 10000, the most there may be; spread them with --nodes`
    : `${first.count} cards do not go evenly over the hosts; change --nodes or the count`;
  addProblem(report, { at, field }, message);
  return null;
}

function agree(a: PerReplicaCards, b: PerReplicaCards): boolean {
  return a.count === b.count && (a.type === b.type || a.type === null || b.type === null);
}

function shown({ type, count }: PerReplicaCards): string {
  return type === null ? String(count) : `${count} ${type}`;
}
