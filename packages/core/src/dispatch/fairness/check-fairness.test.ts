import { expect, test } from "vitest";
import { asId, durationOf } from "../../units/index.ts";
import { defaultPolicy, type FairnessPolicy } from "../policy.ts";
import { anOrganisation, aPolicy, aQuota } from "./builders.testing.ts";
import { checkFairness } from "./check-fairness.ts";

const north = anOrganisation("north");

test("the policy that holds until an operator says otherwise has no fault", () => {
  expect(checkFairness(defaultPolicy.fairness)).toStrictEqual([]);
});

test("a tree whose children are listed before their parents has none either", () => {
  const organisations = [
    anOrganisation("lab", { parent: "north", tenants: ["acme"], quotas: [aQuota(3)] }),
    anOrganisation("north", { quotas: [aQuota(1), aQuota(2, { cards: "ascend-910b1" })] }),
  ];
  expect(checkFairness(aPolicy({ organisations }))).toStrictEqual([]);
});

const withQuotas = (...quotas: ReturnType<typeof aQuota>[]): Partial<FairnessPolicy> => ({
  organisations: [anOrganisation("north", { quotas })],
});

test.each<[Partial<FairnessPolicy>, string, string]>([
  [
    { organisations: [anOrganisation("lab", { parent: "nord" })] },
    "organisations[0].parent",
    '"nord" is no organisation; name one of the list, or null for the root',
  ],
  [
    { organisations: [anOrganisation("lab", { parent: "lab" })] },
    "organisations[0].parent",
    "lab → lab is a circle; hang one of them on the root with null",
  ],
  [
    {
      organisations: [
        anOrganisation("c", { parent: "a" }),
        anOrganisation("b", { parent: "c" }),
        anOrganisation("a", { parent: "b" }),
        anOrganisation("below", { parent: "a" }),
      ],
    },
    "organisations[2].parent",
    "a → b → c → a is a circle; hang one of them on the root with null",
  ],
  [
    { organisations: [north, north] },
    "organisations[1].id",
    '"north" is taken by organisations[0].id; give each its own',
  ],
  [
    {
      organisations: [
        anOrganisation("north", { tenants: ["acme"] }),
        anOrganisation("south", { tenants: ["bolt", "acme"] }),
      ],
    },
    "organisations[1].tenants[1]",
    '"acme" is organisations[0].tenants[0] already; leave it in one organisation only',
  ],
  [
    { organisations: [anOrganisation("north", { weight: 0 })] },
    "organisations[0].weight",
    "0 is not allowed; use a number above 0",
  ],
  [
    { organisations: [anOrganisation("north", { startsPerHour: -1 })] },
    "organisations[0].startsPerHour",
    "-1 is not allowed; use a whole number from 0 to 1000000000",
  ],
  [
    { organisations: [anOrganisation("The North")] },
    "organisations[0].id",
    '"The North" is not an id; use 1 to 63 lower-case letters, digits and hyphens, no hyphen at either end',
  ],
  [
    withQuotas(aQuota(1), aQuota(2)),
    "organisations[0].quotas[1].cards",
    '"hopper" has quotas[0]; give each class one quota',
  ],
  [
    withQuotas(aQuota(1, { cards: "h100-pcie" })),
    "organisations[0].quotas[0].cards",
    '"h100-pcie" is counted in the class "hopper"; give that one the quota',
  ],
  [
    withQuotas(aQuota(1, { cards: "hoper" })),
    "organisations[0].quotas[0].cards",
    '"hoper" is no card class and no card model; use hopper',
  ],
  [
    withQuotas(aQuota(1.5)),
    "organisations[0].quotas[0].nominal",
    "1.5 is not allowed; use a whole number from 0 to 1000000000",
  ],
  [
    withQuotas(aQuota(1, { borrow: -2 })),
    "organisations[0].quotas[0].borrow",
    "-2 is not allowed; use a whole number from 0 to 1000000000",
  ],
  [
    withQuotas(aQuota(1, { lend: -2 })),
    "organisations[0].quotas[0].lend",
    "-2 is not allowed; use a whole number from 0 to 1000000000",
  ],
  [
    { cardClasses: { one: [asId("h20")], two: [asId("l40s"), asId("h20")] } },
    "cardClasses.two[1]",
    '"h20" is cardClasses.one[0] already; leave it in one class only',
  ],
  [
    { cardClasses: { one: [asId("h10o-sxm")] } },
    "cardClasses.one[0]",
    '"h10o-sxm" is no card model; use h100-sxm',
  ],
  [
    { cardClasses: { one: [] } },
    "cardClasses.one",
    '"one" has no card model; name one, or leave it out',
  ],
  [
    { cardClasses: { h20: [asId("l40s")] } },
    "cardClasses.h20",
    '"h20" is a card model that is not in it; give the class another name',
  ],
  [{ halfLife: durationOf(0) }, "halfLife", "0 ms is not allowed; use a number above 0"],
  [{ pastWeight: -1 }, "pastWeight", "-1 is not allowed; use a number of at least 0"],
])("%j is refused at %s", (differs, path, message) => {
  expect(checkFairness(aPolicy(differs))).toStrictEqual([{ path, message }]);
});

test("each of several faults is told", () => {
  const organisations = [
    anOrganisation("a", { parent: "b", weight: Number.NaN }),
    anOrganisation("b", { parent: "a" }),
    anOrganisation("c", { parent: "d" }),
    anOrganisation("d", { parent: "c" }),
  ];
  expect(checkFairness(aPolicy({ organisations })).map(({ path }) => path)).toStrictEqual([
    "organisations[0].weight",
    "organisations[0].parent",
    "organisations[2].parent",
  ]);
});
