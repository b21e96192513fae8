import { formatYuan, type ProgrammeId, type TenantId } from "@wadi/core/units";
import { routes, type ApprovalId, type ApprovalView } from "@wadi/protocol";
import { lawAmount } from "@wadi/protocol/law-values";
import type { Context } from "../context.ts";
import { Failure, wrongUse } from "../failure.ts";
import { idEndPattern, uuidPattern } from "../find-job.ts";
import { facts } from "../show/facts.ts";
import { localTime, shortId } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { takeList } from "../take-list.ts";

const most = 10_000;

/** Caps of a programme that were raised for single contracts. */
export async function approvals(context: Context, { id }: { id: ProgrammeId }): Promise<void> {
  const list = await takeList(context, routes.listCapApprovals, { params: { id }, most });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("no cap was raised");
  context.print(...table(list.items, columns, context));
}

export interface RaiseInput {
  readonly id: ProgrammeId;
  readonly cap: string;
  readonly limit: string;
  readonly tenant: TenantId;
  readonly contract: string;
  readonly note: string;
}

/** Asks to raise a cap for a contract. */
export async function raiseCap(context: Context, input: RaiseInput): Promise<void> {
  const { id, limit: typed, ...rest } = input;
  const limit = lawAmount.safeDecode(typed).data;
  if (limit === undefined) {
    throw wrongUse(`"${typed}" is no amount; write yuan such as 12000000 or 1200万`);
  }
  const body = { ...rest, limit };
  const { json, value } = await context.ask(routes.raiseCap, { params: { id }, body });
  if (context.json) return context.printJson(json);
  context.print(...approvalLines(value, context));
  if (value.state !== "asked") return;
  context.print("", "another person of the fund seconds it with:");
  context.print(`wadi programme second ${id} ${shortId(value.id)}`);
}

/** Seconds what another person asked for. */
export const secondApproval = (context: Context, input: SayInput) =>
  say(context, input, routes.secondCapApproval);

/** Revokes an approval that no claim was granted under. */
export const revokeApproval = (context: Context, input: SayInput) =>
  say(context, input, routes.revokeCapApproval);

interface SayInput {
  readonly id: ProgrammeId;
  readonly approval: string;
}

async function say(
  context: Context,
  { id, approval: typed }: SayInput,
  route: typeof routes.secondCapApproval | typeof routes.revokeCapApproval,
): Promise<void> {
  const params = { id, approval: await findApproval(context, { id, approval: typed }) };
  const { json, value } = await context.ask(route, { params });
  if (context.json) return context.printJson(json);
  context.print(...approvalLines(value, context));
}

/** By its id, or by the last digits of it among those of the programme. */
async function findApproval(
  context: Context,
  { id, approval: typed }: SayInput,
): Promise<ApprovalId> {
  if (uuidPattern.test(typed)) return typed as ApprovalId;
  const list = await takeList(context, routes.listCapApprovals, { params: { id }, most });
  const isMeant = idEndPattern.test(typed) ? (one: string) => one.endsWith(typed) : () => false;
  const [found, ...others] = list.items.filter((one) => isMeant(one.id));
  if (found && others.length === 0) return found.id;
  const why = found ? `several ids end in "${typed}"` : `there is no approval "${typed}" of ${id}`;
  throw new Failure("notFound", why, [`see wadi programme approvals ${id}`]);
}

const approvalLines = (value: ApprovalView, context: Context) =>
  facts(
    [
      ["approval", value.id],
      ["state", value.state],
      ["cap", `${value.cap}, raised to ${formatYuan(value.limit)}`],
      ["tenant", value.tenant],
      ["contract", value.contract],
      ["note", value.note],
      ["asked", `${localTime(value.askedAt)} by ${value.askedBy}`],
      ["seconded", saidText(value.secondedAt, value.secondedBy)],
      ["revoked", saidText(value.revokedAt, value.revokedBy)],
      ["granted by it", value.usedBy.join(", ")],
    ],
    context,
  );

const saidText = (at: Temporal.Instant | null, by: string | null) =>
  at === null ? null : `${localTime(at)} by ${by}`;

const columns: readonly Column<ApprovalView>[] = [
  { head: "APPROVAL", cell: ({ id }) => shortId(id), keep: 9 },
  { head: "STATE", cell: ({ state }) => state, keep: 8 },
  { head: "CAP", cell: ({ cap }) => cap, keep: 7, least: 8 },
  { head: "RAISED TO", cell: ({ limit }) => formatYuan(limit), keep: 8, align: "number" },
  { head: "TENANT", cell: ({ tenant }) => tenant, keep: 6, least: 8 },
  { head: "CONTRACT", cell: ({ contract }) => contract, keep: 5, least: 10 },
  { head: "CLAIMS", cell: ({ usedBy }) => `${usedBy.length}`, keep: 4, align: "number" },
];
