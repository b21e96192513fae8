import { formatYuan } from "@wadi/core/units";
import { random, type Random } from "@wadi/simulator/generator";
import { perCardHour, pricedBy, type CardOffer } from "./cards.ts";
import { cities, neighbours } from "./places.ts";
import { centresOf, type Plan, type PlannedCentre, type PlannedPool } from "./plan.ts";

const seed = 2026;

/** The text of a fleet file; the same for the same plan. */
export function fleetFile(plan: Plan): string {
  const chance = random(seed);
  const centres = centresOf(plan);
  const usedCities = new Set(centres.map(({ city }) => city.id));
  const edges = centres.filter(({ kind }) => kind === "edge");
  return [
    "# Written by make-fleet.ts; change that, not this. Places are real, centres are made up.",
    "version: 1",
    `name: ${plan.name}`,
    "centres:",
    ...centres.flatMap((centre) => centreLines(centre, chance.fork(centre.id))),
    "links:",
    ...backbone(usedCities),
    ...edges.flatMap(({ place, city }) => both(place, city.id, { megabits: 2000, perGB: "0.05" })),
    "",
  ].join("\n");
}

function centreLines(centre: PlannedCentre, chance: Random): string[] {
  const { id, kind, city, place, en, zh } = centre;
  // Some centres pay their power beside the card-hour; hydropower lies in the south-west.
  const power = chance.uniform() < 0.25 ? `"0.${45 + chance.below(20)}"` : "null";
  const isGreen = city.id === "lishui" || city.id === "quzhou";
  const carbon = isGreen ? 180 + chance.below(80) : 480 + chance.below(120);
  return [
    `  - id: ${id}`,
    `    name: { en: "${en}", zh: "${zh}" }`,
    `    kind: ${kind}`,
    `    place: ${place}`,
    `    provider: ${city.id}-${kind}`,
    "    timeZone: Asia/Shanghai",
    `    powerPricePerKwh: ${power}`,
    `    carbonGramsPerKwh: ${carbon}`,
    "    pools:",
    ...centre.pools.flatMap((pool, index) => poolLines(centre, pool, chance.fork(`pool ${index}`))),
  ];
}

function poolLines({ id, kind }: PlannedCentre, pool: PlannedPool, chance: Random): string[] {
  const { offer } = pool;
  const isShared = kind === "general" || kind === "edge";
  const peak = offer.like
    ? [`        # No peak in the catalogue: priced as ${offer.like.model}, ${offer.like.why}.`]
    : [];
  return [
    `      - id: ${id}-${offer.model}`,
    `        model: ${offer.model}`,
    ...hostLines(pool),
    `        wattsPerCard: ${offer.watts}`,
    `        reclaimsPer1000Hours: ${kind === "edge" ? 5 : chance.uniform() < 0.2 ? 2 : 0}`,
    ...(isShared ? ["        minimumSlice: 100"] : []),
    ...maintenanceLines(chance),
    ...peak,
    ...priceLines(offer, { perPMonth: basePrice(offer, kind, chance), chance }),
  ];
}

function hostLines({ offer, hosts, cards }: PlannedPool): string[] {
  const [cpu, memory] = ({ 4: [64, 256], 8: [192, 1536], 16: [128, 1024] } as const)[cards];
  // 48 hosts of these are one domain: a super-node of 384 cards.
  const domain = offer.model === "ascend-910c" ? 48 : 1;
  const near =
    cards === 8 ? [`perDomain: ${domain}`, "perRack: 4", "racksPerBlock: 12"] : ["perRack: 8"];
  const size = [`count: ${hosts}`, `cards: ${cards}`, `cpu: ${cpu}`, `memory: ${memory}GiB`];
  return ["        hosts:", ...[...size, ...near].map((field) => `          ${field}`)];
}

/** One pool in six is serviced in one night of the month. */
function maintenanceLines(chance: Random): string[] {
  if (chance.uniform() > 1 / 6) return [];
  const day = `2026-03-${String(3 + chance.below(26)).padStart(2, "0")}`;
  const span = `{ from: "${day}T01:00:00+08:00", to: "${day}T06:00:00+08:00" }`;
  return [`        maintenance: [${span}]`];
}

/** Yuan per P-month by day, such that its night and its evening stay within 800 to 3,000. */
function basePrice(offer: CardOffer, kind: PlannedCentre["kind"], chance: Random): number {
  if (kind === "edge") return 2200 + chance.below(401);
  if (kind === "super") return 1000 + chance.below(301);
  const isForeign = pricedBy(offer).origin !== "domestic";
  return isForeign ? 1800 + chance.below(801) : 1000 + chance.below(1001);
}

const hour = (from: number, to: number, price: string) =>
  `{ fromHour: ${from}, toHour: ${to}, perCardHour: "${price}" }`;

/** Three pools in five are cheaper by night and dearer in the evening; the others cost the same. */
function priceLines(
  offer: CardOffer,
  { perPMonth, chance }: { perPMonth: number; chance: Random },
): string[] {
  const at = (percent: number) =>
    formatYuan(perCardHour(offer, Math.round((perPMonth * percent) / 100)));
  const head = ["        prices:", "          timeZone: Asia/Shanghai", "          periods:"];
  const rules =
    chance.uniform() < 0.4
      ? [`{ perCardHour: "${at(100)}" }`]
      : [hour(0, 8, at(80)), hour(8, 18, at(100)), hour(18, 22, at(115)), hour(22, 24, at(80))];
  return [...head, "            - rules:", ...rules.map((rule) => `                - ${rule}`)];
}

/** Every city has a line to Hangzhou, and some to a neighbour. */
function backbone(used: ReadonlySet<string>): string[] {
  const toHub = cities
    .filter(({ id }) => id !== "hangzhou" && used.has(id))
    .flatMap(({ id }) => both(id, "hangzhou", { megabits: 100_000, perGB: "0.02" }));
  const around = neighbours
    .filter(([a, b]) => used.has(a) && used.has(b))
    .flatMap(([a, b]) => both(a, b, { megabits: 40_000, perGB: "0.03" }));
  return [...toHub, ...around];
}

const both = (a: string, b: string, line: { megabits: number; perGB: string }): string[] => [
  way(a, b, line),
  way(b, a, line),
];

const way = (from: string, to: string, { megabits, perGB }: { megabits: number; perGB: string }) =>
  `  - { from: ${from}, to: ${to}, megabitsPerSecond: ${megabits}, perGB: "${perGB}" }`;
