import { randomUUID } from "node:crypto";
import { formatYuan, type ProgrammeId, type TenantId } from "@wadi/core/units";
import { claimStates } from "@wadi/core/vouchers";
import { routes, type ClaimView } from "@wadi/protocol";
import { broughtFields, caseFields, settlementFields } from "@wadi/protocol/claim-case";
import { lawAmount } from "@wadi/protocol/law-values";
import { z } from "zod";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { findClaim } from "../find-claim.ts";
import { claimLines, partLines, redemptionLines, whatCame } from "../show/claim-lines.ts";
import { sendOnce } from "../post-move.ts";
import { localTime } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { readAs } from "../spec/check-document.ts";
import { takeList } from "../take-list.ts";

const most = 1000;

/** Claims for vouchers: one's own, or those of one's fund. */
export async function claims(
  context: Context,
  { programme, state }: { programme?: ProgrammeId; state?: string },
): Promise<void> {
  if (state !== undefined && !Object.hasOwn(claimStates, state)) {
    throw wrongUse(`no claim is "${state}"; it is ${Object.keys(claimStates).join(", ")}`);
  }
  const query = {
    ...(programme !== undefined && { programme }),
    ...(state !== undefined && { state }),
  };
  const list = await takeList(context, routes.listClaims, { query, most });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) {
    return context.note(Object.keys(query).length === 0 ? "no claims yet" : "no such claims");
  }
  context.print(...table(list.items, columns, context));
}

/** One claim, how it was decided and what happened to it. */
export async function claim(context: Context, { id: typed }: { id: string }): Promise<void> {
  const id = await findClaim(context, typed);
  const { json, value } = await context.ask(routes.readClaim, { params: { id } });
  if (context.json) return context.printJson(json);
  context.print(...claimLines(value, context), ...partLines(value.parts, context), "");
  for (const { at, action, from, to, facts: of } of value.events) {
    const moved = from === to ? "" : `, ${from} → ${to}`;
    const note = typeof of["note"] === "string" && of["note"] !== "" ? `: ${of["note"]}` : "";
    const { stage, verdict } = of;
    const said = action === "review-said" ? `${String(stage)} said: ${String(verdict)}` : action;
    context.print(`${localTime(at)}  ${said}${moved}${note}`, ...whatCame(of));
  }
}

const applicationFields = z.strictObject(caseFields);

/** Claims a voucher for the contract of a file. */
export async function applyForVoucher(
  context: Context,
  input: { programme: ProgrammeId; file: string; tenant?: TenantId; key?: string },
): Promise<void> {
  const { programme, file, key = randomUUID() } = input;
  const asked = await readAs(file, applicationFields);
  const tenant = input.tenant ?? (await ownTenant(context));
  const params = { id: programme };
  const request = { params, body: { ...asked, tenant }, idempotencyKey: key };
  const { json, value } = await sendOnce(context, key, () =>
    context.ask(routes.applyForVoucher, request),
  );
  if (context.json) return context.printJson(json);
  context.print(...claimLines(value, context));
}

async function ownTenant(context: Context): Promise<TenantId> {
  const { value } = await context.ask(routes.readMe, {});
  if (value.scope.tenant !== null) return value.scope.tenant;
  throw wrongUse("this key speaks for no tenant; name one with --tenant");
}

/** Brings a document that a claim lacks, by its hash. */
export async function addEvidence(
  context: Context,
  { id: typed, kind, file, until }: { id: string; kind: string; file: string; until?: string },
): Promise<void> {
  const id = await findClaim(context, typed);
  const { createHash } = await import("node:crypto");
  const { readFile } = await import("node:fs/promises");
  const sha256 = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  const validUntil = until === undefined ? null : dayOf(until);
  const body = { kind, sha256, madeOn: null, validUntil };
  const { json, value } = await context.ask(routes.addClaimEvidence, { params: { id }, body });
  if (context.json) return context.printJson(json);
  context.print(...claimLines(value, context));
}

function dayOf(text: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(text);
  } catch {
    throw wrongUse(`"${text}" is no day; write it like 2026-12-31`);
  }
}

const brought = z.strictObject(broughtFields);

/** Brings what a claim lacks, out of a file that has those parts of a claim only. */
export async function completeClaim(
  context: Context,
  { id: typed, file }: { id: string; file: string },
): Promise<void> {
  const body = await readAs(file, brought);
  const id = await findClaim(context, typed);
  const { json, value } = await context.ask(routes.addClaimFacts, { params: { id }, body });
  if (context.json) return context.printJson(json);
  context.print(...claimLines(value, context));
}

/** What a person of an office says to a claim, or does with it. */
export async function moveClaim(
  context: Context,
  { id: typed, move, note = "" }: { id: string; move: string; note?: string },
): Promise<void> {
  const id = await findClaim(context, typed);
  const body = { move, note };
  const { json, value } = await context.ask(routes.moveClaim, { params: { id }, body });
  if (context.json) return context.printJson(json);
  context.print(...claimLines(value, context));
}

/** Takes a claim back. */
export async function withdrawClaim(
  context: Context,
  { id: typed }: { id: string },
): Promise<void> {
  const id = await findClaim(context, typed);
  const { json, value } = await context.ask(routes.withdrawClaim, { params: { id } });
  if (context.json) return context.printJson(json);
  context.print(...claimLines(value, context));
}

/** Gives parts of an issued voucher to sub-accounts. */
export async function splitClaim(
  context: Context,
  { id: typed, to }: { id: string; to: readonly string[] },
): Promise<void> {
  const parts = to.map((text) => {
    const [, tenant = "", written = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const amount = lawAmount.safeDecode(written).data;
    if (amount !== undefined) return { tenant: tenant as TenantId, amount };
    throw wrongUse(`"${text}" is no part; write it like acme-lab=5000 or acme-lab=2万`);
  });
  const id = await findClaim(context, typed);
  const { json, value } = await context.ask(routes.splitClaim, { params: { id }, body: { parts } });
  if (context.json) return context.printJson(json);
  context.print(...claimLines(value, context), ...partLines(value.parts, context));
}

const billFields = z.strictObject(settlementFields);

/** Redeems the bill of a file under a claim. */
export async function redeemClaim(
  context: Context,
  { id: typed, file }: { id: string; file: string },
): Promise<void> {
  const body = await readAs(file, billFields);
  const id = await findClaim(context, typed);
  const { json, value } = await context.ask(routes.redeemClaim, { params: { id }, body });
  if (context.json) return context.printJson(json);
  context.print(...redemptionLines(body.id, { redemption: value.redemption, context }));
}

/** Units, where nothing but units was granted. */
const grantedText = ({ granted, inKind }: ClaimView) =>
  granted === 0n && inKind.length > 0
    ? inKind.map((one) => `${one.granted} ${one.unit}`).join(", ")
    : formatYuan(granted);

const columns: readonly Column<ClaimView>[] = [
  { head: "CLAIM", cell: ({ id }) => id, keep: 9 },
  { head: "PROGRAMME", cell: ({ programme }) => programme, keep: 6, least: 10 },
  { head: "TENANT", cell: ({ tenant }) => tenant, keep: 7, least: 8 },
  { head: "STATE", cell: ({ state }) => state, keep: 8 },
  { head: "GRANTED", cell: grantedText, keep: 8, align: "number" },
  { head: "REDEEMED", cell: ({ redeemed }) => formatYuan(redeemed), keep: 7, align: "number" },
  { head: "CONTRACT", cell: ({ contract }) => contract, keep: 4, least: 10 },
];
