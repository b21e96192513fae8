import type { Pool } from "@wadi/core/capacity";
import type { CentreId, PlaceId, PoolId } from "@wadi/core/units";
import { centreRoutes, slug } from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import {
  decodeCursor,
  pageOfRows,
  seesProvider,
  serve,
  type App,
  type Signer,
} from "../http/index.ts";
import { Refused } from "../refused.ts";
import { audit } from "../tenants/index.ts";
import { findingsOf } from "./findings.ts";
import { insertJoinToken } from "./join-token-store.ts";
import { centreStates, saveMode } from "./presence-store.ts";
import { putCentre, type CardsInUse } from "./put-centre.ts";
import { putLink } from "./put-link.ts";
import { readRegion, type Region } from "./region.ts";
import { makeSecret } from "./secrets.ts";
import { readCentre, readInventory, readIsolations, readProviderOf } from "./store.ts";
import { summaryOf, viewOfPool, type CentreSummary, type Now } from "./views.ts";

/** @param cardsInUse  cards that runs hold, by pool */
export function serveCentres(app: App, hub: Hub, cardsInUse: CardsInUse): void {
  const read: Reader = { hub, cardsInUse };
  serveCentreRoutes(app, read);
  servePoolsAndLinks(app, read);
  serveJoining(app, read);
}

interface Reader {
  readonly hub: Hub;
  readonly cardsInUse: CardsInUse;
}

const byId = z.tuple([slug<CentreId>()]);
const byPool = z.tuple([slug<PoolId>()]);
const byEnds = z.tuple([slug<PlaceId>(), slug<PlaceId>()]);

function serveCentreRoutes(app: App, read: Reader): void {
  const { hub, cardsInUse } = read;

  serve(app, centreRoutes.listCentres, async ({ query, signer }) => {
    const region = visible(await readRegion(hub), signer);
    const [after] = decodeCursor(byId, query.cursor) ?? [""];
    const rows = region.centres.filter(({ id }) => id > after).slice(0, query.limit + 1);
    const page = pageOfRows(rows, {
      limit: query.limit,
      schema: byId,
      placeOf: ({ id }): [CentreId] => [id],
    });
    const ids = page.items.map(({ id }) => id);
    const items = await summaries(read, { region, ids });
    return { items, next: page.next };
  });

  serve(app, centreRoutes.readCentre, async ({ params, signer }) => {
    await refuseOthers(hub.db.sql, params.id, signer);
    return detailOf(hub, params.id);
  });

  serve(app, centreRoutes.putCentre, async (call) => {
    const { params, body } = call;
    await putCentre(hub, { id: params.id, spec: body, by: call, cardsInUse });
    return detailOf(hub, params.id);
  });
}

function servePoolsAndLinks(app: App, read: Reader): void {
  const { hub } = read;

  serve(app, centreRoutes.listPools, async ({ query, signer }) => {
    const { pools } = visible(await readRegion(hub), signer);
    const [after] = decodeCursor(byPool, query.cursor) ?? [""];
    const rows = pools
      .filter(({ centreId }) => query.centre === undefined || centreId === query.centre)
      .filter(({ id }) => id > after)
      .slice(0, query.limit + 1);
    const placeOf = ({ id }: Pool): [PoolId] => [id];
    const page = pageOfRows(rows, { limit: query.limit, schema: byPool, placeOf });
    const now = await nowOf(read);
    return { items: page.items.map((pool) => viewOfPool(pool, now)), next: page.next };
  });

  serve(app, centreRoutes.listLinks, async ({ query }) => {
    const { links } = await readRegion(hub);
    const [from, to] = decodeCursor(byEnds, query.cursor) ?? ["", ""];
    const rows = links
      .filter((link) => link.from > from || (link.from === from && link.to > to))
      .slice(0, query.limit + 1);
    return pageOfRows(rows, {
      limit: query.limit,
      schema: byEnds,
      placeOf: (link): [PlaceId, PlaceId] => [link.from, link.to],
    });
  });

  serve(app, centreRoutes.putLink, async (call) => {
    await putLink(hub, { link: call.body, by: call });
    return call.body;
  });
}

function serveJoining(app: App, read: Reader): void {
  const { hub } = read;

  serve(app, centreRoutes.makeJoinToken, async (call) => {
    const { params, body, signer } = call;
    const { secret, hash } = makeSecret("wadijoin");
    const madeAt = hub.clock.now();
    const expiresAt = madeAt.add({ milliseconds: body.validFor });
    await hub.db.transaction(async (sql) => {
      await refuseOthers(sql, params.id, signer);
      const madeBy = signer.key;
      await insertJoinToken(sql, { hash, centre: params.id, madeAt, madeBy, expiresAt });
      const facts = { expiresAt: expiresAt.toString() };
      const subject = `centre/${params.id}`;
      await audit(sql, { by: call, at: madeAt, action: "centre.join-token", subject, facts });
    });
    return { joinToken: secret, expiresAt };
  });

  serve(app, centreRoutes.setCentreMode, async (call) => {
    const { params, body, signer } = call;
    await hub.db.transaction(async (sql) => {
      await refuseOthers(sql, params.id, signer);
      await saveMode(sql, params.id, body.mode);
      const subject = `centre/${params.id}`;
      const at = hub.clock.now();
      await audit(sql, { by: call, at, action: "centre.mode", subject, facts: { ...body } });
      await hub.signals.raise(sql, "round", `centre/${params.id}`);
    });
    const [summary] = await summaries(read, { region: await readRegion(hub), ids: [params.id] });
    return summary!;
  });
}

/** A provider's keys see its own centres; all others who may read centres see all of them. */
function visible(region: Region, signer: Signer): Region {
  if (signer.provider === null) return region;
  const centres = region.centres.filter(({ providerId }) => seesProvider(signer, providerId));
  const ids = new Set(centres.map(({ id }) => id));
  return { ...region, centres, pools: region.pools.filter(({ centreId }) => ids.has(centreId)) };
}

/** @throws Refused `not-found` where there is no such centre, or it is another provider's */
async function refuseOthers(sql: Sql, id: CentreId, signer: Signer): Promise<void> {
  const provider = await readProviderOf(sql, id);
  if (provider !== undefined && seesProvider(signer, provider)) return;
  throw new Refused("not-found", {}, `there is no centre ${id} that is yours`);
}

async function nowOf({ hub, cardsInUse }: Reader): Promise<Now> {
  const { sql } = hub.db;
  const [states, inUse] = await Promise.all([centreStates(hub, sql), cardsInUse(sql)]);
  return { at: hub.clock.now(), states, cardsInUse: inUse };
}

async function summaries(
  read: Reader,
  { region, ids }: { region: Region; ids: readonly CentreId[] },
): Promise<CentreSummary[]> {
  const now = await nowOf(read);
  const isolations = await readIsolations(read.hub.db.sql, ids);
  return region.centres
    .filter(({ id }) => ids.includes(id))
    .map((centre) =>
      summaryOf(centre, {
        pools: region.pools,
        isolation: isolations.get(centre.id) ?? null,
        now,
      }),
    );
}

async function detailOf(hub: Hub, id: CentreId) {
  const { sql } = hub.db;
  const [stored, states, inventory] = await Promise.all([
    readCentre(sql, id),
    centreStates(hub, sql),
    readInventory(sql, id),
  ]);
  const { state, heardAt } = states.get(id)!;
  const { spec } = stored!;
  return { id, spec, state, heardAt, inventory, findings: findingsOf(spec, inventory) };
}
