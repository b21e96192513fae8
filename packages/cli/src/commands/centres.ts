import { asId, parseYuan, type CentreId, type PlaceId } from "@wadi/core/units";
import {
  centreSpec,
  routes,
  type centreSummary,
  type linkSpec,
  type poolView,
} from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { stateColour } from "../show/colour.ts";
import { ago, footnotes, marked, money, moneyOr } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { readAs } from "../spec/check-document.ts";
import { takeList } from "../take-list.ts";

const most = 100_000;

/** Lists the centres of the region. */
export async function centres(context: Context): Promise<void> {
  const list = await takeList(context, routes.listCentres, { most });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("no centres yet");
  const now = Temporal.Now.instant();
  context.print(...table(list.items, centreColumns(context, now), context));
}

/** Lists the pools of all centres, or of one. */
export async function pools(context: Context, { centre }: { centre?: CentreId }): Promise<void> {
  const list = await takeList(context, routes.listPools, { query: { centre }, most });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("no pools yet");
  context.print(...table(list.items, poolColumns, context), ...footnotes(list.items));
}

/** One centre as its operator described it. */
export async function showCentre(context: Context, { id }: { id: CentreId }): Promise<void> {
  const { json } = await context.ask(routes.readCentre, { params: { id } });
  if (context.json) return context.printJson(json);
  const { stringify } = await import("yaml");
  context.write(stringify(json));
}

/** Registers a centre from a file, or replaces its description. */
export async function putCentre(
  context: Context,
  { id, file }: { id: CentreId; file: string },
): Promise<void> {
  const body = await readAs(file, centreSpec);
  const { json, value } = await context.ask(routes.putCentre, { params: { id }, body });
  if (context.json) return context.printJson(json);
  context.print(`${value.id} has ${value.spec.pools.length} pools and is ${value.state}`);
}

/** Lists the links between places. */
export async function links(context: Context): Promise<void> {
  const list = await takeList(context, routes.listLinks, { most });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("no links yet");
  context.print(...table(list.items, linkColumns, context));
}

export interface PutLinkInput {
  readonly from: PlaceId;
  readonly to: PlaceId;
  readonly mbps: number;
  readonly perGb: string;
  readonly bothWays?: true;
}

/** Sets one direction of a link between places, or both. */
export async function putLink(context: Context, input: PutLinkInput): Promise<void> {
  const { from, to, mbps, bothWays } = input;
  const perGB = parseYuan(input.perGb);
  if (perGB === undefined) {
    throw wrongUse(`--per-gb ${input.perGb}: write yuan for 10^9 bytes, such as 0.05`);
  }
  const ways =
    bothWays === true
      ? [
          { from, to },
          { from: to, to: from },
        ]
      : [{ from, to }];
  for (const way of ways) {
    const body = { ...way, megabitsPerSecond: mbps, perGB };
    const { json } = await context.ask(routes.putLink, { body });
    if (context.json) context.print(JSON.stringify(json));
    else context.print(`${way.from} to ${way.to}: ${mbps} Mbit/s, ¥${money(perGB)} a GB`);
  }
}

/** Opens, drains or retires a centre. */
export async function setMode(
  context: Context,
  { centre, mode }: { centre: string; mode: "open" | "draining" | "left" },
): Promise<void> {
  const params = { id: asId<CentreId>(centre) };
  const { json, value } = await context.ask(routes.setCentreMode, { params, body: { mode } });
  if (context.json) return context.printJson(json);
  const means = {
    open: "takes runs",
    draining: "takes no new runs; those it has go on",
    left: "takes no new runs, and its agent stops when those it has have ended",
  };
  context.print(`${value.id} ${means[mode]}`);
}

type Centre = z.output<typeof centreSummary>;

const centreColumns = ({ language }: Context, now: Temporal.Instant): Column<Centre>[] => [
  { head: "CENTRE", cell: ({ id }) => id, keep: 9, least: 8 },
  { head: "NAME", cell: ({ name }) => name[language], keep: 5, least: 8 },
  { head: "KIND", cell: ({ kind }) => kind, keep: 3 },
  { head: "PLACE", cell: ({ place }) => place, keep: 4, least: 8 },
  { head: "PROVIDER", cell: ({ provider }) => provider, keep: 2, least: 8 },
  { head: "STATE", cell: ({ state }) => state, keep: 9, colour: ({ state }) => stateColour(state) },
  { head: "HEARD", cell: ({ heardAt }) => (heardAt ? ago(heardAt, now) : ""), keep: 4 },
  { head: "FREE", cell: ({ cardsFree }) => String(cardsFree), keep: 7, align: "number" },
  { head: "CARDS", cell: ({ cards }) => String(cards), keep: 8, align: "number" },
  { head: "ISOLATION", cell: ({ isolation }) => isolation?.means ?? "", keep: 1 },
];

type Pool = z.output<typeof poolView>;

const poolColumns: readonly Column<Pool>[] = [
  { head: "POOL", cell: ({ id }) => id, keep: 9, least: 8 },
  { head: "CENTRE", cell: ({ centre }) => centre, keep: 5, least: 8 },
  { head: "MODEL", cell: ({ model, emulated }) => marked(model, emulated), keep: 8, least: 10 },
  { head: "HOSTS", cell: ({ hosts }) => String(hosts), keep: 3, align: "number" },
  { head: "FREE", cell: ({ cardsFree }) => String(cardsFree), keep: 7, align: "number" },
  { head: "CARDS", cell: ({ cards }) => String(cards), keep: 6, align: "number" },
  { head: "¥ A CARD-HOUR", cell: ({ priceNow }) => moneyOr(priceNow), keep: 8, align: "number" },
];

const linkColumns: readonly Column<z.output<typeof linkSpec>>[] = [
  { head: "FROM", cell: ({ from }) => from, keep: 9, least: 8 },
  { head: "TO", cell: ({ to }) => to, keep: 9, least: 8 },
  {
    head: "MBIT/S",
    cell: ({ megabitsPerSecond }) => String(megabitsPerSecond),
    keep: 8,
    align: "number",
  },
  { head: "¥ A GB", cell: ({ perGB }) => money(perGB), keep: 8, align: "number" },
];
