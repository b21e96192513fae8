import {
  cardModel,
  centre,
  links,
  pool,
  priceSchedule,
  type Centre,
  type Checked,
  type Pool,
} from "@wadi/core/capacity";
import type { PoolNow } from "@wadi/core/dispatch";
import { Mistakes } from "../readers/mistakes.ts";
import { readYaml, stepsIn } from "../readers/yaml.ts";
import type { Fleet } from "./fleet.ts";
import { hostsOf, isGroup } from "./hosts.ts";
import { fleetSpec, type CentrePart, type FleetSpec, type PoolPart } from "./schema.ts";

/**
 * Reads a fleet file: YAML or JSON of `fleetSpec`. Everything that a live region checks of centres,
 * pools, prices and links is checked here.
 *
 * @param file  as people know it, for messages
 * @throws WrongInput that tells every mistake, at most 20
 */
export function readFleet(text: string, file: string): Fleet {
  const { value: spec, mistakeAt } = readYaml({ file, text }, fleetSpec);
  const mistakes = new Mistakes(file);
  const wrong: Wrong = (steps, right) => mistakes.add(mistakeAt(steps, right));

  checkUnlike(spec, wrong);
  const built = spec.centres.map((part, index) =>
    centreOf(part, { at: ["centres", `${index}`], wrong }),
  );
  const ways = sound(links(spec.links), { at: ["links"], wrong });
  mistakes.throwAny();
  return {
    name: spec.name,
    centres: built.map((one) => one.centre!),
    pools: built.flatMap((one) => one.pools),
    links: ways!,
  };
}

type Wrong = (steps: readonly string[], right: string) => void;
interface Where {
  readonly at: readonly string[];
  readonly wrong: Wrong;
}

/** Ids of centres, and of pools in all the region. */
function checkUnlike({ centres }: FleetSpec, wrong: Wrong): void {
  const ids = centres.map(({ id }, i) => ({ kind: "centre", id, at: ["centres", `${i}`, "id"] }));
  const pools = centres.flatMap((one, i) =>
    one.pools.map(({ id }, j) => {
      const at = ["centres", `${i}`, "pools", `${j}`, "id"];
      return { kind: "pool", id, at };
    }),
  );
  const taken = new Set<string>();
  for (const { kind, id, at } of [...ids, ...pools]) {
    const name = `${kind} ${id}`;
    if (taken.has(name)) wrong(at, `another ${kind} has this id; give each its own`);
    taken.add(name);
  }
}

function centreOf(
  part: CentrePart,
  where: Where,
): { centre: Centre | undefined; pools: readonly PoolNow[] } {
  const made = sound(centre({ ...part, providerId: part.provider }), where);
  const pools = part.pools.flatMap((one, j) => {
    const at = [...where.at, "pools", `${j}`];
    const held = poolOf(one, part, { ...where, at });
    return made && held ? [poolNow(held, { centre: made, emulated: one.emulated })] : [];
  });
  return { centre: made, pools };
}

function poolOf(part: PoolPart, { id: centreId }: CentrePart, where: Where): Pool | undefined {
  const prices = sound(priceSchedule(part.prices), { ...where, at: [...where.at, "prices"] });
  if (!prices) return undefined;
  const hosts = hostsOf(part);
  const draft = { ...part, centreId, hosts, prices, interconnect: null };
  if (!isGroup(part)) return sound(pool(draft), where);
  // Hosts of a group are alike: what is wrong with one is told once, of the group.
  const ofFirst = sound(pool({ ...draft, hosts: hosts.slice(0, 1) }), {
    ...where,
    wrong: (steps, right) => where.wrong(asGroup(steps), right),
  });
  return ofFirst && sound(pool(draft), where);
}

const asGroup = (steps: readonly string[]) => {
  const at = steps.lastIndexOf("hosts");
  return at < 0 ? steps : steps.toSpliced(at + 1, 1);
};

function poolNow(
  held: Pool,
  {
    centre: { id, place, powerPricePerKwh, carbonGramsPerKwh },
    emulated,
  }: {
    centre: Centre;
    emulated: boolean;
  },
): PoolNow {
  return {
    id: held.id,
    centre: id,
    place,
    model: cardModel(held.model)!,
    emulated,
    prices: held.prices,
    minimumSlice: held.minimumSlice,
    wattsPerCard: held.wattsPerCard,
    powerPricePerKwh,
    carbonGramsPerKwh,
    reclaimsPer1000Hours: held.reclaimsPer1000Hours,
    closed: null,
    maintenance: held.maintenance.map(({ from, to }) => ({
      fromMs: from.epochMilliseconds,
      toMs: to.epochMilliseconds,
    })),
    leasesMax: null,
    hosts: held.hosts.map(({ cards, cpu, memory, domain, rack, block, ...host }) => ({
      id: host.id,
      cards,
      cpu,
      memory,
      domain,
      rack,
      block,
    })),
  };
}

/** The value; of one that core refuses, every problem is told at its field. */
function sound<T>(made: Checked<T>, { at, wrong }: Where): T | undefined {
  if (made.kind === "ok") return made.value;
  for (const { path, message } of made.problems) {
    const steps = stepsIn(path).map((step) => (step === "providerId" ? "provider" : step));
    wrong([...at, ...steps], message);
  }
  return undefined;
}
