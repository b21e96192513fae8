import { total } from "@wadi/core/units";
import { readAnchors } from "../audit/anchors.ts";
import type { Context } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { wrongUse } from "../failure.ts";
import { checkBundle, type Checked, type PublishedAnchor } from "../proof/check-bundle.ts";
import { readIfThere } from "../read-if-there.ts";
import { facts } from "../show/facts.ts";
import { localTime, money } from "../show/format.ts";

export interface VerifyInput {
  readonly file: readonly string[];
  /** Anchors that the operator published. */
  readonly anchors?: string;
}

/**
 * Makes bills anew from their bundles, without any hub, and says of each the first thing that is
 * wrong.
 * @returns 1 when one of them is wrong
 */
export async function verify(context: Context, { file, anchors }: VerifyInput): Promise<number> {
  const published = anchors === undefined ? [] : await publishedIn(anchors);
  const checked: (Checked & { readonly file: string })[] = [];
  for (const name of file) {
    const text = await readIfThere(name);
    if (text === undefined) throw wrongUse(`there is no file ${name}`);
    checked.push({ file: name, ...checkBundle(text, published) });
  }
  if (context.json) {
    context.printJson(
      checked.map((one) => ({
        file: one.file,
        right: one.kind === "right",
        ...(one.kind === "wrong" ? { difference: one.what } : { unproved: one.unproved }),
      })),
    );
  } else {
    context.print(...checked.flatMap((one) => linesOf(one, context)));
  }
  const isRight = checked.every(({ kind }) => kind === "right");
  return isRight ? exitCodes.ok.code : exitCodes.failed.code;
}

async function publishedIn(file: string): Promise<PublishedAnchor[]> {
  const anchors = await readAnchors(file, { mustExist: true });
  const published = anchors.flatMap(({ day, root }) => (day && root ? [{ day, root }] : []));
  if (published.length > 0) return published;
  throw wrongUse(`${file} has no anchors with a day and a root; give the one the hub publishes`);
}

function linesOf(one: Checked & { readonly file: string }, context: Context): string[] {
  if (one.kind === "wrong") return [`${context.paint("red", "wrong")} ${one.file}: ${one.what}`];
  const { tenant, from, until, totals, charges, corrections, transfers, anchors } = one.bundle;
  const { claims, months } = one.bundle;
  const evidence = [...charges, ...corrections.map((correction) => correction.evidence)];
  const readings = evidence.flatMap((charge) => charge.readings);
  const signed = readings.filter((reading) => reading.signed !== null).length;
  const last = anchors.findLast(({ isPublished }) => isPublished);
  const behind = transfers.filter((line) => !anchors[line.anchor]!.isPublished).length;
  const rows: [string, string][] = [
    ["tenant", tenant],
    ["time", `${localTime(from)} to ${localTime(until)}`],
    [
      "charges",
      `${charges.length}, ¥${money(totals.charge)}, of which vouchers ¥${money(totals.voucher)}`,
    ],
    ...(corrections.length > 0
      ? [["corrected", `${corrections.length} of them, by later readings`] as [string, string]]
      : []),
    ...(claims.length > 0 ? [claimsRow(claims)] : []),
    ...(months.length > 0 ? [monthsRow(months)] : []),
    ["readings", `${readings.length}, ${signed} of them signed by their centres`],
    ["transfers", `${transfers.length}, ${behind} of them not under a published anchor yet`],
    ["last anchor", last ? `${last.day}, root ${last.root}` : "none"],
    ...one.unproved.map((what): [string, string] => ["to be believed", what]),
  ];
  return [`${context.paint("green", "right")} ${one.file}`, ...facts(rows, context)];
}

type Proved = Extract<Checked, { readonly kind: "right" }>["bundle"];

function claimsRow(claims: Proved["claims"]): [string, string] {
  const granted = total(claims.map(({ decision }) => decision.granted));
  const bills = claims.flatMap(({ redemptions }) => redemptions).length;
  const under = bills === 1 ? "1 bill" : `${bills} bills`;
  return ["claims", `${claims.length}, ¥${money(granted)} granted, ${under} under them`];
}

function monthsRow(months: Proved["months"]): [string, string] {
  const names = months.map(({ month, number }) =>
    number > 1 ? `${month} (${number})` : `${month}`,
  );
  const meters = months.flatMap((one) => one.meters.flatMap(({ readings }) => readings));
  const signed = meters.filter((reading) => reading.signed !== null).length;
  const read = `${meters.length} readings of meters, ${signed} of them signed by their sources`;
  return ["months", `${names.join(", ")} by agreement, with ${read}`];
}
