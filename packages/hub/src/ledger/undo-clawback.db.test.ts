import { accounts, transferIdOf, type Transfer } from "@wadi/core/ledger";
import { asId, yuan, type MicroYuan } from "@wadi/core/units";
import { problem } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { testApp } from "../testing/test-app.ts";
import { breachesIn, findTransfers, postTransfers, serveLedger } from "./index.ts";
import { sha256 } from "./sha256.ts";
import { findAccounts } from "./store.ts";

const tenant = asId<never>("acme");
const of = { fund: asId<never>("city"), programme: asId<never>("ai"), tenant };
const [prepaid, receivable] = [accounts.prepaid(tenant), accounts.receivable(tenant)];
const [due, available] = [accounts.due(of.fund), accounts.available(of.fund)];
const [redeemed, clawback] = [accounts.redeemed(of), accounts.clawback(of)];

/** A claim's bill of 100 was clawed back with 8 of interest, of which the tenant owes 50. */
async function aRegion() {
  const db = await testDb();
  const { ask, operator, keyOf, clock } = await testApp(db, {
    serveMore: (app) => serveLedger(app, app.hub),
  });
  const second = await keyOf("operator");
  const stem = "claim/c1/claw-back/0/city";
  type Short = [Transfer["kind"], Transfer["from"], Transfer["to"], MicroYuan, string?];
  const post = async (...moves: Short[]) => {
    const group = moves.map(([kind, from, to, amount, fact = `test/${uuidv7()}`]): Transfer => {
      const rest = { hold: null, job: null, run: null, note: "", happenedAt: clock.now() };
      return { kind, from, to, amount, fact, ...rest };
    });
    const { outcomes } = await db.transaction((sql) => postTransfers(sql, [group], clock.now()));
    expect(outcomes[0]!.kind).toBe("posted");
  };
  const appropriation = accounts.appropriation(of.fund);
  await post(
    ["appropriate", appropriation, available, yuan(500)],
    ["grant", available, accounts.issued(of), yuan(100)],
    ["top-up", accounts.bank(), prepaid, yuan(58)],
  );
  const placed = { hold: asId<never>(uuidv7()), job: asId<never>(uuidv7()), run: null, note: "" };
  const more = { ...placed, amount: yuan(100), happenedAt: clock.now() };
  const use: Transfer[] = [
    { kind: "reserve", from: accounts.issued(of), to: accounts.reserved(of), ...more, fact: "u/1" },
    { kind: "redeem", from: accounts.reserved(of), to: redeemed, ...more, fact: "u/2" },
    ...[{ kind: "subsidy" as const, from: due, to: accounts.payable(asId<never>("hill")) }].map(
      (move) => ({ ...move, ...more, hold: null, fact: "u/3" }),
    ),
  ];
  await db.transaction((sql) => postTransfers(sql, [use], clock.now()));
  await post(
    ["claw-back", redeemed, clawback, yuan(100), `${stem}/asked`],
    ["pay-back", prepaid, due, yuan(50), `${stem}/amount-paid`],
    ["owe-back", receivable, due, yuan(50), `${stem}/amount-owed`],
    ["clawed-back", clawback, available, yuan(100), `${stem}/back`],
    ["pay-back", prepaid, due, yuan(8), `${stem}/interest-paid`],
    ["appropriate", appropriation, available, yuan(8), `${stem}/earned`],
  );
  const asked = transferIdOf(`${stem}/asked`, sha256);
  const send = async (method: string, path: string, body: unknown, key = operator) => {
    const headers = { "idempotency-key": uuidv7() };
    const reply = await ask(method, path, { key, body, headers });
    const value = (await reply.json()) as Record<string, unknown>;
    return reply.ok ? value : { refused: `${reply.status} ${problem.parse(value).code}` };
  };
  const undo = (transfer = asked) =>
    send("POST", "/v1/ledger/corrections", { transfer, reason: "it was used by the rules" });
  const decide = ({ id }: Record<string, unknown>, key = second) =>
    send("PUT", `/v1/ledger/corrections/${String(id)}/decision`, { decision: "approve" }, key);
  const stands = async (...refs: Transfer["from"][]) => {
    const found = await findAccounts(
      db.sql,
      refs.map(({ path }) => path),
    );
    const balances = new Map(found.map(({ path, credits, debits }) => [path, credits - debits]));
    return refs.map(({ path }) => Number(balances.get(path) ?? 0n) / 1e6);
  };
  const sound = async () => expect(await db.transaction((sql) => breachesIn(sql))).toEqual([]);
  return { db, post, asked, stem, operator, undo, decide, stands, sound };
}

test("a wrong clawback is undone by two persons, with interest and what is owed", async () => {
  const { db, asked, operator, undo, decide, stands, sound } = await aRegion();
  await sound();
  expect(await stands(prepaid, receivable, due, redeemed, available)).toEqual([
    ...[0, -50, 8, 0, 508],
  ]);
  const wish = await undo();
  expect(await undo()).toMatchObject({ refused: "409 already-exists" });
  expect(await decide(wish, operator)).toMatchObject({ refused: "409 needs-another-person" });
  const done = await decide(wish);
  expect(done).toMatchObject({ state: "posted", transfer: asked });
  expect(await stands(prepaid, receivable, due, redeemed, available)).toEqual([
    ...[58, 0, -100, 100, 400],
  ]);
  expect(await stands(accounts.returned(of.fund), accounts.fundRefund(of.fund))).toEqual([8, 0]);
  expect(await decide(wish)).toMatchObject({ state: "posted", posted: done["posted"] });
  expect(await undo()).toMatchObject({ refused: "409 already-exists" });
  const [posted] = (await findTransfers(db.sql, [done["posted"] as never])).values();
  expect(posted).toMatchObject({
    kind: "claw-back-undone",
    note: `corrects ${asked}: it was used by the rules`,
  });
  await sound();
});

test("what the tenant owed and has paid meanwhile it gets back as well", async () => {
  const { post, undo, decide, stands, sound } = await aRegion();
  await post(
    ["top-up", accounts.bank(), prepaid, yuan(60)],
    ["settle-owed", prepaid, receivable, yuan(45)],
  );
  await decide(await undo());
  expect(await stands(prepaid, receivable, due)).toEqual([118, 0, -100]); // 15 + 95 + 8
  await sound();
});

test("a fund that has given the money away is asked for more first", async () => {
  const { post, undo, decide, stands } = await aRegion();
  await post(["return", available, accounts.returned(of.fund), yuan(450)]);
  const wish = await undo();
  expect(await decide(wish)).toEqual({ refused: "409 insufficient-funds" });
  expect(await stands(redeemed, prepaid)).toEqual([0, 0]);
  await post(["appropriate", accounts.appropriation(of.fund), available, yuan(50)]);
  expect(await decide(wish)).toMatchObject({ state: "posted" });
});

test("the other lines of a clawback are not undone one by one", async () => {
  const { stem, undo } = await aRegion();
  for (const part of ["amount-paid", "amount-owed", "back"]) {
    expect(await undo(transferIdOf(`${stem}/${part}`, sha256))).toEqual({
      refused: "409 wrong-state",
    });
  }
});
