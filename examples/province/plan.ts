import type { CentreKind } from "@wadi/core/capacity";
import {
  denseCard,
  edgeCards,
  generalCards,
  superCards,
  trainingCards,
  type CardOffer,
} from "./cards.ts";
import { cities, type City } from "./places.ts";

/** What a fleet of this example has: how many centres of each kind, and their hosts. */
export interface Plan {
  readonly name: string;
  /** Hosts of each intelligent centre, of eight cards. */
  readonly intelligent: readonly number[];
  /** How many, and hosts of each, of eight cards. */
  readonly super: readonly [number, number];
  /** How many, and hosts of each, of eight cards. */
  readonly general: readonly [number, number];
  /** So many general centres have this many of their hosts with sixteen cards. */
  readonly dense: readonly [number, number];
  /** How many, and hosts of each, of four cards. */
  readonly edge: readonly [number, number];
}

const times = (count: number, hosts: number) => Array.from({ length: count }, () => hosts);

/** The scale of the mission: 100 centres, 25,000 hosts, 200,000 cards. */
export const province: Plan = {
  name: "a province",
  intelligent: [
    2000,
    1600,
    1200,
    1000,
    ...times(4, 800),
    ...times(6, 600),
    ...times(8, 400),
    ...times(10, 210),
  ],
  super: [6, 500],
  general: [22, 150],
  dense: [20, 20],
  edge: [40, 20],
};

/** A twentieth of it, for a report within a minute: 12 centres, 10,000 cards. */
export const smallProvince: Plan = {
  name: "a small province",
  intelligent: [400, 300, 200, 120],
  super: [1, 60],
  general: [3, 50],
  dense: [0, 0],
  edge: [4, 10],
};

export interface PlannedCentre {
  readonly id: string;
  readonly kind: CentreKind;
  readonly city: City;
  /** Of edge centres their own place, else the city. */
  readonly place: string;
  readonly en: string;
  readonly zh: string;
  readonly pools: readonly PlannedPool[];
}

export interface PlannedPool {
  readonly offer: CardOffer;
  readonly hosts: number;
  readonly cards: 4 | 8 | 16;
}

/** Intelligent and edge centres are spread over counties, super and general ones over cities. */
export function centresOf(plan: Plan): PlannedCentre[] {
  const counties = spread(
    cities.flatMap((city) => city.counties.map((county) => ({ city, county }))),
  );
  const [edges, edgeHosts] = plan.edge;
  const ofCounties = counties.slice(0, plan.intelligent.length + edges);
  return [
    ...ofCounties.slice(0, plan.intelligent.length).map(({ city, county: [en, zh] }, i) => ({
      ...named(city, { en, zh, kind: "intelligent", id: `${city.id}-${en.toLowerCase()}` }),
      pools: trainingPools(plan.intelligent[i]!, i),
    })),
    ...Array.from({ length: plan.super[0] }, (_, i) => ({
      ...named(cities[i]!, { en: "", zh: "", kind: "super", id: `${cities[i]!.id}-super` }),
      pools: [{ offer: superCards[0]!, hosts: plan.super[1], cards: 8 as const }],
    })),
    ...Array.from({ length: plan.general[0] }, (_, i) => {
      const city = cities[i % cities.length]!;
      const number = Math.floor(i / cities.length) + 1;
      const id = `${city.id}-general-${number}`;
      const which = {
        en: `No. ${number}`,
        zh: `第${"一二三"[number - 1]}`,
        kind: "general" as const,
      };
      return { ...named(city, { ...which, id }), pools: generalPools(plan, i) };
    }),
    ...ofCounties.slice(plan.intelligent.length).map(({ city, county: [en, zh] }, i) => {
      const id = `${city.id}-${en.toLowerCase()}-edge`;
      const pools = [
        { offer: edgeCards[i % edgeCards.length]!, hosts: edgeHosts, cards: 4 as const },
      ];
      return { ...named(city, { en, zh, kind: "edge", id }), place: id, pools };
    }),
  ];
}

/** The same, taking every seventh, so that what comes first is all over the region. */
const spread = <T>(all: readonly T[]): T[] => all.map((_, i) => all[(i * 7) % all.length]!);

const kindNames: Readonly<Record<CentreKind, readonly [string, string]>> = {
  intelligent: ["intelligent computing centre", "智算中心"],
  super: ["supercomputing centre", "超算中心"],
  general: ["general computing centre", "通算中心"],
  edge: ["edge computing centre", "边缘算力中心"],
};

function named(
  city: City,
  { en, zh, kind, id }: { en: string; zh: string; kind: CentreKind; id: string },
): Omit<PlannedCentre, "pools"> {
  const [enKind, zhKind] = kindNames[kind];
  const words = [city.en, en, enKind].filter((word) => word !== "");
  return { id, kind, city, place: city.id, en: words.join(" "), zh: `${city.zh}${zh}${zhKind}` };
}

/** One model where there are few hosts, three where there are many: three quarters, the rest. */
function trainingPools(hosts: number, index: number): PlannedPool[] {
  const offer = (step: number) => trainingCards[(index * 3 + step) % trainingCards.length]!;
  const parts = hosts >= 800 ? [0.75, 0.15] : hosts >= 200 ? [0.6] : [];
  const firsts = parts.map((part) => Math.round(hosts * part));
  const last = hosts - firsts.reduce((a, b) => a + b, 0);
  return [...firsts, last].map((count, step) => ({ offer: offer(step), hosts: count, cards: 8 }));
}

function generalPools(plan: Plan, index: number): PlannedPool[] {
  const dense = index < plan.dense[0] ? plan.dense[1] : 0;
  const hosts = plan.general[1] - dense;
  const first = Math.round(hosts * 0.6);
  const offer = (step: number) => generalCards[(index + step) % generalCards.length]!;
  const pools: PlannedPool[] = [
    { offer: offer(0), hosts: first, cards: 8 },
    { offer: offer(1), hosts: hosts - first, cards: 8 },
  ];
  return dense === 0 ? pools : [...pools, { offer: denseCard, hosts: dense, cards: 16 }];
}
