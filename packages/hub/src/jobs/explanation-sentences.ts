import type { Language } from "@wadi/core/dispatch";

import type { KeptCheckpoint } from "./kept-checkpoint.ts";
import type { StoredRun } from "./run-store.ts";
import type { StoredJob } from "./store.ts";

/** In decimal units, as links are priced. */
function sizeOf(bytes: bigint): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const unit = Math.min(units.length - 1, Math.floor((`${bytes}`.length - 1) / 3));
  return `${Number(bytes) / 1000 ** unit} ${units[unit]}`;
}

type Said<T> = Readonly<Record<Language, (about: T) => string>>;

const stateNames: Readonly<Partial<Record<StoredJob["state"], string>>> = {
  succeeded: "成功",
  failed: "失败",
  cancelled: "取消",
};

/** What an explanation says of the job as a whole; reasons have their own sentences. */
export const explanationSentences = {
  waits: { en: "It waits. ", zh: "作业在等待。" },
  noPools: { en: "The region has no pools.", zh: "本区域没有资源池。" },
  blocked: {
    en: ({ blockedBy }) => `It waits for ${blockedBy} of the jobs it depends on.`,
    zh: ({ blockedBy }) => `作业等待其依赖的 ${blockedBy} 个作业。`,
  } satisfies Said<StoredJob>,
  placed: {
    en: ({ generation, pool, centre }) =>
      `Run ${generation} went to ${pool} at ${centre}, ` +
      "the lowest total cost of the pools that had room.",
    zh: ({ generation, pool, centre }) =>
      `第 ${generation} 次运行放在 ${centre} 的 ${pool}：有空位的资源池中总成本最低。`,
  } satisfies Said<StoredRun>,
  checkpointHere: {
    en: ({ bytes, place }) => `Its checkpoint of ${sizeOf(bytes)} lies in ${place}.`,
    zh: ({ bytes, place }) => `检查点（${sizeOf(bytes)}）位于 ${place}。`,
  } satisfies Said<KeptCheckpoint>,
  checkpointBrought: {
    en: ({ bytes, place, data }) =>
      `Its checkpoint of ${sizeOf(bytes)} lies in ${place}; bringing its data costs ${data} yuan.`,
    zh: ({ bytes, place, data }) =>
      `检查点（${sizeOf(bytes)}）位于 ${place}；搬运数据需 ${data} 元。`,
  } satisfies Said<KeptCheckpoint & { readonly data: string }>,
  ended: {
    en: ({ state, why }) => ` The job ${state}: ${why ?? "no reason given"}.`,
    zh: ({ state, why }) => `作业已${stateNames[state] ?? state}：${why ?? "未说明原因"}。`,
  } satisfies Said<StoredJob>,
  endedUnplaced: {
    en: ({ state, why }) => `It ${state} before it was placed: ${why ?? "no reason given"}.`,
    zh: ({ state, why }) =>
      `作业在放置之前已${stateNames[state] ?? state}：${why ?? "未说明原因"}。`,
  } satisfies Said<StoredJob>,
} as const;
