import { asId, type CentreId, type ProviderId, type RunId, type TenantId } from "@wadi/core/units";
import type { Signal } from "@wadi/core/signals";
import { meteringRoutes, sequence, type jobRoutes } from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import { decodeCursor, pageOfRows, serve, type App, type Call } from "../http/index.ts";
import { seesTenant, type Signer } from "../http/signer.ts";
import { Refused } from "../refused.ts";
import { cardSignals } from "./card-signals.ts";
import { listMeters } from "./meter-store.ts";
import { putMeterKey } from "./put-meter-key.ts";
import { listOdd } from "./odd-store.ts";
import type { RunsOfJob } from "./routes.ts";
import { meteringOf, type RunTimes } from "./run-metering.ts";
import type { Series } from "./series.ts";
import { meterIntake } from "./take-meter-readings.ts";
import { figuresOfTenant } from "./usage-of-tenant.ts";

/** Whose a run is, and when it held its cards. */
export interface RunOwners extends RunTimes {
  readonly tenant: TenantId;
  readonly centre: CentreId;
  readonly provider: ProviderId;
}

export interface MeterRouteParts {
  readonly hub: Hub;
  readonly runsOfJob: RunsOfJob;
  readonly ownersOfRuns: (runs: readonly RunId[]) => Promise<ReadonlyMap<RunId, RunOwners>>;
  /** Throws for an agent that another one has replaced. */
  readonly refuseReplaced: (agent: NonNullable<Signer["agent"]>) => Promise<void>;
}

const oddPlace = z.tuple([z.enum(["run", "meter"]), sequence]);
const meterPlace = z.int().min(0);
/** Signals are looked for in the runs of a quarter. */
const sinceHours = 92 * 24;

/** Serves meters of all kinds; `serveMetering` serves the readings of runs. */
export function serveMeters(app: App, parts: MeterRouteParts): void {
  const { hub, ownersOfRuns } = parts;
  const take = meterIntake(hub, (signer, series) => unknownRuns(signer, series, parts));

  serve(app, meteringRoutes.takeMeterReadings, async ({ body, signer }) => {
    if (signer.agent) await parts.refuseReplaced(signer.agent);
    const { odd, ...counts } = await take(signerName(signer), body);
    const shown = odd.map(({ series, why, reading: { number, revision } }) => {
      return { series, number, revision, why };
    });
    return { ...counts, odd: shown };
  });

  serve(app, meteringRoutes.putMeterKey, async (call) => {
    const { signer, params, body } = call;
    if (signer.agent) await parts.refuseReplaced(signer.agent);
    const of = { signer: signerName(signer), source: params.source };
    const { signingKey, ...key } = await putMeterKey(hub, { ...of, ...body, by: call });
    return { ...key, signingKey: signingKey.toString("base64") };
  });

  serve(app, meteringRoutes.listOddReadings, async ({ query: { cursor, limit } }) => {
    const [of, after] = decodeCursor(oddPlace, cursor) ?? ["run", 0n];
    const { sql } = hub.db;
    const runs = of === "run" ? await listOdd(sql, { of, after, limit: limit + 1 }) : [];
    const rest = limit + 1 - runs.length;
    const from = { of: "meter", after: of === "meter" ? after : 0n, limit: rest } as const;
    const rows = [...runs, ...(rest > 0 ? await listOdd(sql, from) : [])];
    const placeOf = (row: (typeof rows)[number]): ["run" | "meter", bigint] => [row.of, row.id];
    return pageOfRows(rows, { limit, schema: oddPlace, placeOf });
  });

  serve(app, meteringRoutes.listMeters, async ({ query: { cursor, limit, gaps } }) => {
    const after = decodeCursor(meterPlace, cursor) ?? 0;
    const how = { after, limit: limit + 1, withGaps: gaps === "only" };
    const rows = await listMeters(hub.db.sql, how);
    const page = pageOfRows(rows, { limit, schema: meterPlace, placeOf: ({ id }) => id });
    const items = page.items.map(({ kept, attributes, ...meter }) => ({
      ...meter,
      attributes: { ...attributes },
      missing: meter.lastNumber - kept,
    }));
    return { ...page, items };
  });

  serve(app, meteringRoutes.readUsage, async ({ params, query, signer }) => {
    if (!seesTenant(signer, params.id)) throw new Refused("not-found");
    return { figures: await figuresOfTenant(hub.db.sql, { tenant: params.id, ...query }) };
  });

  serve(app, meteringRoutes.listCardSignals, async ({ query }) => {
    const since = query.since ?? hub.clock.now().subtract({ hours: sinceHours });
    const { timeZone } = hub.config;
    const found = await cardSignals(hub.db.sql, { programme: null, since, timeZone });
    return { items: found.map(viewOfSignal) };
  });

  serve(app, meteringRoutes.readRunMetering, async (call) => {
    const runs = await parts.runsOfJob(call as unknown as Call<typeof jobRoutes.listReadings>);
    const owners = await ownersOfRuns(runs);
    return { items: await meteringOf(hub.db.sql, runs, (run) => owners.get(run)) };
  });
}

const viewOfSignal = ({ subjects, evidence, ...rest }: Signal) => {
  return { ...rest, subjects: [...subjects], evidence: evidence.map((piece) => ({ ...piece })) };
};

/** Meters of one signer are never another's, whatever they are called. */
function signerName({ agent, provider }: Signer): string {
  if (agent) return `centre/${agent.centre}`;
  return provider ? `provider/${provider}` : "operator";
}

/** Series that name a run of another centre or provider, of another tenant, or of nobody. */
async function unknownRuns(
  signer: string,
  series: readonly Series[],
  { ownersOfRuns }: MeterRouteParts,
): Promise<Set<number>> {
  const named = series.flatMap(({ resource, tenant }, index) => {
    const [, id] = /^run\/(.*)$/.exec(resource) ?? [];
    return id === undefined ? [] : [{ index, tenant, id: asId<RunId>(id) }];
  });
  if (named.length === 0) return new Set();
  const ids = named.flatMap(({ id }) => (isUuid.test(id) ? [id] : []));
  const owners = await ownersOfRuns([...new Set(ids)]);
  const strangers = named.filter(({ id, tenant }) => {
    const run = owners.get(id);
    const isTheirs =
      signer === "operator" ||
      signer === `centre/${run?.centre}` ||
      signer === `provider/${run?.provider}`;
    return !run || run.tenant !== tenant || !isTheirs;
  });
  return new Set(strangers.map(({ index }) => index));
}

const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
