import { z } from "zod";
import { centreKinds, weekdays } from "@wadi/core/capacity";
import type { CardModelId, CentreId, HostId, PlaceId, PoolId, ProviderId } from "@wadi/core/units";
import { amount, cores, duration, instant, memory, plainDate, slug } from "./codec.ts";
import { inventory } from "./agent-link.ts";
import { reason } from "./explanation.ts";
import { isolationView } from "./jobs.ts";
import { pageOf, pageQuery, route } from "./route.ts";

const weekday = z.enum(weekdays);

/** A price per card-hour for some hours of some weekdays, local time of the schedule's zone. */
const priceRule = z.strictObject({
  days: z
    .array(weekday)
    .min(1)
    .max(7)
    .default([...weekdays]),
  fromHour: z.int().min(0).max(23).default(0),
  toHour: z.int().min(1).max(24).default(24).describe("Not included."),
  perCardHour: amount,
});

/**
 * Prices by hour and weekday in one time zone. Within a period every hour of the week has exactly
 * one price; periods follow one another without a gap. `from` and `to` null: open on that side.
 */
export const priceSchedule = z
  .strictObject({
    timeZone: z.string().min(1).max(64),
    periods: z
      .array(
        z.strictObject({
          from: instant.nullable().default(null),
          to: instant.nullable().default(null),
          rules: z.array(priceRule).min(1).max(200),
        }),
      )
      .min(1)
      .max(50),
    specialDates: z
      .array(z.strictObject({ date: plainDate, as: weekday }))
      .max(400)
      .default([])
      .describe("Dates with another weekday's prices: a holiday as sunday."),
  })
  .meta({ id: "PriceSchedule" });

/** A name that neighbours share; null where nobody says. */
const near = z.string().min(1).max(128).nullable().default(null);

/** A centre as its operator describes it. Putting it again replaces it; pools keep their ids. */
export const centreSpec = z
  .strictObject({
    name: z.strictObject({ en: z.string().min(1).max(128), zh: z.string().min(1).max(128) }),
    kind: z.enum(centreKinds),
    place: slug<PlaceId>(),
    provider: slug<ProviderId>(),
    timeZone: z.string().min(1).max(64),
    /** Added to the cost of a placement where the card-hour price does not hold it; per kWh. */
    powerPricePerKwh: amount.nullable().default(null),
    /** Of its power; counts where the policy prices carbon. */
    carbonGramsPerKwh: z.int().min(0).max(10_000).nullable().default(null),
    pools: z
      .array(
        z.strictObject({
          id: slug<PoolId>(),
          model: slug<CardModelId>(),
          hosts: z
            .array(
              z.strictObject({
                id: slug<HostId>(),
                cards: z.int().min(0).max(10_000),
                cpu: cores,
                memory,
                domain: near.describe("Shares fast links between cards: NVLink, HCCS."),
                rack: near,
                block: near.describe("A group of racks behind the same switches."),
              }),
            )
            .min(1)
            .max(25_000),
          /** No such cards at the centre: slots only. Every table and statement says so. */
          emulated: z.boolean().default(false),
          /** What one card draws at work; null where nobody says. */
          wattsPerCard: z.int().min(0).max(100_000).nullable().default(null),
          /** How often its owner takes a card back, in a thousand hours. */
          reclaimsPer1000Hours: z.int().min(0).max(1_000_000).default(0),
          prices: priceSchedule,
          /** Thousandths of a card. */
          minimumSlice: z
            .int()
            .min(1)
            .max(1000)
            .default(1000)
            .describe("The least of a card that is handed out, in thousandths; 1000: whole cards."),
          maintenance: z
            .array(z.strictObject({ from: instant, to: instant }))
            .max(1000)
            .default([])
            .describe("When none of it may run; what would reach into such a time is not started."),
        }),
      )
      .min(1)
      .max(100),
  })
  .meta({ id: "CentreSpec" });

export const centreView = z
  .object({
    id: slug<CentreId>(),
    spec: centreSpec,
    state: z.enum(["never-joined", "up", "unknown", "draining", "left"]),
    heardAt: instant.nullable(),
    inventory: inventory.nullable(),
    findings: z.array(reason).describe("Where the inventory and the description disagree."),
  })
  .meta({ id: "Centre" });

