import type { ProgrammeId } from "@wadi/core/units";
import { caseFields, claimRoutes as api, programmeRules, uuid, type ClaimId } from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { decodeCursor, pageOfRows, seesAll, seesFund, serve, type App } from "../http/index.ts";
import { Refused } from "../refused.ts";
import { openApplications } from "./decide/apply.ts";
import { addEvidence, completeClaim } from "./decide/complete-claim.ts";
import { noClaim } from "./claim/no-claim.ts";
import { serveApprovals } from "./approvals/approval-routes.ts";
import { underNotice } from "./board/board-store.ts";
import { withdrawClaim } from "./redeem/end-claims.ts";
import { eventsOf } from "./claim/event-store.ts";
import { maskName } from "./claim/mask-name.ts";
import { putOffices } from "./rules/put-offices.ts";
import { approveRules, putRules } from "./rules/put-rules.ts";
import { readBoard } from "./board/read-board.ts";
import { redeemAtOnce } from "./redeem/redeem-at-once.ts";
import { redeemClaim } from "./redeem/redeem-claim.ts";
import { withJobUse } from "./redeem/used-by-jobs.ts";
import { moveByOfficer } from "./decide/review.ts";
import { officersRules, rulesOfClaim, rulesOfClaims } from "./rules/rules-for.ts";
import { rulesOf, type StoredRules } from "./rules/rules-store.ts";
import { serveRounds } from "./rounds/round-routes.ts";
import { showClaim, showClaims } from "./board/show-claims.ts";
import { signalsOf } from "./board/signals-of.ts";
import { serveSplits, viewOfParts } from "./split/split-routes.ts";
import { listClaims, programmesOfFund, readClaim, type StoredClaim } from "./claim/store.ts";
import { viewOfRedemption } from "./claim/views.ts";
import type { Signer } from "../http/signer.ts";

const claimPlace = uuid<ClaimId>();

export function serveClaims(app: App, hub: Hub): void {
  serveRules(app, hub);
  serveLifecycle(app, hub);
  serveReports(app, hub);
  serveApprovals(app, hub);
  serveSplits(app, hub);
  serveRounds(app, hub);
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
  const applications = openApplications(hub);
  const answer = async (claim: StoredClaim) => withRules(db.sql, await redeemAtOnce(hub, claim));
  serve(app, api.applyForVoucher, async (call) => {
    const { tenant, ...asked } = call.body;
    const { idempotencyKey, fingerprint } = call;
    const of = { programme: call.params.id, tenant, asked, by: call, fingerprint };
    const claim = await applications.apply({ ...of, idempotencyKey: idempotencyKey! });
    return answer(claim);
  });
  serve(app, api.addClaimEvidence, async (call) => {
    const asked = { id: call.params.id, evidence: call.body, by: call };
    return answer(await addEvidence(hub, asked));
  });
  serve(app, api.addClaimFacts, async (call) =>
    answer(await completeClaim(hub, { id: call.params.id, brought: call.body, by: call })),
  );
  serve(app, api.withdrawClaim, async (call) =>
    withRules(db.sql, await withdrawClaim(hub, { id: call.params.id, by: call })),
  );
  serve(app, api.moveClaim, async (call) =>
    answer(await moveByOfficer(hub, { ...call.body, id: call.params.id, by: call })),
  );
  serve(app, api.redeemClaim, async (call) => {
    const asked = { id: call.params.id, settlement: call.body, by: call };
    const { claim, redemption } = await redeemClaim(hub, asked);
    const rules = await rulesOfClaim(db.sql, claim);
    const shown = await showClaim(db.sql, await withJobUse(db.sql, claim, rules), rules);
    return { claim: shown, redemption: viewOfRedemption(redemption, rules) };
  });
  serve(app, api.readClaim, async ({ params: { id }, signer }) => {
    const claim = await readClaim(db.sql, id);
    if (!claim) throw noClaim(id);
    const rules = await rulesOfClaim(db.sql, claim);
    const isOfficer = rules.payers.some(({ fund }) => seesFund(signer, fund));
    if (!isOfficer && signer.tenant !== claim.tenant) throw noClaim(id);
    const [events, parts] = [await eventsOf(db.sql, id), await viewOfParts(db.sql, id)];
    const shown = await showClaim(db.sql, claim, rules);
    return { ...shown, parts, events: events.map((one) => ({ ...one })) };
  });
  serve(app, api.listClaims, async ({ query, signer }) => {
    const { cursor, limit, programme, tenant, state, ending = null } = query;
    const after = decodeCursor(claimPlace, cursor) ?? null;
    const filter = {
      programmes: await programmesSeen(db.sql, signer, programme),
      tenant: signer.tenant ?? tenant ?? null,
      state: state ?? null,
      ...{ year: null, ending },
    };
    const rows = await listClaims(db.sql, filter, { after, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: claimPlace, placeOf: ({ id }) => id });
    const rulesOfOne = await rulesOfClaims(db.sql, page.items);
    return { ...page, items: await showClaims(db.sql, page.items, rulesOfOne) };
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
    const rules = await officersRules(sql, id, signer);
    return hub.db.transaction((on) => readBoard(on, rules, hub.clock.now()), {
      isolation: "repeatable read",
    });
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
    const filter = { programmes: [id], tenant: null, state: null, year, ending: null };
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
  return showClaim(sql, claim, await rulesOfClaim(sql, claim));
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
