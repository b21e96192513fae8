import { expect, test } from "vitest";
import {
  aFairness,
  anOrganisation,
  aQuota,
  ascend,
  aTenant,
  aUse,
  h100,
  h100Pcie,
  mayReclaim,
  tenant,
} from "./builders.testing.ts";
import { fairnessSentences } from "./sentences.ts";

const acme = tenant("acme");
const bolt = tenant("bolt");
const calm = tenant("calm");
const dune = tenant("dune");
const wish = (cards: number) => ({ model: h100, cards });

test("without organisations and quotas nothing is forbidden", () => {
  const fairness = aFairness();
  fairness.occupy(acme, aUse(100));
  expect(fairness.check(acme, wish(1000))).toBeUndefined();
});

test("a tenant's own quota counts cards of all models, and parts of cards as parts", () => {
  const fairness = aFairness([], { tenants: { acme: aTenant({ cardQuota: 4 }) } });
  fairness.occupy(acme, aUse(2));
  fairness.occupy(acme, aUse(3, { model: ascend, share: 250 }));
  expect(fairness.check(acme, { ...wish(5), share: 250 })).toBeUndefined();
  expect(fairness.check(acme, wish(2))).toStrictEqual({
    code: "tenant-quota",
    facts: { inUse: 2.75, quota: 4, needed: 2 },
  });
});

test("models of one class share its quota; others are not bound by it", () => {
  const quotas = [aQuota(10, { borrow: 0 })];
  const fairness = aFairness([anOrganisation("north", { tenants: ["acme", "bolt"], quotas })]);
  fairness.occupy(acme, aUse(6));
  fairness.occupy(bolt, aUse(3, { model: h100Pcie }));
  expect(fairness.check(acme, wish(1))).toBeUndefined();
  expect(fairness.check(acme, { model: ascend, cards: 100 })).toBeUndefined();
  expect(fairness.check(acme, wish(2))).toStrictEqual({
    code: "organisation-quota",
    facts: {
      organisation: "north",
      class: "hopper",
      inUse: 9,
      nominal: 10,
      kept: 0,
      borrowed: 0,
      borrow: 0,
      needed: 2,
    },
  });
});

test("an organisation borrows up to its limit, and no further", () => {
  const north = anOrganisation("north", { tenants: ["acme"], quotas: [aQuota(10, { borrow: 5 })] });
  const fairness = aFairness([north]);
  fairness.occupy(acme, aUse(12));
  expect(fairness.isBorrowing(acme, h100)).toBe(true);
  expect(fairness.check(acme, wish(3))).toBeUndefined();
  expect(fairness.check(acme, wish(4))).toMatchObject({
    code: "organisation-quota",
    facts: { inUse: 12, nominal: 10, borrowed: 2, borrow: 5 },
  });
});

test("what an organisation does not lend stays for it, at the root too", () => {
  const fairness = aFairness([
    anOrganisation("north", { tenants: ["acme"], quotas: [aQuota(30, { lend: 10 })] }),
    anOrganisation("south", { tenants: ["bolt"] }),
  ]);
  fairness.occupy(bolt, aUse(75));
  expect(fairness.check(bolt, wish(5))).toBeUndefined();
  const kept = { class: "hopper", total: 100, inUse: 75, kept: 20, needed: 6 };
  expect(fairness.check(bolt, wish(6))).toStrictEqual({ code: "cards-kept", facts: kept });
  expect(fairness.check(calm, wish(6))).toStrictEqual({ code: "cards-kept", facts: kept });
  fairness.occupy(bolt, aUse(5));
  expect(fairness.check(acme, wish(20))).toBeUndefined();
});

