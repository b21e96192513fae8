import type { Language, Policy } from "@wadi/core/dispatch";
import { dispatchRoutes, jobRoutes, type PolicyDiff, type RegionReportView } from "@wadi/protocol";

import type { Reading } from "../../context.ts";
import {
  explainWait,
  fairShare,
  quoteNow,
  readGroupSizes,
  readQueue,
  readSnapshot,
} from "../../jobs/index.ts";
import type { QuoteAsked, WaitAsked } from "../../jobs/index.ts";
import { readPolicyNow } from "../../policy/index.ts";
import { readCertificate, scarcityBy } from "../certificate/index.ts";
import { diffPolicy } from "./diff-policy.ts";
import { reportRegion } from "./report-region.ts";

/** What may be asked of a whole region. */
export interface Questions {
  readonly report: { readonly language: Language };
  readonly diff: { readonly draft: Policy; readonly limit: number };
  readonly explainWait: WaitAsked;
  readonly quote: QuoteAsked;
}
export type About = keyof Questions;

/**
 * Of each shape and tenant so many jobs are looked at for a comparison or a report at most; of a
 * very long queue a fair share of each.
 */
const lookedAtPerGroup = 1000;

/** How each question is answered: by reading the region as it is now, changing nothing. */
export const answers = {
  report: async (hub, { language }): Promise<RegionReportView> => {
    const { snapshot, isAll, certified } = await look(hub, "fair-share");
    return reportRegion(snapshot, { certified, isAll, language });
  },
  diff: async (hub, { draft, limit }): Promise<PolicyDiff> => {
    const { snapshot, version } = await look(hub, "fair-share");
    return diffPolicy(snapshot, { version, draft, limit });
  },
  explainWait,
  quote: quoteNow,
} as const satisfies { [A in About]: (hub: Reading, asked: Questions[A]) => Promise<unknown> };

export type Answers = { [A in About]: Awaited<ReturnType<(typeof answers)[A]>> };

/** What each answer looks like when it travels. */
export const forms = {
  report: dispatchRoutes.reportRegion.reply,
  diff: dispatchRoutes.diffPolicy.reply,
  explainWait: jobRoutes.explainJob.reply,
  quote: jobRoutes.makeQuote.reply,
} as const;

/** The region as it is at one moment; nothing is locked or changed. */
export function look(hub: Reading, asked: number | "fair-share") {
  return hub.db.transaction(
    async (sql) => {
      const { version } = await readPolicyNow(hub, sql);
      const perGroup =
        asked === "fair-share" ? fairShare(await readGroupSizes(sql), lookedAtPerGroup) : asked;
      const { queue, arrays, hasMore } = await readQueue(hub, sql, perGroup);
      const certified = await readCertificate(sql);
      const nowMs = hub.clock.now().epochMilliseconds;
      const scarcity = scarcityBy(certified, { config: hub.config, nowMs });
      const snapshot = await readSnapshot(hub, sql, { queue, arrays, scarcity });
      return { version, snapshot, certified, isAll: !hasMore };
    },
    { isolation: "repeatable read", readOnly: true },
  );
}
