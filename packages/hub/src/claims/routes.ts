import { noMoney, plus, total, type ProgrammeId } from "@wadi/core/units";
import type { ProgrammeRules } from "@wadi/core/vouchers";
import { caseFields, claimRoutes as api, programmeRules, uuid, type ClaimId } from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { decodeCursor, pageOfRows, seesAll, seesFund, serve, type App } from "../http/index.ts";
import { Refused } from "../refused.ts";
import { addEvidence, applyForVoucher, noClaim } from "./apply.ts";
import { grantedBase, refusedByCode, sumsByState, underNotice } from "./board-store.ts";
import { withdrawClaim } from "./end-claims.ts";
import { eventsOf } from "./event-store.ts";
import { maskName } from "./mask-name.ts";
import { putOffices } from "./put-offices.ts";
import { approveRules, putRules } from "./put-rules.ts";
import { redeemClaim } from "./redeem-claim.ts";
import { moveByOfficer } from "./review.ts";
import { approvedRules, rulesOfClaim } from "./rules-for.ts";
import { rulesOf, type StoredRules } from "./rules-store.ts";
import { signalsOf } from "./signals-of.ts";
import { listClaims, programmesOfFund, readClaim, type StoredClaim } from "./store.ts";
import { viewOfClaim, viewOfRedemption } from "./views.ts";
import type { Signer } from "../http/signer.ts";

const claimPlace = uuid<ClaimId>();

export function serveClaims(app: App, hub: Hub): void {
  serveRules(app, hub);
  serveLifecycle(app, hub);
  serveReports(app, hub);
}

function serveRules(app: App, hub: Hub): void {
  serve(app, api.readProgrammeRules, async ({ params: { id }, query: { version } }) => {
    const versions = await rulesOf(hub.db.sql, id);
    const found =
      version === undefined
        ? versions.at(-1)
        : versions.find(({ rules }) => rules.version.number === version);
    if (found) return viewOfRules(found);
    throw new Refused("not-found", {}, `there are no such rules of a programme ${id}`);
  });
  serve(app, api.putProgrammeRules, async (call) => {
    const rules = z.decode(programmeRules, z.encode(api.putProgrammeRules.body, call.body));
    return viewOfRules(await putRules(hub, { id: call.params.id, rules, by: call }));
  });
  serve(app, api.approveProgrammeRules, async (call) =>
    viewOfRules(await approveRules(hub, { ...call.params, by: call })),
  );
  serve(app, api.putOffices, async (call) => {
    const { id } = call.params;
    const rules = await officersRules(hub.db.sql, id, call.signer);
    return { members: await putOffices(hub, { rules, members: call.body.members, by: call }) };
  });
}

function serveLifecycle(app: App, hub: Hub): void {
  const { db } = hub;
  serve(app, api.applyForVoucher, async (call) => {
    const { tenant, ...asked } = call.body;
    const { idempotencyKey, fingerprint } = call;
    const of = { programme: call.params.id, tenant, asked, by: call, fingerprint };
    return withRules(
      db.sql,
      await applyForVoucher(hub, { ...of, idempotencyKey: idempotencyKey! }),
    );
  });
  serve(app, api.addClaimEvidence, async (call) => {
    const asked = { id: call.params.id, evidence: call.body, by: call };
    return withRules(db.sql, await addEvidence(hub, asked));
  });
  serve(app, api.withdrawClaim, async (call) =>
    withRules(db.sql, await withdrawClaim(hub, { id: call.params.id, by: call })),
  );
  serve(app, api.moveClaim, async (call) =>
    withRules(db.sql, await moveByOfficer(hub, { ...call.body, id: call.params.id, by: call })),
  );
  serve(app, api.redeemClaim, async (call) => {
    const asked = { id: call.params.id, settlement: call.body, by: call };
    const { claim, redemption } = await redeemClaim(hub, asked);
    return { claim: await withRules(db.sql, claim), redemption: viewOfRedemption(redemption) };
  });
  serve(app, api.readClaim, async ({ params: { id }, signer }) => {
    const claim = await readClaim(db.sql, id);
    if (!claim) throw noClaim(id);
    const rules = await rulesOfClaim(db.sql, claim);
    const isOfficer = rules.payers.some(({ fund }) => seesFund(signer, fund));
    if (!isOfficer && signer.tenant !== claim.tenant) throw noClaim(id);
    const events = await eventsOf(db.sql, id);
    return { ...viewOfClaim(claim, rules), events: events.map((one) => ({ ...one })) };
  });
  serve(app, api.listClaims, async ({ query, signer }) => {
    const { cursor, limit, programme, tenant, state } = query;
    const after = decodeCursor(claimPlace, cursor) ?? null;
    const filter = {
      programmes: await programmesSeen(db.sql, signer, programme),
      tenant: signer.tenant ?? tenant ?? null,
      state: state ?? null,
      year: null,
    };
    const rows = await listClaims(db.sql, filter, { after, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: claimPlace, placeOf: ({ id }) => id });
    return { ...page, items: page.items.map((claim) => viewOfClaim(claim, undefined)) };
  });
}