test("what was lent may be asked for back by its owner, from those who borrow alone", () => {
  const fairness = aFairness([
    anOrganisation("north", { tenants: ["acme"], quotas: [aQuota(60)] }),
    anOrganisation("south", { tenants: ["bolt"], quotas: [aQuota(30)] }),
    anOrganisation("west", { tenants: ["calm"], quotas: [aQuota(10, { lend: 0 })] }),
  ]);
  fairness.occupy(acme, aUse(40));
  fairness.occupy(bolt, aUse(50));
  expect(fairness.check(acme, wish(15))).toStrictEqual({
    code: "quota-taken",
    facts: {
      organisation: "north",
      class: "hopper",
      inUse: 40,
      nominal: 60,
      taken: 20,
      needed: 15,
    },
  });
  expect(fairness.wouldBeWithinQuota(acme, wish(20))).toBe(true);
  expect(fairness.wouldBeWithinQuota(acme, wish(21))).toBe(false);
  expect(fairness.wouldBeWithinQuota(dune, wish(1))).toBe(false);
  expect([acme, bolt, calm, dune].map((one) => fairness.isBorrowing(one, h100))).toStrictEqual([
    false,
    true,
    false,
    false,
  ]);
  expect(mayReclaim(fairness, { by: acme, from: bolt }, wish(20))).toBe(true);
  expect(mayReclaim(fairness, { by: acme, from: bolt }, wish(21))).toBe(false);
  expect(mayReclaim(fairness, { by: bolt, from: acme }, wish(1))).toBe(false);
  fairness.release(bolt, aUse(15));
  expect(fairness.check(acme, wish(15))).toBeUndefined();
});

const alliance = [
  anOrganisation("alliance", { quotas: [aQuota(20, { borrow: 0 })], tenants: ["dune"] }),
  anOrganisation("hefei", { parent: "alliance", quotas: [aQuota(20)], tenants: ["acme"] }),
  anOrganisation("wuhan", {
    parent: "alliance",
    quotas: [aQuota(20, { lend: 5 })],
    tenants: ["bolt"],
  }),
];

test("an organisation's own cards are for all below it, beside what those have", () => {
  const fairness = aFairness(alliance);
  expect(fairness.check(acme, wish(45))).toBeUndefined();
  expect(fairness.check(acme, wish(46))).toMatchObject({
    code: "organisation-quota",
    facts: { organisation: "alliance", inUse: 0, nominal: 60, kept: 15, borrow: 0, needed: 46 },
  });
  fairness.occupy(acme, aUse(45));
  expect(fairness.check(bolt, wish(15))).toBeUndefined();
  expect(fairness.check(bolt, wish(16))).toMatchObject({
    code: "quota-taken",
    facts: { organisation: "wuhan", inUse: 0, nominal: 20, taken: 5, needed: 16 },
  });
});

test("a parent's cards are claimed from outsiders, not from its other children", () => {
  const fairness = aFairness([...alliance, anOrganisation("south", { tenants: ["calm"] })]);
  fairness.occupy(calm, aUse(50));
  fairness.occupy(acme, aUse(35));
  expect(mayReclaim(fairness, { by: acme, from: calm }, wish(10))).toBe(true);
  expect(mayReclaim(fairness, { by: acme, from: bolt }, wish(10))).toBe(false);
  expect(fairness.borrowedBy({ by: bolt, from: acme }, wish(20))).toEqual([
    { organisation: "hefei", cards: 15 },
  ]);
  expect(fairness.borrowedBy({ by: acme, from: calm }, wish(10))).toEqual([
    { organisation: "south", cards: 50 },
  ]);
  expect(mayReclaim(fairness, { by: dune, from: acme }, wish(1))).toBe(false);
  expect(mayReclaim(fairness, { by: dune, from: calm }, wish(1))).toBe(true);
});

test("what a parent does not lend is of all that it and its children have", () => {
  const fairness = aFairness([
    anOrganisation("north", { quotas: [aQuota(10, { lend: 5 })] }),
    anOrganisation("lab", { parent: "north", tenants: ["acme"], quotas: [aQuota(40)] }),
  ]);
  expect(fairness.check(calm, wish(55))).toBeUndefined();
  expect(fairness.check(calm, wish(56))).toMatchObject({ code: "cards-kept", facts: { kept: 45 } });
});

test("a refusal counts as kept what others keep, not what the asker does", () => {
  const fairness = aFairness([
    anOrganisation("north", { quotas: [aQuota(0, { borrow: 0 })] }),
    anOrganisation("lab", {
      parent: "north",
      tenants: ["acme"],
      quotas: [aQuota(10, { lend: 0 })],
    }),
    anOrganisation("firm", { parent: "north", quotas: [aQuota(10, { lend: 3 })] }),
  ]);
  fairness.occupy(acme, aUse(4));
  const facts = { organisation: "north", inUse: 4, nominal: 20, kept: 7, needed: 10 };
  expect(fairness.check(acme, wish(9))).toBeUndefined();
  expect(fairness.check(acme, wish(10))).toMatchObject({ code: "organisation-quota", facts });
});

