/**
 * What each change of a help says, as a clause that follows "if", in the form of `sentences` in
 * ../reason.ts. `{name}` takes the fact of that name.
 */
export const changeSentences = {
  wait: { en: "nothing is changed", zh: "不作任何更改" },
  "shorter-limit": {
    en: "its max run time were {limit} instead of {was}: after that the free cards of {pool} are kept for others",
    zh: "最长运行时间由 {was} 缩短为 {limit}（此后 {pool} 的空闲卡已被预约或计划维护占用）",
  },
  "limit-to-end-in-time": {
    en: "its max run time were {limit} instead of {was}: it is taken to run that long",
    zh: "最长运行时间由 {was} 缩短为 {limit}（调度按该时长估算）",
  },
  "less-cpu": {
    en: "each replica took {cores} cores instead of {was}",
    zh: "每个副本的核数由 {was} 减为 {cores}",
  },
  "less-memory": {
    en: "each replica took {memoryMiB} MiB of memory instead of {was}",
    zh: "每个副本的内存由 {was} MiB 减为 {memoryMiB} MiB",
  },
  "whole-card": {
    en: "it took a whole card instead of {share} of one",
    zh: "改为使用整卡，而不是 {share} 张卡",
  },
  "also-in-place": { en: "it could run in {place} too", zh: "也允许在 {place} 运行" },
  "any-place": { en: "it were bound to no place", zh: "不限定运行地点" },
  "also-at-centre": { en: "it allowed {centre} too", zh: "也允许使用 {centre}" },
  "any-centre": { en: "it allowed every centre", zh: "允许使用所有中心" },
  "denied-centre": { en: "it did not deny {centre}", zh: "不再排除 {centre}" },
  "no-denied-centre": { en: "it denied no centre", zh: "不再排除任何中心" },
  "also-foreign": {
    en: "it took cards that are not domestic too",
    zh: "也接受非国产加速卡",
  },
  "other-model": {
    en: "it also took {cards} × {model}, {name} by {vendor}, programmed with {stack}",
    zh: "也接受 {vendor} 的 {name}（{model}，{cards} 张，软件栈 {stack}）",
  },
  "data-in": {
    en: "its data, {gigabytes} GB, were in {place} too",
    zh: "其数据（{gigabytes} GB）在 {place} 也有副本",
  },
  "later-deadline": {
    en: "its deadline were {deadline} instead of {was}",
    zh: "截止时间由 {was} 推迟到 {deadline}",
  },
  "higher-budget": {
    en: "its budget were {budget} yuan, {more} more than it has left",
    zh: "预算提高到 {budget} 元，比剩余预算多 {more} 元",
  },
  "dearer-waiting": {
    en: "an hour of waiting were worth {perHour} yuan to it instead of {was}",
    zh: "每小时等待成本由 {was} 元提高到 {perHour} 元",
  },
  "fewer-replicas": {
    en: "it were {replicas} replicas instead of {was}, with {limit} to run instead of {limitWas}",
    zh: "副本数由 {was} 减为 {replicas}，最长运行时间由 {limitWas} 相应延长到 {limit}",
  },
  "fewer-cards": {
    en: "each replica took {cards} of {was} cards, with {limit} to run instead of {limitWas}",
    zh: "每个副本的卡数由 {was} 减为 {cards}，最长运行时间由 {limitWas} 相应延长到 {limit}",
  },
  "higher-class": {
    en: "its priority were {priority} instead of {was}: that class may stop preemptible runs",
    zh: "优先级由 {was} 提高到 {priority}（该级别可抢占允许抢占的运行）",
  },
  "own-quota": {
    en: "the tenant's quota were {quota} cards instead of {was}",
    zh: "租户配额由 {was} 张卡提高到 {quota} 张",
  },
  "larger-quota": {
    en: "{organisation} had {nominal} {class} cards of its own instead of {was}",
    zh: "{organisation} 的 {class} 卡配额由 {was} 张提高到 {nominal} 张",
  },
  "more-starts": {
    en: "{organisation} might start {startsPerHour} jobs an hour instead of {was}",
    zh: "{organisation} 每小时可启动的作业数由 {was} 提高到 {startsPerHour}",
  },
} as const;

/** What comes of it: what stands before "if" in English, and after the condition in Chinese. */
export const startSentences = {
  now: { en: "It would start now", zh: "作业将立即启动" },
  at: { en: "It would start at {at}", zh: "作业将于 {at} 启动" },
  possible: { en: "It would become possible", zh: "作业将成为可运行的" },
} as const;
