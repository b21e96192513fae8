import {
  asId,
  bytes,
  divide,
  microYuan,
  plus,
  type Bytes,
  type MicroYuan,
  type PlaceId,
} from "../units/index.ts";
import {
  below,
  checkAmount,
  checked,
  checkSlug,
  checkUnique,
  checkWhole,
  type Checked,
  type Problem,
} from "./checked.ts";
import { routesFrom, type Link, type Links } from "./routes.ts";

export interface LinkDraft {
  readonly from: string;
  readonly to: string;
  readonly megabitsPerSecond: number;
  readonly perGB: bigint;
}

export function links(drafts: readonly LinkDraft[]): Checked<Links> {
  const problems = [
    ...drafts.flatMap((draft, i) => below(`[${i}]`, linkProblems(draft))),
    ...checkUnique({
      ids: drafts.map(({ from, to }) => `${from} to ${to}`),
      path: (i) => `[${i}]`,
    }),
  ];
  return checked(problems, () =>
    drafts.map(({ from, to, megabitsPerSecond, perGB }) => ({
      from: asId<PlaceId>(from),
      to: asId<PlaceId>(to),
      megabitsPerSecond,
      perGB: microYuan(perGB),
    })),
  );
}

export type Transfer =
  | {
      readonly kind: "transfer";
      readonly cost: MicroYuan;
      readonly timeMs: number;
      /** The links in order; none within one place. */
      readonly route: readonly Link[];
    }
  | { readonly kind: "unreachable"; readonly reason: string };

/**
 * What moving data costs and how long it takes, over the route that costs least per byte: over
 * one link or several; between equals the faster, then the one with fewer links, then by id.
 * Each link costs by itself, rounded up to a micro-yuan; data is taken to reach a place whole
 * before it goes on, each link's time rounded up to a millisecond. Within one place both are 0.
 */
export function transfer(
  all: Links,
  { from, to, bytes: size }: { from: PlaceId; to: PlaceId; bytes: Bytes },
): Transfer {
  const route = from === to ? [] : routesFrom(all, from).get(to);
  if (!route) return { kind: "unreachable", reason: `no link leads from ${from} to ${to}` };
  let cost = microYuan(0);
  let timeMs = 0;
  for (const link of route) {
    cost = plus(cost, linkCost(link, size));
    timeMs += linkMs(link, size);
  }
  return { kind: "transfer", cost, timeMs, route };
}

const oneGB = bytes(1_000_000_000n);

const linkCost = ({ perGB }: Link, size: Bytes): MicroYuan =>
  microYuan(divide(size * perGB, oneGB, "up"));

/** 1 Mbit/s is 1,000 bits a millisecond. */
const linkMs = ({ megabitsPerSecond }: Link, size: Bytes): number =>
  Number(divide(size * 8n, BigInt(megabitsPerSecond) * 1000n, "up"));

function linkProblems({ from, to, megabitsPerSecond, perGB }: LinkDraft): Problem[] {
  const speed = { path: "megabitsPerSecond", value: megabitsPerSecond };
  const problems = [
    ...checkSlug({ path: "from", value: from }),
    ...checkSlug({ path: "to", value: to }),
    ...checkWhole({ ...speed, least: 1, most: 1_000_000_000 }),
    ...checkAmount({ path: "perGB", value: perGB }),
  ];
  if (from === to) {
    const message = `"${to}" is where it starts; within one place data moves free of charge`;
    problems.push({ path: "to", message });
  }
  return problems;
}