/** A centre as everybody may see it: no hosts, no inventory. */
export const centreSummary = z
  .object({
    id: slug<CentreId>(),
    name: z.object({ en: z.string(), zh: z.string() }),
    kind: z.enum(centreKinds),
    place: slug<PlaceId>(),
    provider: slug<ProviderId>(),
    state: z.enum(["never-joined", "up", "unknown", "draining", "left"]),
    heardAt: instant.nullable(),
    cards: z.int(),
    cardsFree: z.int(),
    isolation: isolationView.nullable(),
  })
  .meta({ id: "CentreSummary" });

export const poolView = z
  .object({
    id: slug<PoolId>(),
    centre: slug<CentreId>(),
    model: slug<CardModelId>(),
    emulated: z.boolean(),
    hosts: z.int(),
    cards: z.int(),
    cardsFree: z.int(),
    minimumSlice: z.int().describe("Of a card, in thousandths; 1000: whole cards only."),
    maintenance: z.array(z.object({ from: instant, to: instant })),
    priceNow: amount.nullable().describe("Per card-hour; null where no price is set for now."),
    prices: priceSchedule,
  })
  .meta({ id: "Pool" });

/** What one direction of a link between places gives and costs. */
export const linkSpec = z
  .strictObject({
    from: slug<PlaceId>(),
    to: slug<PlaceId>(),
    megabitsPerSecond: z.int().min(1),
    perGB: amount.describe("For 10^9 bytes."),
  })
  .meta({ id: "Link" });

const centreId = z.strictObject({ id: slug<CentreId>() });
const tag = "Centres";
export const centreRoutes = {
  listCentres: route({
    method: "GET",
    path: "/v1/centres",
    needs: "centres:read",
    tag,
    status: 200,
    summary: "Centres by id",
    query: pageQuery,
    reply: pageOf(centreSummary),
  }),
  readCentre: route({
    method: "GET",
    path: "/v1/centres/:id",
    needs: "centres:join",
    tag,
    status: 200,
    summary: "One centre whole; a provider sees only its own",
    params: centreId,
    reply: centreView,
  }),
  putCentre: route({
    method: "PUT",
    path: "/v1/centres/:id",
    needs: "centres:write",
    tag,
    status: 200,
    summary: "Register a centre or replace its description",
    params: centreId,
    body: centreSpec,
    reply: centreView,
  }),
  listPools: route({
    method: "GET",
    path: "/v1/pools",
    needs: "centres:read",
    tag,
    status: 200,
    summary: "Pools of all centres by id, with what is free and today's price",
    query: pageQuery.extend({ centre: slug<CentreId>().optional() }),
    reply: pageOf(poolView),
  }),
  listLinks: route({
    method: "GET",
    path: "/v1/links",
    needs: "centres:read",
    tag,
    status: 200,
    summary: "Links between places, by from and to",
    query: pageQuery,
    reply: pageOf(linkSpec),
  }),
  putLink: route({
    method: "PUT",
    path: "/v1/links",
    needs: "centres:write",
    tag,
    status: 200,
    summary: "Set one direction of a link",
    body: linkSpec,
    reply: linkSpec,
  }),
  makeJoinToken: route({
    method: "POST",
    path: "/v1/centres/:id/join-tokens",
    needs: "centres:join",
    tag,
    status: 201,
    summary: "A one-time token with which an agent joins for this centre",
    params: centreId,
    body: z.strictObject({
      validFor: duration
        .refine((ms) => ms >= 1000 && ms <= 7 * 86_400_000, "must be from 1s to 7d")
        .prefault("1h"),
    }),
    reply: z.object({ joinToken: z.string(), expiresAt: instant }),
  }),
  setCentreMode: route({
    method: "POST",
    path: "/v1/centres/:id/mode",
    needs: "centres:join",
    tag,
    status: 200,
    summary: "Open a centre, drain it, or let it leave when its runs have ended",
    params: centreId,
    body: z.strictObject({ mode: z.enum(["open", "draining", "left"]) }),
    reply: centreSummary,
  }),
} as const;
