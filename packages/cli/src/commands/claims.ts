import { randomUUID } from "node:crypto";
import { formatYuan, type ProgrammeId, type TenantId } from "@wadi/core/units";
import { routes, type ClaimId, type ClaimView } from "@wadi/protocol";
import { caseFields, settlementFields } from "@wadi/protocol/claim-case";
import { z } from "zod";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { facts, type Fact } from "../show/facts.ts";
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
  const query = {
    ...(programme !== undefined && { programme }),
    ...(state !== undefined && { state }),
  };
  const list = await takeList(context, routes.listClaims, { query, most });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("no claims yet");
  context.print(...table(list.items, columns, context));
}

/** One claim, how it was decided and what happened to it. */
export async function claim(context: Context, { id }: { id: ClaimId }): Promise<void> {
  const { json, value } = await context.ask(routes.readClaim, { params: { id } });
  if (context.json) return context.printJson(json);
  context.print(...claimLines(value, context), "");
  for (const { at, action, from, to, facts: of } of value.events) {
    const moved = from === to ? "" : `, ${from} → ${to}`;
    const note = typeof of["note"] === "string" && of["note"] !== "" ? `: ${of["note"]}` : "";
    const { stage, verdict } = of;
    const said = action === "review-said" ? `${String(stage)} said: ${String(verdict)}` : action;
    context.print(`${localTime(at)}  ${said}${moved}${note}`);
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
  const { json, value } = await context.ask(routes.applyForVoucher, {
    params: { id: programme },
    body: { ...asked, tenant },
    idempotencyKey: key,
  });
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
  { id, kind, file, until }: { id: ClaimId; kind: string; file: string; until?: string },
): Promise<void> {
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

/** What a person of an office says to a claim, or does with it. */
export async function moveClaim(
  context: Context,
  { id, move, note = "" }: { id: ClaimId; move: string; note?: string },
): Promise<void> {
  const body = { move, note };
  const { json, value } = await context.ask(routes.moveClaim, { params: { id }, body });
  if (context.json) return context.printJson(json);
  context.print(...claimLines(value, context));
}

/** Takes a claim back. */
export async function withdrawClaim(context: Context, { id }: { id: ClaimId }): Promise<void> {
  const { json, value } = await context.ask(routes.withdrawClaim, { params: { id } });
  if (context.json) return context.printJson(json);
  context.print(...claimLines(value, context));
}

const billFields = z.strictObject(settlementFields);

/** Redeems the bill of a file under a claim. */
export async function redeemClaim(
  context: Context,
  { id, file }: { id: ClaimId; file: string },
): Promise<void> {
  const body = await readAs(file, billFields);
  const { json, value } = await context.ask(routes.redeemClaim, { params: { id }, body });
  if (context.json) return context.printJson(json);
  const { redemption } = value;
  context.print(
    ...facts(
      [
        ["bill", `${body.id}, ${formatYuan(redemption.settled)}`],
        ["outcome", redemption.outcome],
        ["redeemed", formatYuan(redemption.redeemed)],
        ["applicant pays", formatYuan(redemption.applicantPays)],
        ["released", formatYuan(redemption.released)],
        ...redemption.refused.map(({ code, amount }): Fact => [
          "refused",
          `${formatYuan(amount)} ${code}`,
        ]),
        ...redemption.missing.map(({ name }): Fact => ["missing", name]),
      ],
      context,
    ),
  );
}

function claimLines(value: ClaimView, context: Context): string[] {
  const { decision } = value;
  return facts(
    [
      ["claim", value.id],
      ["programme", `${value.programme}, version ${value.version}`],
      ["tenant", value.tenant],
      ["contract", value.contract],
      ["state", value.stage === null ? value.state : `${value.state}: ${value.stage}`],
      ["granted", formatYuan(value.granted)],
      ["redeemed", formatYuan(value.redeemed)],
      ["released", formatYuan(value.released)],
      ["last day", value.lastDay?.toString()],
      ["on notice until", value.noticeUntil?.toString()],
      ...(decision?.refused ?? []).map(({ code, amount }): Fact => [
        "refused",
        `${formatYuan(amount)} ${code}`,
      ]),
      ...(decision?.missing ?? []).map(({ kind, name, for: code }): Fact => [
        "missing",
        `${kind} ${name}, for ${code}`,
      ]),
    ],
    context,
  );
}

const columns: readonly Column<ClaimView>[] = [
  { head: "CLAIM", cell: ({ id }) => id, keep: 9 },
  { head: "PROGRAMME", cell: ({ programme }) => programme, keep: 6, least: 10 },
  { head: "TENANT", cell: ({ tenant }) => tenant, keep: 7, least: 8 },
  { head: "STATE", cell: ({ state }) => state, keep: 8 },
  { head: "GRANTED", cell: ({ granted }) => formatYuan(granted), keep: 8, align: "number" },
  { head: "REDEEMED", cell: ({ redeemed }) => formatYuan(redeemed), keep: 7, align: "number" },
  { head: "CONTRACT", cell: ({ contract }) => contract, keep: 4, least: 10 },
];
