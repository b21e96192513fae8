import { fairnessSentences } from "./fairness/sentences.ts";

/**
 * Why something was not done: a code that never changes and the facts of the case. The facts are
 * plain JSON; `sentence` says them in English or Chinese.
 */
export interface Reason {
  readonly code: ReasonCode;
  readonly facts: Readonly<Record<string, string | number>>;
}

export type ReasonCode = keyof typeof sentences;
export type Language = "en" | "zh";

/** What each code says; `{name}` takes the fact of that name. */
export const sentences = {
  ...fairnessSentences,
  "other-model": {
    en: "It has {model}; the job asks for {asked}.",
    zh: "该资源池为 {model}，作业要求 {asked}。",
  },
  "other-place": {
    en: "It stands in {place}; the job is bound to {asked}.",
    zh: "该中心位于 {place}，作业限定在 {asked}。",
  },
  "not-domestic": {
    en: "{model} is not known to be domestic, and the job asks for a domestic card.",
    zh: "{model} 不属于国产加速卡，作业要求国产加速卡。",
  },
  "centre-not-allowed": {
    en: "The job allows only {allowed}.",
    zh: "作业只允许 {allowed}。",
  },
  "centre-denied": { en: "The job denies {centre}.", zh: "作业排除了 {centre}。" },
  "host-too-small": {
    en: "No host has {cards} cards, {cpu} cores and {memoryMiB} MiB for one replica.",
    zh: "每个副本需在一台主机上占用 {cards} 张卡、{cpu} 核、{memoryMiB} MiB 内存，没有这样的主机。",
  },
  "pool-too-small": {
    en: "The gang needs {replicas} replicas of {cards} cards; even empty it holds {fits}.",
    zh: "整组需要 {replicas} 个副本、每个 {cards} 张卡；即使全空也只能容纳 {fits} 个。",
  },
  "no-link": {
    en: "Its data lies in {from}, and no link leads from there to {to}.",
    zh: "数据位于 {from}，没有通往 {to} 的链路。",
  },
  "checkpoint-elsewhere": {
    en: "Its checkpoint lies in {from}, and no link leads from there to {to}.",
    zh: "检查点位于 {from}，没有通往 {to} 的链路。",
  },
  "past-deadline": {
    en: "It would end at {end}, after the deadline {deadline}.",
    zh: "预计 {end} 结束，晚于截止时间 {deadline}。",
  },
  "over-budget": {
    en: "It would cost {cost} yuan; {budget} may still be spent on the job.",
    zh: "预计费用 {cost} 元，作业剩余预算 {budget} 元。",
  },
  "no-price": {
    en: "Its price schedule has no price for {at}.",
    zh: "其价格表在 {at} 没有价格。",
  },
  "centre-never-joined": {
    en: "No agent has joined for {centre} yet.",
    zh: "{centre} 尚未有代理加入。",
  },
  "centre-unknown": {
    en: "{centre} has not been heard of since {heardAt}.",
    zh: "自 {heardAt} 以来未收到 {centre} 的消息。",
  },
  "centre-draining": { en: "{centre} is being drained.", zh: "{centre} 正在排空。" },
  "centre-left": { en: "{centre} has left the region.", zh: "{centre} 已退出本区域。" },
  "no-room": {
    en: "{free} of {total} cards are free; the job needs {needed}.",
    zh: "共 {total} 张卡，空闲 {free} 张，作业需要 {needed} 张。",
  },
  "no-host-with-room": {
    en: "{free} are free, but not {replicas} × {cards} with {cpu} cores, {memoryMiB} MiB.",
    zh: "空闲 {free} 张卡，但无法为 {replicas} 个副本各在一台主机上凑齐 {cards} 张卡、{cpu} 核、{memoryMiB} MiB。",
  },
  dearer: {
    en: "It would cost {cost} yuan in total, {more} more than {chosen}.",
    zh: "总成本 {cost} 元，比 {chosen} 高 {more} 元。",
  },
  "looser-fit": {
    en: "It costs the same as {chosen}, which leaves fewer cards idle beside the job.",
    zh: "与 {chosen} 总成本相同，但后者剩余空卡更少。",
  },
  "later-option": {
    en: "The job takes its card options in order, and {chosen} has an earlier one.",
    zh: "作业按顺序选择卡型，{chosen} 的卡型更靠前。",
  },
  scarcer: {
    en: "It costs less by itself, {cost} yuan, but others need its cards more; {chosen} is free.",
    zh: "单看成本更低（{cost} 元），但其加速卡更紧缺，{chosen} 有空闲。",
  },
  "cheaper-later": {
    en: "It starts at {at} in {pool}: {cost} yuan in total, waiting counted; now it would cost {now} in {instead}.",
    zh: "计划于 {at} 在 {pool} 启动：含等待总成本 {cost} 元；现在在 {instead} 启动需 {now} 元。",
  },
  "cheaper-full": {
    en: "It waits for {pool}, expected at {at}: that saves {saved} yuan, waiting counted; now it would cost {now} in {instead}.",
    zh: "等待 {pool}，预计 {at} 有空闲：含等待成本可节省 {saved} 元；现在在 {instead} 启动需 {now} 元。",
  },
  booked: {
    en: "Its start is booked for {at} at the latest, in {pool}.",
    zh: "已预约在 {pool} 启动，最迟 {at}。",
  },
  "kept-for-booked": {
    en: "{free} cards are free but kept: a start there is booked, or the pool closes, before it would end.",
    zh: "有 {free} 张空闲卡，但已为预约的启动或计划维护保留，作业来不及在此之前结束。",
  },
  "refused-before": {
    en: "{pool} has refused a run of this job for good.",
    zh: "{pool} 已明确拒绝过该作业的运行。",
  },
  "whole-cards-only": {
    en: "{pool} gives out whole cards only; the job asks for {share} of one.",
    zh: "{pool} 仅提供整卡，作业要求 {share} 张卡。",
  },
  "centre-slow": {
    en: "{centre} still has to take up the runs it was given; more follow as it does.",
    zh: "{centre} 尚未接收已下发的运行，待其接收后继续下发。",
  },
  "tenant-quota": {
    en: "The tenant holds {inUse} cards of a quota of {quota}; the job needs {needed}.",
    zh: "租户已占用 {inUse} 张卡，配额 {quota} 张，作业需要 {needed} 张。",
  },
  "array-bound": {
    en: "{running} of the array hold cards; its bound is {parallel}.",
    zh: "数组中已有 {running} 个在运行，上限 {parallel}。",
  },
  "not-looked-at": {
    en: "The round ended before this job; the next one begins at once.",
    zh: "本轮调度未轮到该作业，下一轮随即开始。",
  },
} as const;

/** The reason as a sentence. A fact that is missing shows as its name, so that none is hidden. */
export function sentence(reason: Reason, language: Language = "en"): string {
  return sentences[reason.code][language].replaceAll(/\{(\w+)\}/g, (name, key: string) =>
    String(reason.facts[key] ?? name),
  );
}