function serveReports(app: App, hub: Hub): void {
  const { sql } = hub.db;
  serve(app, api.readNotice, async ({ params: { id } }) => {
    const items = await underNotice(sql, id);
    return {
      items: items.map(({ name, ...rest }) => ({ ...rest, applicant: maskName(name) })),
    };
  });
  serve(app, api.readBoard, async ({ params: { id }, signer }) => {
    await officersRules(sql, id, signer);
    const sums = await sumsByState(sql, id);
    const sumOf = (of: "granted" | "redeemed" | "released") => total(sums.map((one) => one[of]));
    const open = sums.reduce(
      (left, { granted, redeemed, released }) =>
        plus(left, (granted - redeemed - released) as typeof granted),
      noMoney,
    );
    return {
      claims: Object.fromEntries(sums.map(({ state, claims }) => [state, claims])),
      ...{ granted: sumOf("granted"), redeemed: sumOf("redeemed"), released: sumOf("released") },
      ...{ open, contracts: await grantedBase(sql, id), refused: await refusedByCode(sql, id) },
    };
  });
  serve(app, api.listSignals, async ({ params: { id }, signer }) => {
    const rules = await officersRules(sql, id, signer);
    const found = await signalsOf(sql, rules);
    return {
      items: found.map((one) => ({
        ...one,
        subjects: [...one.subjects],
        evidence: one.evidence.map((piece) => ({ ...piece })),
      })),
    };
  });
  serve(app, api.listCases, async ({ params: { id }, query, signer }) => {
    await officersRules(sql, id, signer);
    const { cursor, limit, year = null } = query;
    const after = decodeCursor(claimPlace, cursor) ?? null;
    const filter = { programmes: [id], tenant: null, state: null, year };
    const rows = await listClaims(sql, filter, { after, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: claimPlace, placeOf: (one) => one.id });
    return { ...page, items: page.items.map(caseFileOf) };
  });
}

const askedDocument = z.strictObject(caseFields);

/** A claim as a case file has it. */
const caseFileOf = ({ id, tenant, appliedOn, asked }: StoredClaim) => ({
  claim: id,
  applicant: tenant,
  appliedOn: appliedOn.toString(),
  ...z.encode(askedDocument, asked),
});

async function withRules(sql: Sql, claim: StoredClaim) {
  return viewOfClaim(claim, await rulesOfClaim(sql, claim));
}

/** The last rules of a programme that has a fund of the caller's among its payers. */
async function officersRules(sql: Sql, id: ProgrammeId, signer: Signer): Promise<ProgrammeRules> {
  const rules = (await approvedRules(sql, id)).at(-1);
  if (rules?.payers.some(({ fund }) => seesFund(signer, fund))) return rules;
  throw new Refused("not-found", {}, `there is no programme ${id} of yours with approved rules`);
}

/** Null: all of them. */
async function programmesSeen(
  sql: Sql,
  signer: Signer,
  asked: ProgrammeId | undefined,
): Promise<readonly ProgrammeId[] | null> {
  const seesEvery = seesAll(signer) || signer.tenant !== null;
  if (seesEvery) return asked === undefined ? null : [asked];
  const own = signer.fund === null ? [] : await programmesOfFund(sql, signer.fund);
  return asked === undefined ? own : own.filter((id) => id === asked);
}

const viewOfRules = ({ rules, ...rest }: StoredRules) => ({
  ...rest,
  rules: z.decode(api.putProgrammeRules.body, z.encode(programmeRules, rules)),
});
