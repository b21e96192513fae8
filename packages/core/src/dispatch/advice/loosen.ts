import type { PlaceId } from "../../units/index.ts";
import type { Constraints } from "../../job/index.ts";
import type { PoolNow, Shape } from "../snapshot.ts";
import { aimsOf, type Answer, type Asked } from "./ask.ts";
import { ofJob, type Proposal } from "./proposal.ts";

/** Each constraint of the job dropped, one at a time, or as little of it as is needed. */
export function loosened({ shape, snapshot }: Asked): Proposal[] {
  const { places, domesticOnly, allowCentres, denyCentres } = shape.constraints;
  const proposals: Proposal[] = [];
  if (places.length > 0) proposals.push(anyPlace());
  if (allowCentres.length > 0) proposals.push(anyCentre());
  if (denyCentres.length > 0) proposals.push(noDeniedCentre());
  if (domesticOnly) {
    proposals.push(ofJob("also-foreign", {}, { change: constrained({ domesticOnly: false }) }));
  }
  if (shape.data.length > 0) proposals.push(dataEverywhere(shape, snapshot.pools));
  return proposals;
}

const constrained =
  (differs: Partial<Constraints>) =>
  ({ constraints }: Shape) => ({ constraints: { ...constraints, ...differs } });

/** Towards each pool that the answer looks to, each such change once. */
const towards =
  (propose: (pool: PoolNow) => Proposal) =>
  (answer: Answer): Proposal[] => {
    const all = aimsOf(answer).map(propose);
    return [...new Map(all.map((one) => [JSON.stringify(one.change.facts), one])).values()];
  };

const anyPlace = () =>
  ofJob(
    "any-place",
    {},
    {
      change: constrained({ places: [] }),
      narrow: towards(({ place }) =>
        ofJob(
          "also-in-place",
          { place },
          {
            change: ({ constraints }) => ({
              constraints: { ...constraints, places: [...constraints.places, place].toSorted() },
            }),
          },
        ),
      ),
    },
  );

const anyCentre = () =>
  ofJob(
    "any-centre",
    {},
    {
      change: constrained({ allowCentres: [] }),
      narrow: towards(({ centre }) =>
        ofJob(
          "also-at-centre",
          { centre },
          {
            change: ({ constraints }) => ({
              constraints: {
                ...constraints,
                allowCentres: [...constraints.allowCentres, centre].toSorted(),
              },
            }),
          },
        ),
      ),
    },
  );

const noDeniedCentre = () =>
  ofJob(
    "no-denied-centre",
    {},
    {
      change: constrained({ denyCentres: [] }),
      narrow: towards(({ centre }) =>
        ofJob(
          "denied-centre",
          { centre },
          {
            change: ({ constraints }) => ({
              constraints: {
                ...constraints,
                denyCentres: constraints.denyCentres.filter((denied) => denied !== centre),
              },
            }),
          },
        ),
      ),
    },
  );

/** As if its data were where the cards are; then only where it would run. */
function dataEverywhere({ data }: Shape, pools: readonly PoolNow[]): Proposal {
  const everywhere = pools.map(({ place }) => place);
  const sum = data.reduce((all, { bytes }) => all + bytes, 0n);
  const gigabytes = Number(sum / 1_000_000n) / 1000;
  const at = (places: readonly PlaceId[]) => ({
    change: ({ data: all }: Shape) => ({
      data: all.map((one) => ({
        ...one,
        places: [...new Set([...one.places, ...places])].toSorted(),
      })),
    }),
  });
  return ofJob(
    "data-in",
    { place: "*", gigabytes },
    {
      ...at(everywhere),
      isProbe: true,
      narrow: towards(({ place }) => ofJob("data-in", { place, gigabytes }, at([place]))),
    },
  );
}
