import { cardModel, type CardModel } from "../../capacity/index.ts";
import type { CardOption } from "../../job/index.ts";
import { divide, durationOf, type Duration } from "../../units/index.ts";
import { runTimeOn, type RunTimeFacts } from "../run-time.ts";
import type { Shape } from "../snapshot.ts";
import { aimsOf, type Asked } from "./ask.ts";
import { ofJob, type Proposal } from "./proposal.ts";

/**
 * Other card models that the region has: first those its program runs on as it is, then those of
 * another stack. A model comes in question when it has the memory of an asked one, and the run is
 * known to end in time on it or, where nobody knows how long it takes, it is as fast at least.
 */
export function otherCards({ shape, snapshot }: Asked): Proposal[] {
  const models = new Map(snapshot.pools.map(({ model }) => [model.id, model]));
  const facts = { learnt: snapshot.learnt, models };
  const asked = new Set(shape.cards.options.map(({ model }) => model));
  const found = [...models.values()]
    .filter(({ id }) => !asked.has(id))
    .flatMap((model) => insteadOf(shape, model, facts) ?? [])
    .toSorted((a, b) => (a.option.model < b.option.model ? -1 : 1));
  const [alike, unlike] = [true, false].map((same) =>
    found.filter((one) => one.sameStack === same),
  );
  return [...anyOf(alike!, 0), ...anyOf(unlike!, 1), ...wholeCard(shape)];
}

interface Other {
  readonly model: CardModel;
  readonly option: CardOption;
  readonly sameStack: boolean;
}

function insteadOf(shape: Shape, model: CardModel, facts: RunTimeFacts): Other | undefined {
  for (const option of shape.cards.options) {
    const instead = facts.models.get(option.model) ?? cardModel(option.model);
    if (!instead || !hasMemoryOf(model, instead)) continue;
    const known = runTimeOn(shape, option, facts);
    const expectedRunTime = known.from === "limit" ? null : scaled(known.expected, instead, model);
    const isFit =
      expectedRunTime === null
        ? known.from === "limit" && isAsFast(model, instead)
        : expectedRunTime <= shape.maxRunTime;
    if (!isFit) continue;
    const sameStack = model.stack === instead.stack;
    return { model, option: { ...option, model: model.id, expectedRunTime }, sameStack };
  }
  return undefined;
}

const hasMemoryOf = ({ memoryGiB: has }: CardModel, { memoryGiB: asked }: CardModel) =>
  has.kind === "known" && asked.kind === "known" && has.value >= asked.value;

const isAsFast = ({ peak: has }: CardModel, { peak: asked }: CardModel) =>
  has.kind === "known" && asked.kind === "known" && has.value >= asked.value;

/** By the ratio of the peaks; null where one of them is not known. */
function scaled(time: Duration, { peak: there }: CardModel, { peak: here }: CardModel) {
  if (there.kind !== "known" || here.kind !== "known") return null;
  return durationOf(Number(divide(BigInt(Math.round(time)) * there.value, here.value, "up")));
}

/** All at once, to see which it would take; then that one alone. */
function anyOf(others: readonly Other[], amount: number): Proposal[] {
  if (others.length === 0) return [];
  const adding = (added: readonly Other[]) => ({
    amount,
    change: ({ cards }: Shape) => ({
      cards: { ...cards, options: [...cards.options, ...added.map(({ option }) => option)] },
    }),
  });
  const facts = { model: "*", cards: "*", name: "*", vendor: "*", stack: "*" };
  const narrow: Proposal["narrow"] = (answer) => {
    const aims = new Set(aimsOf(answer).map(({ model }) => model.id));
    return others
      .filter(({ model }) => aims.has(model.id))
      .map((one) => ofJob("other-model", factsOf(one), adding([one])));
  };
  return [ofJob("other-model", facts, { ...adding(others), isProbe: true, narrow })];
}

const factsOf = ({ model: { id, name, vendor, stack }, option }: Other) => {
  const cards = (option.count * option.share) / 1000;
  return { model: id, cards, name, vendor, stack };
};

function wholeCard({ cards }: Shape): Proposal[] {
  const parts = cards.options.filter(({ share }) => share < 1000);
  if (parts.length === 0) return [];
  const share = Math.min(...parts.map((option) => option.share)) / 1000;
  const change = ({ cards: all }: Shape) => ({
    cards: { ...all, options: all.options.map((option) => ({ ...option, share: 1000 })) },
  });
  return [ofJob("whole-card", { share }, { change })];
}
