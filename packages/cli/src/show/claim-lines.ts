import { formatYuan, type MicroYuan, type TenantId } from "@wadi/core/units";
import type { ClaimView, ReplyOf, routes } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { facts, type Fact } from "./facts.ts";
import { unitText } from "./units.ts";

type Redemption = ReplyOf<typeof routes.redeemClaim>["redemption"];

/** A claim with all that its decision says, in words. */
export function claimLines(value: ClaimView, context: Context): string[] {
  const { decision } = value;
  return facts(
    [
      ["claim", value.id],
      ["programme", `${value.programme}, version ${value.version}`],
      ["tenant", value.tenant],
      ["contract", value.contract],
      ["state", stateText(value)],
      ["waits for", roundText(value)],
      ["would get", wouldGet(value, context)],
      ["raised", value.raised.map(({ cap, limit }) => `${cap} to ${formatYuan(limit)}`).join(", ")],
      ["granted", formatYuan(value.granted)],
      ["redeemed", formatYuan(value.redeemed)],
      ["released", formatYuan(value.released)],
      ...value.inKind.flatMap((one) => unitFacts(one, context)),
      ["last day", value.lastDay?.toString()],
      ["on notice until", value.noticeUntil?.toString()],
      ...(decision?.excluded ?? []).map(({ line, amount, code, text }): Fact => [
        "left out",
        `line ${line}, ${formatYuan(amount)} ${code}: ${text[context.language]}`,
      ]),
      ...(decision?.refused ?? []).map((one) => refusedFact(one, context)),
      ...(decision?.inKind ?? []).flatMap((one) => refusedUnits(one, context)),
      ...(decision?.missing ?? []).map((one) => missingFact(one, context)),
    ],
    context,
  );
}

/** What a bill gave under a claim. */
export const redemptionLines = (
  bill: string,
  { redemption, context }: { redemption: Redemption; context: Context },
): string[] =>
  facts(
    [
      ["bill", `${bill}, ${formatYuan(redemption.settled)}`],
      ["outcome", redemption.outcome],
      ["redeemed", formatYuan(redemption.redeemed)],
      ["applicant pays", formatYuan(redemption.applicantPays)],
      ["released", formatYuan(redemption.released)],
      ...redemption.inKind.flatMap((one) => drawnFacts(one, context)),
      ...redemption.refused.map((one) => refusedFact(one, context)),
      ...redemption.missing.map((one) => missingFact(one, context)),
    ],
    context,
  );

/** Parts of its voucher that sub-accounts were given. */
export const partLines = (
  parts: readonly { readonly tenant: TenantId; readonly amount: MicroYuan }[],
  context: Context,
): string[] =>
  facts(
    parts.map(({ tenant, amount }) => ["given to", `${tenant} ${formatYuan(amount)}`]),
    context,
  );

/** What an applicant brought, and what it corrected. */
export function whatCame({ added, corrected }: Readonly<Record<string, unknown>>): string[] {
  const changes = (corrected ?? []) as { what: string; from: string; to: string }[];
  return [
    ...(Array.isArray(added) ? [`  brought ${added.join(", ")}`] : []),
    ...changes.map(({ what, from, to }) => `  corrected ${what}: ${from} → ${to}`),
  ];
}

/** A voucher in kind as it stands; granted = drawn + open + released. */
function unitFacts({ part, unit, ...of }: ClaimView["inKind"][number], context: Context): Fact[] {
  const { drawn, open, released, granted } = of;
  const back = released > 0n ? `, ${released} released` : "";
  return [[part, `${unitText(granted, unit, context)}: ${drawn} drawn, ${open} open${back}`]];
}

function drawnFacts(one: Redemption["inKind"][number], context: Context): Fact[] {
  const { code, unit, used, drawn, released } = one;
  const back = released > 0n ? `, ${released} released` : "";
  const drew = `${drawn} drawn of ${unitText(used, unit, context)}${back}`;
  return [[code, drew], ...refusedUnits(one, context)];
}

/** What of units was refused, and why. */
const refusedUnits = (
  { unit, refused }: Pick<Redemption["inKind"][number], "unit" | "refused">,
  context: Context,
): Fact[] =>
  refused.map(({ amount, code, text }) => [
    "refused",
    `${unitText(amount, unit, context)} ${code}: ${text[context.language]}`,
  ]);

function roundText({ waitsFor }: ClaimView): string | undefined {
  if (waitsFor === null) return undefined;
  const { window, from, until } = waitsFor;
  const round = `round ${window}`;
  if (until === null) return `${round}, when somebody closes it`;
  const days = from === null ? `until ${until}` : `from ${from} until ${until}`;
  return `${round}, after the claims taken ${days}`;
}

/** Claims that wait for their round were decided as if there were money for all. */
function wouldGet({ state, decision }: ClaimView, context: Context): string | undefined {
  if (state !== "gathered" || decision === null) return undefined;
  const units = decision.inKind.filter(({ granted }) => granted > 0n);
  const all = [
    formatYuan(decision.granted),
    ...units.map(({ unit, granted }) => unitText(granted, unit, context)),
  ];
  return `${all.join(" and ")}, if there is enough; its round decides`;
}

/** Of an incomplete claim that lacks nothing, an office wants to know more. */
function stateText({ id, state, stage, decision }: ClaimView): string {
  if (state !== "incomplete") return stage === null ? state : `${state}: ${stage}`;
  const missing = decision?.missing ?? [];
  const isPapers = missing.length > 0 && missing.every(({ kind }) => kind === "evidence");
  const cure = isPapers ? `wadi claim evidence ${id} KIND FILE` : `wadi claim complete ${id} FILE`;
  return missing.length === 0
    ? `incomplete: returned by an office; ${cure}`
    : `incomplete; ${cure}`;
}

type Decided = NonNullable<ClaimView["decision"]>;

const refusedFact = (
  { amount, code, text }: Decided["refused"][number],
  { language }: Context,
): Fact => ["refused", `${formatYuan(amount)} ${code}: ${text[language]}`];

function missingFact(one: Decided["missing"][number], { language }: Context): Fact {
  const { kind, name, line, for: code, because, text, forText } = one;
  const where = line === null ? "" : ` of line ${line}`;
  const why = because === null || because === "absent" ? "" : ` (${because})`;
  const what = `${kind} ${name}${where}, ${text[language]}${why}`;
  return ["missing", `${what}; for ${code}: ${forText[language]}`];
}
