import { asId, yuan } from "@wadi/core/units";
import type { ApprovalView } from "@wadi/protocol";
import { afterEach, expect, test } from "vitest";
import { startDouble, type Answers, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

async function wadi(answers: Answers, ...args: string[]) {
  await double?.close();
  double = await startDouble(answers);
  return runProgram(args, { hub: double.url });
}

const at = Temporal.Instant.from("2026-03-02T04:00:00Z");
const id = "0195556c-0000-7000-8000-00000000abcd";
const approval: ApprovalView = {
  ...{ id: asId(id), programme: asId("ai"), tenant: asId("acme"), contract: "K-1" },
  ...{ cap: "yearly", limit: yuan(12_000_000n), note: "a key project", state: "asked" },
  ...{ askedBy: asId("0195556c-0000-7000-8000-000000000009"), askedAt: at, usedBy: [] },
  ...{ secondedBy: null, secondedAt: null, revokedBy: null, revokedAt: null },
};
const inForce: ApprovalView = { ...approval, state: "in-force", secondedAt: at };

test("a cap is raised by one person, seconded and revoked by another", async () => {
  const raised = await wadi(
    { raiseCap: () => approval },
    ...["programme", "raise", "ai", "yearly", "1200万", "--tenant", "acme"],
    ...["--contract", "K-1", "--note", "a key project"],
  );
  expect(raised).toMatchObject({ code: 0, stderr: "" });
  expect(raised.stdout).toContain("wadi programme second ai 0000abcd");
  expect(double!.callsOf("raiseCap")[0]!.body).toMatchObject({ limit: yuan(12_000_000n) });

  const listCapApprovals = () => ({ items: [approval], next: null });
  const seconded = await wadi(
    { listCapApprovals, secondCapApproval: () => inForce },
    ...["programme", "second", "ai", "0000abcd"],
  );
  expect(seconded).toMatchObject({ code: 0, stderr: "" });
  expect(double!.callsOf("secondCapApproval")[0]!.params).toEqual({ id: "ai", approval: id });
  const back = await wadi(
    { revokeCapApproval: () => ({ ...inForce, state: "revoked", revokedAt: at }) },
    ...["programme", "revoke", "ai", id],
  );
  expect(back.stdout).toMatch(/state\s+revoked/);

  const list = await wadi({ listCapApprovals }, "programme", "approvals", "ai");
  expect(list.stdout).toMatch(/0000abcd\s+asked\s+yearly\s+12000000.00\s+acme\s+K-1\s+0/);
});

test("an amount that is none, and an id that is not there, are told", async () => {
  const more = ["--tenant", "acme", "--contract", "K-1", "--note", "x"];
  const wrong = await wadi({}, "programme", "raise", "ai", "yearly", "much", ...more);
  expect(wrong.stderr).toContain('"much" is no amount');
  const listCapApprovals = () => ({ items: [approval], next: null });
  const unknown = await wadi({ listCapApprovals }, "programme", "second", "ai", "ffff");
  expect(unknown.stderr).toContain('there is no approval "ffff" of ai');
});
