import type { Language } from "@wadi/core/dispatch";
import type { estimatedStart } from "@wadi/protocol";
import { formatYuan, microYuan, parseYuan } from "@wadi/core/units";
import type { z } from "zod";
import { say, type SaidReason } from "./reason.ts";

export type Start = z.output<typeof estimatedStart>;

/** A time to come, in the local zone, to the minute: "14:20"; on another day "12-01 14:20". */
export function clockTime(at: Temporal.Instant, now: Temporal.Instant): string {
  const zone = Temporal.Now.timeZoneId();
  const local = at.toZonedDateTimeISO(zone);
  const time = local.toPlainTime().toString({ smallestUnit: "minute" });
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  if (local.toPlainDate().equals(today)) return time;
  const date = local.toPlainDate().toString();
  return `${local.year === today.year ? date.slice(5) : date} ${time}`;
}

/** "starts about 14:20, at the latest 15:05 (9 of 10)". */
export function startText(
  { p50, p90 }: Start,
  { language, now }: { language: Language; now: Temporal.Instant },
): string {
  const [half, most] = [clockTime(p50, now), clockTime(p90, now)];
  const texts = {
    en: { about: `starts about ${half}`, latest: `, at the latest ${most} (9 of 10)` },
    zh: { about: `预计 ${half} 启动`, latest: `，最迟 ${most}（十有九次）` },
  }[language];
  return half === most ? texts.about : `${texts.about}${texts.latest}`;
}

/** Why a job waits: the hub's sentence; of a cheaper hour, when it is and what it saves. */
export function waitText(
  reason: SaidReason,
  { language, now }: { language: Language; now: Temporal.Instant },
): string {
  const { at, pool, cost, now: costNow } = reason.facts;
  const [later, atOnce] = [parseYuan(String(cost)), parseYuan(String(costNow))];
  const isHour = reason.code === "cheaper-later" && later !== undefined && atOnce !== undefined;
  if (!isHour) return say(reason, language);
  const time = clockTime(Temporal.Instant.from(String(at)), now);
  const saved = formatYuan(microYuan(atOnce - later));
  return language === "zh"
    ? `等待低价时段：${time} 在 ${String(pool)}，节省 ${saved} 元`
    : `waits for a cheaper hour: ${time} at ${String(pool)}, saves ${saved} yuan`;
}
