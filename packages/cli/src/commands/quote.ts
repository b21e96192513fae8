import { routes, type quote as quoteSchema } from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { candidateTable, reasonLines } from "../show/candidates.ts";
import { money } from "../show/format.ts";
import { startText, waitText } from "../show/start.ts";
import { wrap } from "../show/width.ts";
import { readJob, type JobFile } from "../spec/read-job.ts";

/** What a job would cost in each pool, when it would start, and why not elsewhere. */
export async function quote(context: Context, input: JobFile): Promise<void> {
  const job = await readJob(input);
  context.note(...job.notes);
  const query = { language: context.language };
  const asked = context.ask(routes.makeQuote, { query, body: job.spec });
  const { json, value } = await asked.catch((error: unknown) => {
    throw job.placed(error);
  });
  if (context.json) return context.printJson(json);
  context.print(...quoteLines(value, context));
}

type Quote = z.output<typeof quoteSchema>;

function quoteLines({ candidates, ...quoted }: Quote, context: Context): string[] {
  const { language, paint, width } = context;
  const at = { language, now: Temporal.Now.instant() };
  const because = [
    ...(quoted.reason ? [waitText(quoted.reason, at)] : []),
    ...(quoted.estimatedStart ? [paint("cyan", startText(quoted.estimatedStart, at))] : []),
  ];
  const { mostItCanCost, voucherPart } = quoted;
  const byVoucher = voucherPart > 0n ? `, ¥${money(voucherPart)} of it by voucher` : "";
  const most = `the most it can cost is ¥${money(mostItCanCost)}${byVoucher}`;
  const verdicts = {
    "starts-now": paint("green", "It can start now"),
    waits: paint("yellow", "It would wait"),
    impossible: paint("red", "It can run nowhere"),
  };
  return [
    ...wrap(`${verdicts[quoted.verdict]}; ${most}.`, width),
    ...because.flatMap((sentence) => wrap(sentence, width)),
    ...(candidates.length === 0 ? [] : ["", ...candidateTable(candidates, context)]),
    ...reasonLines(candidates, context),
  ];
}
