import { copyFile, readdir } from "node:fs/promises";
import path from "node:path";
import { asId } from "@wadi/core/units";
import { expect, onTestFinished, test } from "vitest";

import { connectDb, migrate } from "../db/index.ts";
import { createTestDatabase } from "../testing/index.ts";
import { tempFolder } from "../testing/private-server.ts";
import { approvedAgreements, readList } from "./store.ts";

const own = path.join(import.meta.dirname, "../db/migrations");
const list = {
  version: 1,
  ...{ id: "cards", name: { en: "Cards", zh: "卡" }, timeZone: "Asia/Shanghai" },
  source: { text: "made up for a test", grade: "own" },
  versions: [{ items: [{ id: "a", measure: "cpu", per: "core-hour", price: "1" }] }],
};

test("what was put before prices took two persons holds, agreements since that day", async () => {
  const { url, drop } = await createTestDatabase("nothing");
  const db = connectDb(url);
  onTestFinished(async () => {
    await db.close();
    await drop();
  });
  const folder = await tempFolder();
  for (const file of (await readdir(own)).filter((name) => name < "0019")) {
    await copyFile(path.join(own, file), path.join(folder, file));
  }
  await migrate(url, { folder });
  const by = crypto.randomUUID();
  await db.sql`insert into price_lists (id, revision, document, made_at, made_by)
    values ('cards', 1, ${JSON.stringify(list)}::json, '2026-03-04T05:00:00Z', ${by}::uuid)`;
  await db.sql`insert into price_agreements (tenant, revision, document, made_at, made_by)
    values ('acme', 1, '{"list": "cards"}', '2026-03-04T05:00:00Z', ${by}::uuid)`;
  await migrate(url);
  const at = Temporal.Instant.from("2026-03-04T05:00:00Z");
  const held = await readList(db.sql, asId("cards"), "held");
  expect(held).toMatchObject({ revision: 1, approvedAt: at, approvedBy: null });
  const [agreed] = await approvedAgreements(db.sql, asId("acme"));
  expect(`${agreed?.agreement.from}`).toBe("2026-03-04");
});
