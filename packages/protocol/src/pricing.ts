import { z } from "zod";
import { bases, measureNames } from "@wadi/core/metering";
import { lineKinds, priceUnitNames, type PriceListId } from "@wadi/core/rating";
import type { KeyId, TenantId } from "@wadi/core/units";
import { agreementDocument, month } from "./agreement.ts";
import { amount, instant, money, sequence, slug, uuid } from "./codec.ts";
import { priceListDocument } from "./price-list.ts";
import { pageOf, pageQuery, route } from "./route.ts";

const made = {
  revision: z.int().describe("Counts how often it was put; each is kept."),
  madeAt: instant,
  madeBy: uuid<KeyId>(),
};

const priceListView = z
  .object({ ...made, list: priceListDocument })
  .meta({ id: "StoredPriceList" });
const agreementView = z
  .object({ ...made, tenant: slug<TenantId>(), agreement: agreementDocument })
  .meta({ id: "StoredAgreement" });

/** One line of a rated month. */
export const ratedLine = z.object({
  kind: z.enum(lineKinds),
  version: z.string().nullable().describe("Of the price list: its first day, or start."),
  item: z.string().nullable(),
  package: z.string().nullable(),
  measure: z.enum(measureNames).nullable(),
  basis: z.enum(bases).nullable(),
  per: z.enum(priceUnitNames).nullable(),
  metered: sequence.describe("Of the whole item, in steps of the measure."),
  quantity: sequence.describe("Of this line, once uses are rounded to the grain."),
  price: amount.nullable().describe("Of one unit."),
  tier: z.int().nullable(),
  amount: money,
});

const ratedMonth = z.object({
  list: slug<PriceListId>(),
  revision: z.int(),
  month,
  lines: z.array(ratedLine).describe("They sum to the total."),
  total: amount,
  more: money.describe("Than the first offer; below zero: less."),
  unpriced: z.array(
    z.object({
      ref: z.string(),
      from: instant,
      quantity: sequence,
      why: z.enum(["no-version", "no-item"]),
    }),
  ),
  unbilled: z.array(z.enum(measureNames)),
});

/** A month as it was billed by an agreement; one that is billed again has a further number. */
const billedMonth = z
  .object({
    tenant: slug<TenantId>(),
    month,
    number: z.int(),
    billedAt: instant,
    list: slug<PriceListId>(),
    listRevision: z.int(),
    agreementRevision: z.int(),
    total: amount,
    charged: amount.describe("By runs, before any adjustment."),
    cash: money.describe("What the tenant paid more in all; below zero: got back."),
    voucherBack: amount.describe("What its vouchers gave back to their funds in all."),
    lines: z.array(ratedLine).describe("They sum to the total."),
  })
  .meta({ id: "BilledMonth" });

const tag = "Prices";
const listId = z.strictObject({ id: slug<PriceListId>() });
const tenantId = z.strictObject({ id: slug<TenantId>() });
const revision = z.strictObject({
  revision: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
});

export const pricingRoutes = {
  listPriceLists: route({
    method: "GET",
    path: "/v1/price-lists",
    needs: "money:read",
    tag,
    status: 200,
    summary: "Price lists by id, each as it holds",
    query: pageQuery,
    reply: pageOf(priceListView),
  }),
  readPriceList: route({
    method: "GET",
    path: "/v1/price-lists/:id",
    needs: "money:read",
    tag,
    status: 200,
    summary: "A price list; an earlier revision where one is asked for",
    params: listId,
    query: revision,
    reply: priceListView,
  }),
  putPriceList: route({
    method: "PUT",
    path: "/v1/price-lists/:id",
    needs: "money:write",
    tag,
    status: 200,
    summary: "Make a price list's next revision",
    params: listId,
    body: priceListDocument,
    reply: priceListView,
  }),
  readAgreement: route({
    method: "GET",
    path: "/v1/tenants/:id/agreement",
    needs: "money:read",
    tag,
    status: 200,
    summary: "What was agreed with a tenant on prices",
    params: tenantId,
    query: revision,
    reply: agreementView,
  }),
  putAgreement: route({
    method: "PUT",
    path: "/v1/tenants/:id/agreement",
    needs: "money:write",
    tag,
    status: 200,
    summary: "Make the next revision of what is agreed with a tenant",
    params: tenantId,
    body: agreementDocument,
    reply: agreementView,
  }),
  billMonth: route({
    method: "POST",
    path: "/v1/tenants/:id/bills",
    needs: "money:write",
    tag,
    status: 200,
    summary: "Bill a month by the tenant's agreement; again, only what changed is posted",
    params: tenantId,
    body: z.strictObject({ month }),
    reply: billedMonth,
  }),
  listBills: route({
    method: "GET",
    path: "/v1/tenants/:id/bills",
    needs: "money:read",
    tag,
    status: 200,
    summary: "A tenant's bills of a month, first to last",
    params: tenantId,
    query: z.strictObject({ month }),
    reply: z.object({ items: z.array(billedMonth) }),
  }),
  previewPrices: route({
    method: "POST",
    path: "/v1/tenants/:id/price-preview",
    needs: "money:read",
    tag,
    status: 200,
    summary: "What a month's usage would cost by several price lists; changes nothing",
    params: tenantId,
    body: z.strictObject({
      month,
      offers: z
        .array(
          z.strictObject({
            list: slug<PriceListId>(),
            agreement: agreementDocument.nullable().default(null).describe("Null: the bare list."),
          }),
        )
        .min(1)
        .max(10),
    }),
    reply: z.object({ offers: z.array(ratedMonth) }),
  }),
} as const;
