import { z } from "zod";
import { bases, measureNames } from "@wadi/core/metering";
import {
  lineKinds,
  priceUnitNames,
  type PackageId,
  type PriceItemId,
  type PriceListId,
} from "@wadi/core/rating";
import { asId, type KeyId, type TenantId } from "@wadi/core/units";
import { agreementDocument, month } from "./agreement.ts";
import { amount, instant, money, plainDate, sequence, slug, uuid } from "./codec.ts";
import { priceListDocument } from "./price-list.ts";
import { pageOf, pageQuery, route } from "./route.ts";

const made = {
  revision: z.int().describe("Counts how often it was put; each is kept."),
  madeAt: instant,
  madeBy: uuid<KeyId>(),
  approvedAt: instant.nullable().describe("Null: a draft, by which nothing is billed."),
  approvedBy: uuid<KeyId>()
    .nullable()
    .describe("Null of a draft, and of what was put before prices took two persons."),
};
/** What is not wrong, and hardly meant. */
const warnings = z
  .array(z.object({ pointer: z.string(), detail: z.string() }))
  .describe("What has no price any more, and what agreements name and the list lacks.");

const priceListView = z
  .object({ ...made, list: priceListDocument })
  .meta({ id: "StoredPriceList" });
const agreementView = z
  .object({ ...made, tenant: slug<TenantId>(), agreement: agreementDocument })
  .meta({ id: "StoredAgreement" });

/** A package; where it covered something, with the month it was bought in: "pack@2026-06". */
const packageName = z
  .codec(z.string(), z.custom<PackageId>(isString), {
    decode: (text) => asId<PackageId>(text),
    encode: (id) => id,
  })
  .meta({ wire: { type: "string" } });

function isString(value: unknown) {
  return typeof value === "string";
}

/** One line of a rated month. */
export const ratedLine = z.object({
  kind: z.enum(lineKinds),
  version: z.string().nullable().describe("Of the price list: its first day, or start."),
  item: slug<PriceItemId>().nullable(),
  package: packageName.nullable(),
  measure: z.enum(measureNames).nullable(),
  basis: z.enum(bases).nullable(),
  per: z.enum(priceUnitNames).nullable(),
  metered: sequence.describe("Of the whole item, in steps of the measure."),
  quantity: sequence.describe("Of this line, once uses are rounded to the grain."),
  price: amount.nullable().describe("Of one unit."),
  tier: z.int().nullable(),
  amount: money,
});

/** Usage of one sort that no price holds for: it is told, and never free in silence. */
export const unpricedUsage = z.object({
  measure: z.enum(measureNames),
  basis: z.enum(bases),
  attributes: z.record(z.string(), z.string()),
  why: z.enum(["no-version", "no-item"]),
  from: instant,
  to: instant,
  quantity: sequence.describe("In steps of the measure."),
});

const ratedMonth = z.object({
  list: slug<PriceListId>(),
  revision: z.int(),
  month,
  lines: z.array(ratedLine).describe("They sum to the total."),
  total: amount,
  more: money.describe("Than the first offer; below zero: less."),
  unpriced: z.array(unpricedUsage),
  unsold: z.array(slug<PackageId>()).describe("Packages bought that the list does not sell."),
});

/** The days of a month on which one agreement held, and what they come to by it. */
export const billedPart = z.object({
  from: plainDate,
  until: plainDate.describe("The first day that is not in it."),
  list: slug<PriceListId>(),
  listRevision: z.int(),
  agreementRevision: z.int(),
  total: amount,
  lines: z.array(ratedLine).describe("They sum to the part's total."),
});
export type BilledPart = z.output<typeof billedPart>;

/** A month as it was billed by an agreement; one that is billed again has a further number. */
const billedMonth = z
  .object({
    tenant: slug<TenantId>(),
    month,
    number: z.int(),
    billedAt: instant,
    total: amount.describe("What the parts sum to."),
    charged: amount.describe("By runs, before any adjustment."),
    cash: money.describe("What the tenant paid more in all; below zero: got back."),
    voucherBack: amount.describe("What its vouchers gave back to their funds in all."),
    parts: z.array(billedPart).describe("One for each agreement that held in it, in order."),
    unpriced: z
      .array(unpricedUsage)
      .describe("Came late, and the list that the month was billed by has no price for it."),
  })
  .meta({ id: "BilledMonth" });

const tag = "Prices";
const listId = z.strictObject({ id: slug<PriceListId>() });
const tenantId = z.strictObject({ id: slug<TenantId>() });
const revision = z.strictObject({
  revision: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
});
const revisionPath = { revision: z.coerce.number().int().min(1).max(2_147_483_647) };

export const pricingRoutes = {
  listPriceLists: route({
    method: "GET",
    path: "/v1/price-lists",
    needs: "money:read",
    tag,
    status: 200,
    summary: "Price lists by id: each as it holds, and drafts of it that are newer",
    query: pageQuery,
    reply: pageOf(priceListView),
  }),
  readPriceList: route({
    method: "GET",
    path: "/v1/price-lists/:id",
    needs: "money:read",
    tag,
    status: 200,
    summary: "A price list as it holds; another revision, drafts too, where one is asked for",
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
    summary: "Put a draft of a price list's next revision",
    params: listId,
    body: priceListDocument,
    reply: priceListView.extend({ warnings }),
  }),
  approvePriceList: route({
    method: "POST",
    path: "/v1/price-lists/:id/revisions/:revision/approval",
    needs: "money:write",
    tag,
    status: 200,
    summary: "Approve a draft that another person has put: from then on it holds",
    params: listId.extend(revisionPath),
    reply: priceListView,
  }),
  listAgreements: route({
    method: "GET",
    path: "/v1/agreements",
    needs: "money:read",
    tag,
    status: 200,
    summary: "What was agreed with each tenant, and drafts of it that are newer",
    query: pageQuery,
    reply: pageOf(agreementView),
  }),
  readAgreement: route({
    method: "GET",
    path: "/v1/tenants/:id/agreement",
    needs: "money:read",
    tag,
    status: 200,
    summary: "What was agreed last with a tenant; another revision, drafts too, where asked for",
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
    summary: "Put a draft of what is agreed with a tenant, from an open month on",
    params: tenantId,
    body: agreementDocument,
    reply: agreementView,
  }),
  approveAgreement: route({
    method: "POST",
    path: "/v1/tenants/:id/agreement/revisions/:revision/approval",
    needs: "money:write",
    tag,
    status: 200,
    summary: "Approve a draft that another person has put: it holds from its day on",
    params: tenantId.extend(revisionPath),
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
            agreement: agreementDocument
              .nullable()
              .default(null)
              .describe("As if it held the whole month; null: the bare list."),
          }),
        )
        .min(1)
        .max(10),
    }),
    reply: z.object({ offers: z.array(ratedMonth) }),
  }),
} as const;
