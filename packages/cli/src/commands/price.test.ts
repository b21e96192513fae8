import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cardModel } from "@wadi/core/capacity";
import { plainAgreement } from "@wadi/core/rating";
import { asId, yuan, type CardModelId, type KeyId, type TenantId } from "@wadi/core/units";
import { agreementDocumentOf, priceListDocumentOf } from "@wadi/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { readPriceList } from "../spec/read-prices.ts";
import { startDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

async function fileOf(text: string, name = "prices.yaml"): Promise<string> {
  const file = join(emptyFolder(), name);
  await writeFile(file, text);
  return file;
}

const uuid = (last: number) => asId<KeyId>(`00000000-0000-4000-8000-00000000000${last}`);

const head = `version: 1
id: try
name: { en: To try, zh: 试价 }
timeZone: Asia/Shanghai
source: { text: made up for a test, grade: own }
versions:
`;
const list = (price: string) => `${head}  - items:
      - { id: hour, measure: card-seconds, per: card-hour, price: "${price}" }
`;
const usage = `month: 2026-06
lines:
  - measure: card-seconds
    from: 2026-06-02T08:00:00+08:00
    to: 2026-06-02T10:00:00+08:00
    quantity: "16"
    unit: card-hour
    width: 8
  - { measure: storage, from: 2026-06-02T08:00:00Z, to: 2026-06-02T09:00:00Z, quantity: "7" }
`;

test("price check tells every mistake of every file by its line, and asks no hub", async () => {
  const gap = await fileOf(
    `${head}  - to: 2026-03-01
    items: [{ id: a, measure: card-seconds, per: card-hour, price: "1" }]
  - from: 2026-04-01
    items: [{ id: a, measure: card-seconds, per: p-hour, price: "1" }]
`,
    "gap.yaml",
  );
  const wrong = await fileOf(list("1").replace("timeZone", "timezone"), "wrong.yaml");
  const good = await fileOf(list("2"));
  const ran = await runProgram(["price", "check", gap, good, wrong]);
  expect(ran.code).toBe(2);
  expect(ran.stdout).toContain(`${good} is a price list: 1 version, 1 item`);
  expect(ran.stderr).toContain("gap.yaml:9:11: versions[1].from 2026-04-01 leaves a gap");
  expect(ran.stderr).toContain('versions[1].items[0].per "p-hour" is no unit of card-seconds');
  expect(ran.stderr).toContain('did you mean "timeZone"?');
  const { stdout } = await runProgram(["price", "check", good, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ file: good, versions: 1, items: 1, dropped: [] });
});

test("price preview puts lists side by side, and says what has no price", async () => {
  const [cheap, dear] = [await fileOf(list("2")), await fileOf(list("3"), "dear.yaml")];
  const used = await fileOf(usage, "usage.yaml");
  const ran = await runProgram(["price", "preview", cheap, dear, "--usage", used]);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toContain("try in 2026-06: ¥32.00\n");
  expect(ran.stdout).toContain("try in 2026-06: ¥48.00, +16.00\n");
  const told = ran.stdout.replaceAll(/\s+/g, " ");
  expect(told).toContain("no price for storage (used), 7 MiB·second from ");
  expect(told).toContain("the list has no item for it, nor is it free");
  const free = await fileOf(`${list("2")}    free: [storage]\n`, "free.yaml");
  const again = await runProgram(["price", "preview", free, "--usage", used]);
  expect(again.stdout).not.toContain("no price");
});

test("price preview takes what is agreed, and refuses what the list does not have", async () => {
  const prices = await fileOf(list("2"));
  const used = await fileOf(usage, "usage.yaml");
  const agreed = await fileOf("list: try\nminimum: '40'\n", "agreement.yaml");
  const preview = (agreement: string) =>
    runProgram(["price", "preview", prices, "--usage", used, "--agreement", agreement, "--json"]);
  expect(JSON.parse((await preview(agreed)).stdout)).toMatchObject([{ total: "40.00" }]);
  const wrong = await fileOf("list: try\nprices:\n  - { item: hours, price: '1' }\n", "wrong.yaml");
  const refused = await preview(wrong);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('wrong.yaml:3:13: prices[0].item "hours" is not in the price');
});

test("price bill shows the month's lines and what they change", async () => {
  const line = {
    ...{ kind: "usage", version: "start", item: "hour", package: null, basis: "allocated" },
    ...{ measure: "card-seconds", per: "card-hour", tier: null, price: yuan(6) },
    ...{ metered: 36_000n, quantity: 36_000n, amount: yuan(60) },
  };
  const part = (from: string, until: string) => ({
    ...{ from: Temporal.PlainDate.from(from), until: Temporal.PlainDate.from(until) },
    ...{ list: "cards", listRevision: 1, agreementRevision: 1, total: yuan(27), lines: [line] },
  });
  const bill = {
    ...{ tenant: "acme", month: Temporal.PlainYearMonth.from("2026-06"), number: 1 },
    ...{ total: yuan(54), charged: yuan(60), cash: yuan(-6), voucherBack: yuan(0) },
    ...{ parts: [part("2026-06-01", "2026-06-16"), part("2026-06-16", "2026-07-01")] },
    unpriced: [],
    billedAt: Temporal.Instant.from("2026-07-02T00:00:00Z"),
  } as never;
  const double = await startDouble({ billMonth: () => bill });
  onTestFinished(() => double.close());
  const ran = await runProgram(["price", "bill", "acme", "2026-06"], { hub: double.url });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toContain("acme in 2026-06, bill 1: ¥54.00\n");
  expect(ran.stdout).toContain("from 2026-06-16 until 2026-07-01 by cards: ¥27.00\n");
  expect(ran.stdout).toMatch(/given back in cash +¥-6\.00/);
  expect(await runProgram(["price", "bill", "acme", "June"])).toMatchObject({ code: 2 });
});

const made = {
  ...{ revision: 2, madeAt: Temporal.Instant.from("2026-07-01T00:00:00Z"), madeBy: uuid(1) },
  ...{ approvedAt: null, approvedBy: null },
};
const approved = { approvedAt: made.madeAt, approvedBy: uuid(2) };

test("prices are put by one person and approved by another", async () => {
  const file = await fileOf(list("2"));
  const stored = { ...made, list: priceListDocumentOf(await readPriceList(file)) };
  const warning = { pointer: "/versions/0/items", detail: "what item x prices has no price" };
  const double = await startDouble({
    putPriceList: () => ({ ...stored, warnings: [warning] }),
    approvePriceList: () => ({ ...stored, ...approved }),
  });
  onTestFinished(() => double.close());
  const put = await runProgram(["price", "put", file], { hub: double.url });
  expect(put).toMatchObject({ code: 0 });
  expect(put.stdout).toContain("revision 2 of try is a draft; another person approves it with:");
  expect(put.stdout).toContain("\nwadi price approve try 2\n");
  expect(put.stderr).toContain("/versions/0/items what item x prices has no price");
  const ran = await runProgram(["price", "approve", "try", "2"], { hub: double.url });
  expect(ran).toMatchObject({ code: 0, stdout: "revision 2 of try holds\n", stderr: "" });
});

test("an agreement is put with its days, and listed beside the price lists", async () => {
  const from = Temporal.PlainDate.from("2026-07-01");
  const agreement = agreementDocumentOf({ ...plainAgreement(asId("try")), from });
  const stored = { ...made, tenant: asId<TenantId>("acme"), agreement };
  const held = priceListDocumentOf(await readPriceList(await fileOf(list("2"))));
  const holding = { ...made, ...approved, revision: 1, list: held };
  const double = await startDouble({
    putAgreement: () => stored,
    listAgreements: () => ({ items: [stored], next: null }),
    listPriceLists: () => ({ items: [holding], next: null }),
    readPriceList: () => holding,
  });
  onTestFinished(() => double.close());
  const file = await fileOf("list: try\nfrom: 2026-07-01\n", "agreement.yaml");
  const put = await runProgram(["price", "agree", "acme", file], { hub: double.url });
  expect(put).toMatchObject({ code: 0, stderr: "" });
  expect(put.stdout).toContain("with acme, from 2026-07-01 on:\n");
  expect(put.stdout).toContain("wadi price approve acme 2 --agreement\n");
  const listed = await runProgram(["price", "list"], { hub: double.url });
  expect(listed.stdout).toMatch(/list +try +1 +since .* To try/);
  expect(listed.stdout).toMatch(/agreement +acme +2 +draft +try from 2026-07-01/);
  const shown = await runProgram(["price", "show", "try"], { hub: double.url });
  expect(shown.stdout).toContain("id: try\n");
});

test("price check tells what a version leaves without a price", async () => {
  const dropped = await fileOf(`${head}  - to: 2026-03-01
    items: [{ id: a, measure: card-seconds, per: card-hour, price: "1" }]
  - from: 2026-03-01
    items: [{ id: b, measure: storage, per: gib-month, price: "1" }]
`);
  const ran = await runProgram(["price", "check", dropped]);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stderr).toContain('versions[1].items what item "a" of the version before prices has');
  expect(ran.stderr).toContain('price it, or add "card-seconds" to free');
});

