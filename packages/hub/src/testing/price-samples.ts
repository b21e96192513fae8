import type { pricingRoutes } from "@wadi/protocol";

import { putApproved } from "./approved-prices.ts";
import type { MakeSample } from "./sample.ts";
import type { World } from "./world.ts";

/** Of price lists, agreements and bills. */
export const priceSamples: Readonly<Record<keyof typeof pricingRoutes, MakeSample>> = {
  listPriceLists: () => ({ path: "/v1/price-lists" }),
  readPriceList: async (world) => {
    await putApproved(world, "/v1/price-lists/plain", aPriceList("plain"));
    return { path: "/v1/price-lists/plain?revision=1" };
  },
  putPriceList: () => ({ path: "/v1/price-lists/plain", body: aPriceList("plain") }),
  approvePriceList: async ({ post }) => {
    const id = `l-${crypto.randomUUID()}`;
    await post(`PUT /v1/price-lists/${id}`, aPriceList(id));
    return { path: `/v1/price-lists/${id}/revisions/1/approval` };
  },
  listAgreements: () => ({ path: "/v1/agreements" }),
  readAgreement: async (world) => {
    await putApproved(world, "/v1/price-lists/plain", aPriceList("plain"));
    await putApproved(world, "/v1/tenants/acme/agreement", { list: "plain", from: "2026-01-01" });
    return { path: "/v1/tenants/acme/agreement" };
  },
  putAgreement: async (world) => {
    await putApproved(world, "/v1/price-lists/plain", aPriceList("plain"));
    const body = { list: "plain", from: "2026-01-01" };
    return { path: "/v1/tenants/acme/agreement", body };
  },
  approveAgreement: async (world) => {
    const path = await aNewTenant(world);
    await putApproved(world, "/v1/price-lists/plain", aPriceList("plain"));
    await world.post(`PUT ${path}/agreement`, { list: "plain" });
    return { path: `${path}/agreement/revisions/1/approval` };
  },
  billMonth: async (world) => {
    const path = await aNewTenant(world);
    await putApproved(world, "/v1/price-lists/plain", aPriceList("plain"));
    await putApproved(world, `${path}/agreement`, { list: "plain", from: "2026-01-01" });
    return { path: `${path}/bills`, body: { month: "2026-01" } };
  },
  listBills: () => ({ path: "/v1/tenants/acme/bills?month=2026-01" }),
  previewPrices: async (world) => {
    await putApproved(world, "/v1/price-lists/plain", aPriceList("plain"));
    const body = { month: "2026-01", offers: [{ list: "plain" }] };
    return { path: "/v1/tenants/acme/price-preview", body };
  },
};

async function aNewTenant({ post }: World): Promise<string> {
  const path = `/v1/tenants/t-${crypto.randomUUID()}`;
  await post(`PUT ${path}`, { name: "New" });
  return path;
}

const aPriceList = (id: string) => ({
  version: 1,
  ...{ id, name: { en: "Plain", zh: "普通" }, timeZone: "Asia/Shanghai" },
  source: { text: "made up for a test", grade: "own" },
  versions: [{ items: [{ id: "hour", measure: "card-seconds", per: "card-hour", price: "2" }] }],
});
