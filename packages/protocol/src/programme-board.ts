import type { FundId } from "@wadi/core/units";
import { inKindUnits } from "@wadi/core/vouchers";
import { z } from "zod";

import { amount, inKindCount, slug } from "./codec.ts";
import { words } from "./programme-parts.ts";

/** What of units that were granted in kind is where; granted = drawn + released + open. */
export const unitSums = z.object({
  unit: z.enum(inKindUnits),
  granted: inKindCount,
  drawn: inKindCount,
  released: inKindCount.describe("Given back, or expired."),
  open: inKindCount,
});

/** Where the money of a fund that pays stands: `appropriated` is the sum of all the others. */
const fundStanding = z
  .object({
    fund: slug<FundId>(),
    appropriated: amount,
    available: amount,
    issued: amount.describe("In vouchers, not set aside for any job."),
    reserved: amount,
    redeemed: amount,
    expired: amount,
    returned: amount.describe("Given back to whoever appropriated it."),
    clawback: amount.describe("Asked back, and not there yet."),
    ofProgramme: z
      .object({ issued: amount, reserved: amount, redeemed: amount, expired: amount })
      .describe("Of these, this programme's."),
  })
  .meta({ id: "FundStanding" });

const figure = z
  .object({
    code: z.string(),
    text: words,
    unit: z.enum(["count", "yuan", "rate", "card-hours"]),
    value: z.string().nullable().describe("In its unit; null: nothing is there to tell it from."),
  })
  .meta({ id: "ProgrammeFigure" });
const indicatorView = figure
  .extend({
    goal: z.object({ side: z.enum(["atLeast", "atMost"]), value: z.string() }).nullable(),
    isMet: z.boolean().nullable().describe("null: no goal, or no figure."),
  })
  .meta({ id: "ProgrammeIndicator" });

/** The officer's screen. */
export const boardView = z
  .object({
    claims: z.record(z.string(), z.int()).describe("How many, by state."),
    granted: amount,
    redeemed: amount,
    released: amount,
    open: amount.describe("Granted, and neither redeemed nor released."),
    setAside: amount.describe("Kept by caps and budget for claims that are not issued yet."),
    budget: z
      .object({
        period: z.string().describe("`2026-Q1`; `ever`; of several years `2024/2026`."),
        ...{ amount, taken: amount.describe("By claims granted, or set aside for them.") },
        left: amount,
      })
      .nullable()
      .describe("The programme's own, in the period of today; null: it has none."),
    inKind: z.array(unitSums).describe("The same in card-hours and tokens."),
    contracts: amount.describe("What the contracts of granted claims come to."),
    refused: z.array(z.object({ code: z.string(), amount, claims: z.int() })),
    funds: z.array(fundStanding),
    figures: z.array(figure).describe("Worked out of claims and books."),
    indicators: z.array(indicatorView).describe("As the rules set them."),
  })
  .meta({ id: "ProgrammeBoard" });