test("who borrows from a sister alone owes outsiders nothing", () => {
  const fairness = aFairness([
    anOrganisation("north"),
    anOrganisation("lab", { parent: "north", tenants: ["acme"], quotas: [aQuota(10)] }),
    anOrganisation("firm", { parent: "north", tenants: ["bolt"], quotas: [aQuota(10)] }),
    anOrganisation("south", { tenants: ["calm"], quotas: [aQuota(10)] }),
  ]);
  fairness.occupy(acme, aUse(15));
  expect(mayReclaim(fairness, { by: bolt, from: acme }, wish(1))).toBe(true);
  expect(mayReclaim(fairness, { by: calm, from: acme }, wish(1))).toBe(false);
  fairness.occupy(bolt, aUse(6));
  expect(mayReclaim(fairness, { by: calm, from: acme }, wish(1))).toBe(true);
  expect(mayReclaim(fairness, { by: calm, from: bolt }, wish(1))).toBe(false);
});

test("starts of all below an organisation count for an hour, those of this round too", () => {
  const fairness = aFairness(
    [
      anOrganisation("north", { startsPerHour: 5 }),
      anOrganisation("lab", { parent: "north", tenants: ["acme"] }),
      anOrganisation("firm", { parent: "north", tenants: ["bolt"] }),
    ],
    { tenants: { acme: aTenant({ startedLately: 3 }), bolt: aTenant({ startedLately: 1 }) } },
  );
  expect(fairness.check(acme, wish(1))).toBeUndefined();
  fairness.occupy(acme, aUse(1));
  expect(fairness.check(acme, wish(1))).toBeUndefined();
  fairness.place(bolt, aUse(1));
  const reason = {
    code: "organisation-starts",
    facts: { organisation: "north", started: 5, startsPerHour: 5 },
  };
  expect(fairness.check(acme, wish(1))).toStrictEqual(reason);
  expect(fairness.check(calm, wish(1))).toBeUndefined();
  fairness.takeBack(bolt, aUse(1));
  expect(fairness.check(acme, wish(1))).toBeUndefined();
  fairness.setTenant(acme, aTenant({ startedLately: 4 }));
  expect(fairness.check(bolt, wish(1))).toStrictEqual(reason);
});

test("who gives back more than it holds is a bug that is told", () => {
  const fairness = aFairness();
  fairness.occupy(acme, aUse(2));
  expect(() => fairness.release(acme, aUse(3))).toThrow("acme gives back 3000 thousandths");
  fairness.release(acme, aUse(2));
});

test("a policy at fault is not used", () => {
  const astray = [anOrganisation("north", { parent: "nowhere" })];
  expect(() => aFairness(astray)).toThrow('organisations[0].parent: "nowhere" is no organisation');
});

test("every fact that a sentence names is there", () => {
  const fairness = aFairness(
    [
      anOrganisation("north", { tenants: ["acme"], quotas: [aQuota(10, { borrow: 0, lend: 0 })] }),
      anOrganisation("south", { tenants: ["bolt"], quotas: [aQuota(50)] }),
      anOrganisation("west", { tenants: ["dune"], startsPerHour: 0 }),
    ],
    {},
  );
  fairness.occupy(calm, aUse(60));
  const said = [fairness.check(acme, wish(11)), fairness.check(bolt, wish(40))].concat([
    fairness.check(calm, wish(40)),
    fairness.check(dune, wish(1)),
  ]);
  const codes = said.map((reason) => reason?.code);
  expect(new Set(codes)).toStrictEqual(new Set(Object.keys(fairnessSentences)));
  for (const reason of said) {
    const { en, zh } = fairnessSentences[reason!.code as keyof typeof fairnessSentences];
    for (const text of [en, zh]) {
      const named = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(new Set(named)).toStrictEqual(new Set(Object.keys(reason!.facts)));
    }
  }
});