describe("price lists that come with the product", () => {
  const folder = join(import.meta.dirname, "../../../../price-lists");
  const pricesOf = async (file: string) => {
    const { versions } = await readPriceList(join(folder, file));
    return versions.flatMap(({ items }) =>
      items.map(({ id, per, pricing }) =>
        pricing.kind === "flat" ? `${id} ${Number(pricing.price) / 1e6} ${per}` : id,
      ),
    );
  };

  /** Prices seen, and nothing else: a change here needs a source. */
  const seen: Readonly<Record<string, readonly string[]>> = {
    "a100-80g.yaml": ["a100-80g 6 card-hour"],
    "h100.yaml": ["h100 15 card-hour"],
    "rtx-4090.yaml": ["cost 0.8 card-hour", "list 2.3 card-hour"],
    "rtx-5090.yaml": ["spot 1.3 card-hour", "on-demand 3.25 card-hour"],
    "shenyang-p-month.yaml": ["work 800 p-month"],
    "tianjin-p-month.yaml": ["highest 3000 p-month", "lowest 2000 p-month"],
    "university-centre.yaml": [
      "shared 2.4 card-hour",
      "exclusive 3.75 card-hour",
      "urgent 6 card-hour",
    ],
  };

  test("are these and no others", () => {
    expect(readdirSync(folder).filter((name) => name.endsWith(".yaml"))).toEqual(Object.keys(seen));
  });

  test.each(Object.entries(seen))("%s has the prices that were seen", async (file, prices) => {
    expect(await pricesOf(file)).toEqual(prices);
  });

  test.each(Object.keys(seen))("%s says its source, and names cards there are", async (file) => {
    const { source, versions } = await readPriceList(join(folder, file));
    expect(source.text).toContain("confirm before use");
    const models = versions.flatMap(({ items }) =>
      items.flatMap(({ where }) => where["model"] ?? []),
    );
    const uncatalogued = models.filter((model) => !cardModel(model as CardModelId));
    expect(uncatalogued.filter((model) => model !== "rtx-5090")).toEqual([]);
  });
});
