import { formatYuan, type ProgrammeId } from "@wadi/core/units";
import { routes, type ItemOf, type RoundId, type RoundView } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { idEndPattern, uuidPattern } from "../find-job.ts";
import { facts } from "../show/facts.ts";
import { localTime, shortId } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { takeList } from "../take-list.ts";

type Standing = ItemOf<typeof routes.listRounds>;
type Place = ItemOf<typeof routes.listRoundPlaces>;

interface RoundInput {
  readonly id: ProgrammeId;
  readonly window?: string;
  /** Of the rules. */
  readonly number?: number;
}

/** The windows of a programme; of one of them, what its round gives each claim. */
export async function showRounds(context: Context, input: RoundInput): Promise<void> {
  const { id, window } = input;
  const { json, value } = await context.ask(routes.listRounds, { params: { id } });
  if (window === undefined) {
    if (context.json) return context.printJson(json);
    if (value.items.length === 0) return context.note("no claims wait for a round");
    return context.print(...table(value.items, windowColumns, context));
  }
  const standing = value.items.find((one) => isMeant(one, input));
  if (!standing?.round) {
    const cure = `wadi programme round propose ${id} --window ${window}`;
    throw new Failure("notFound", `no round of window "${window}" was proposed`, [cure]);
  }
  const params = { id, round: standing.round.id };
  const list = await takeList(context, routes.listRoundPlaces, { params, most: placesMost });
  if (context.json) return context.printJson(list.json);
  context.print(...roundLines(standing.round, context), "");
  context.print(...table(list.items, placeColumns, context));
  if (list.hasMore) context.note(`the first ${placesMost} places`);
}

const placesMost = 100_000;

const isMeant = (one: Standing, { window, number }: RoundInput) =>
  one.window === window && (number === undefined || one.version === number);

/** Works out what a round gives, for another person to approve. */
export async function proposeRound(
  context: Context,
  { id, window = null, number: version = null, close = false }: Nullable<RoundInput> & Closing,
): Promise<void> {
  const body = { window, version, close };
  const { json, value } = await context.ask(routes.proposeRound, { params: { id }, body });
  if (context.json) return context.printJson(json);
  context.print(...roundLines(value, context));
  context.print("", "nobody was granted anything yet; what each claim gets is told by:");
  context.print(`wadi programme round show ${id} --window ${value.window}`);
  context.print("another person of the fund approves it with:");
  context.print(`wadi programme round approve ${id} ${shortId(value.id)}`);
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null } & { readonly id: ProgrammeId };
interface Closing {
  readonly close?: boolean;
}

/** Decides a round as another person proposed it. */
export async function approveRound(
  context: Context,
  { id, round: typed }: { id: ProgrammeId; round: string },
): Promise<void> {
  const params = { id, round: await findRound(context, { id, round: typed }) };
  const { json, value } = await context.ask(routes.approveRound, { params });
  if (context.json) return context.printJson(json);
  context.print(...roundLines(value, context));
}

/** By its id, or by the last digits of it among the last proposals of all windows. */
async function findRound(
  context: Context,
  { id, round: typed }: { id: ProgrammeId; round: string },
): Promise<RoundId> {
  if (uuidPattern.test(typed)) return typed as RoundId;
  const { value } = await context.ask(routes.listRounds, { params: { id } });
  const ids = value.items.flatMap(({ round }) => (round ? [round.id] : []));
  const [found, ...others] = ids.filter((one) => idEndPattern.test(typed) && one.endsWith(typed));
  if (found && others.length === 0) return found;
  const why = found ? `several ids end in "${typed}"` : `there is no round "${typed}" of ${id}`;
  throw new Failure("notFound", why, [`see wadi programme round show ${id}`]);
}

const roundLines = (round: RoundView, context: Context) =>
  facts(
    [
      ["round", round.id],
      ["window", `${round.window}${round.until ? `, until ${round.until.toString()}` : ""}`],
      ["rules", `version ${round.version}`],
      ["claims", `${round.claims}, of which ${round.grants} are granted something`],
      ["granted", formatYuan(round.granted)],
      ["closed", round.isClosing ? "claims that were not through wait for the next one" : null],
      ["proposed", `${localTime(round.proposedAt)} by ${round.proposedBy}`],
      ["approved", round.approvedAt && `${localTime(round.approvedAt)} by ${round.approvedBy}`],
    ],
    context,
  );

const stateOf = ({ round, isOver }: Standing) => {
  if (round?.approvedAt) return "decided";
  if (round) return "proposed";
  return isOver ? "over" : "open";
};

const windowColumns: readonly Column<Standing>[] = [
  { head: "WINDOW", cell: ({ window }) => window, keep: 9 },
  { head: "RULES", cell: ({ version }) => `${version}`, keep: 3, align: "number" },
  { head: "UNTIL", cell: ({ until }) => until?.toString() ?? "", keep: 7 },
  { head: "STATE", cell: stateOf, keep: 8 },
  { head: "WAITING", cell: ({ gathered }) => `${gathered}`, keep: 6, align: "number" },
  { head: "OFFICES", cell: ({ reviewing }) => `${reviewing}`, keep: 5, align: "number" },
  { head: "INCOMPLETE", cell: ({ incomplete }) => `${incomplete}`, keep: 4, align: "number" },
  { head: "ROUND", cell: ({ round }) => (round ? shortId(round.id) : ""), keep: 8 },
  {
    head: "GRANTED",
    cell: ({ round }) => (round ? formatYuan(round.granted) : ""),
    keep: 7,
    align: "number",
  },
];

const whyLess = ({ refused, isOut, outcome }: Place) =>
  refused.map(({ code, amount }) => `${formatYuan(amount)} ${code}`).join(", ") ||
  (isOut || outcome === "incomplete" ? outcome : "");

const placeColumns: readonly Column<Place>[] = [
  { head: "PLACE", cell: ({ place }) => `${place}`, keep: 8, align: "number" },
  { head: "CLAIM", cell: ({ claim }) => shortId(claim), keep: 7 },
  { head: "TENANT", cell: ({ tenant }) => tenant, keep: 6, least: 8 },
  { head: "RANK", cell: ({ rank }) => (rank === null ? "" : `${rank}`), keep: 3, align: "number" },
  {
    head: "POINTS",
    cell: ({ points }) => (points === 0 ? "" : `${points}`),
    keep: 4,
    align: "number",
  },
  {
    head: "SHARE",
    cell: ({ share }) => (share === null ? "" : formatYuan(share)),
    keep: 5,
    align: "number",
  },
  { head: "GRANTED", cell: ({ granted }) => formatYuan(granted), keep: 9, align: "number" },
  { head: "REFUSED", cell: whyLess, keep: 8, least: 12 },
];
