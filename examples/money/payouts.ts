import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { csvLine } from "@wadi/core/settlement";
import { formatYuan } from "@wadi/core/units";
import { routes, type ReplyOf } from "@wadi/protocol";

import { holds, type Check } from "./checks.ts";
import type { People } from "./people.ts";

type Batch = ReplyOf<typeof routes.makePayouts>;

/**
 * Pays the providers: one person makes the batch, another releases it, the bank answers. One
 * payment bounces, is owed again, and arrives with the next batch.
 */
export async function payOut(people: People, out: string): Promise<Check[]> {
  const first = await payBatch(people, { out, bounced: 1 });
  const second = await payBatch(people, { out, bounced: undefined });
  const back = first.lines.find(({ state }) => state === "bounced");
  const [again] = second.lines;
  const isAgain = again?.provider === back?.provider && again?.amount === back?.amount;
  const notPaid = second.lines.filter(({ state }) => state !== "arrived");
  return [
    holds("what bounced was paid with the next batch", [
      ...(isAgain ? [] : [`${back?.provider} was to come again, not ${again?.provider}`]),
      ...notPaid.map(({ provider, state }) => `${provider} is ${state}`),
    ]),
  ];
}

/** @param of.bounced  the line that the bank sends back */
async function payBatch(
  { operator, second }: People,
  { out, bounced }: { out: string; bounced: number | undefined },
): Promise<Batch> {
  const { id } = await operator.ask(routes.makePayouts, { body: {} });
  const params = { id };
  const batch = await second.ask(routes.sendPayouts, { params });
  const reply = await operator.client.raw(routes.readPayoutFile, { params });
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, `payouts-${batch.number}.csv`), await reply.text());
  const csv = receiptOf(batch, bounced);
  await writeFile(path.join(out, `receipts-${batch.number}.csv`), csv);
  return operator.ask(routes.recordReceipts, { params, body: { csv } });
}

/** What the bank says of a batch. */
export const receiptOf = (
  { number, lines }: Pick<Batch, "number" | "lines">,
  bounced: number | undefined,
): string =>
  [
    ["batch", "line", "amount", "status", "reference"],
    ...lines.map(({ line, amount }) => {
      const status = line === bounced ? "bounced" : "arrived";
      return [`${number}`, `${line}`, formatYuan(amount), status, `B-${number}-${line}`];
    }),
  ]
    .map(csvLine)
    .join("");
