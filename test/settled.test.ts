import { downToFen, formatYuan, minus, oneFen, plus, shareOf, times } from "@wadi/core/units";
import { routes, type Client } from "@wadi/protocol";
import { expect, test } from "vitest";

import { aJob, ended, submit } from "./region/job.ts";
import { fund, model, other, programme, providerOf, tenant, voucherRate } from "./region/layout.ts";
import { storyRegion } from "./region/story.ts";

const region = storyRegion();

const balanceOf = (client: Client, id: typeof tenant) =>
  client.call(routes.readBalance, { params: { id } });
const money = async (client: Client, id: typeof tenant) => {
  const { prepaid, held, vouchers } = await balanceOf(client, id);
  const voucher = vouchers.find((one) => one.programme === programme);
  return { prepaid, held, available: voucher?.available, reserved: voucher?.reserved };
};

const spec = () =>
  aJob({
    cards: { options: [{ model, count: 8 }] },
    maxRunTime: "10s",
    env: { FAKE_RUN_MS: "1300" },
  });

test("a job is held, run, metered, charged and settled to the fen, voucher and cash", async () => {
  const { tenant: client, operator } = region().clients;
  const before = await money(operator, tenant);

  const quote = await client.call(routes.makeQuote, { body: spec() });
  const job = await submit(client, spec());
  // Eight cards for ten seconds in the dearer centre: 1.20 yuan; and a fen for the rounding.
  expect(formatYuan(quote.mostItCanCost)).toBe("1.20");
  expect(formatYuan(job.held)).toBe("1.21");
  expect(await money(operator, tenant)).toMatchObject({
    held: times(oneFen, 85),
    reserved: times(oneFen, 36),
  });

  const { runs, held, charged, state } = await ended(client, job.id);
  const { charge } = runs[0]!;
  expect({ state, held }).toEqual({ state: "succeeded", held: 0n });
  // In the north a card costs one fen a second; seconds are begun ones.
  expect(charge!.usage.cardSeconds % 8n).toBe(0n);
  expect(charge!.usage.cardSeconds).toBeGreaterThanOrEqual(16n);
  expect(charge!.charge).toBe(times(oneFen, charge!.usage.cardSeconds));
  expect(charge!.voucher).toBe(downToFen(shareOf(charge!.charge, voucherRate, "down")));
  expect(plus(charge!.cash, charge!.voucher)).toBe(charge!.charge);
  expect(charged).toBe(charge!.charge);

  expect(await money(operator, tenant)).toEqual({
    prepaid: minus(before.prepaid, charge!.cash),
    held: 0n,
    available: minus(before.available!, charge!.voucher),
    reserved: 0n,
  });
});

test("a tenant without a voucher pays all of it in cash", async () => {
  const { other: client, operator } = region().clients;
  const before = await money(operator, other);
  const job = await submit(client, spec());
  expect(formatYuan(job.held)).toBe("1.20");
  const { runs } = await ended(client, job.id);
  const { charge } = runs[0]!;
  expect(charge).toMatchObject({ voucher: 0n, cash: charge!.charge });
  expect((await money(operator, other)).prepaid).toBe(minus(before.prepaid, charge!.cash));
});

test("tenant, provider and fund are told the same of it", async () => {
  const { tenant: client, operator, provider, officer } = region().clients;
  const job = await submit(client, spec());
  const { runs } = await ended(client, job.id);
  const { charge, id: run } = runs[0]!;
  const lineOf = ({ lines }: { lines: readonly { run: string | null }[] }) =>
    lines.filter((line) => line.run === run);

  const ofTenant = await client.call(routes.tenantStatement, { params: { id: tenant } });
  const ofProvider = await provider.call(routes.providerStatement, {
    params: { id: providerOf("north") },
  });
  const ofFund = await officer.call(routes.fundStatement, { params: { id: fund } });
  const { cash, voucher, platformFee: fee } = charge!;
  const told = { run, cash, voucher, charge: charge!.charge, emulated: true };
  expect(lineOf(ofTenant)).toMatchObject([{ ...told, cardSeconds: charge!.usage.cardSeconds }]);
  expect(lineOf(ofProvider)).toMatchObject([{ run, charge: charge!.charge, fee }]);
  expect(lineOf(ofFund)).toMatchObject([{ run, voucher }]);

  for (const [format, type] of [
    ["csv", "text/csv"],
    ["text", "text/plain"],
  ] as const) {
    const reply = await operator.raw(routes.tenantStatement, {
      params: { id: tenant },
      query: { format },
      accept: type,
    });
    expect(await reply.text()).toContain(formatYuan(charge!.cash));
  }
});
