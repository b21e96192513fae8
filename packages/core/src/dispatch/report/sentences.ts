/** What each line of a report says, in the form of `sentences` in ../reason.ts. */
export const lineSentences = {
  // What holds jobs back.
  "pool-full": {
    en: "{jobs} jobs ({cards} cards) would run in {pool} first, where {free} of {total} {model} are free.",
    zh: "{jobs} 个作业（{cards} 张卡）首选 {pool}，其 {total} 张 {model} 中空闲 {free} 张。",
  },
  "pool-fragmented": {
    en: "{jobs} jobs ({cards} cards) would run in {pool} first, where {free} of {total} {model} are free, but not together with the cores and memory they need.",
    zh: "{jobs} 个作业（{cards} 张卡）首选 {pool}，其 {total} 张 {model} 中空闲 {free} 张，但无法凑齐所需的整块资源。",
  },
  "pool-kept": {
    en: "{jobs} jobs ({cards} cards) would run in {pool} first, where {free} of {total} {model} are free but kept for booked starts or maintenance.",
    zh: "{jobs} 个作业（{cards} 张卡）首选 {pool}，其 {total} 张 {model} 中空闲 {free} 张，但已为预约或计划维护保留。",
  },
  "pool-closed": {
    en: "{jobs} jobs ({cards} cards) would run in {pool} first, which takes no run now.",
    zh: "{jobs} 个作业（{cards} 张卡）首选 {pool}，但该资源池当前不接收运行。",
  },
  "centre-behind": {
    en: "{jobs} jobs ({cards} cards) wait for {centre} to take up the runs it was given.",
    zh: "{jobs} 个作业（{cards} 张卡）等待 {centre} 接收已下发的运行。",
  },
  "tenant-at-quota": {
    en: "{jobs} jobs ({cards} cards) wait for the quota of {tenant}, {quota} cards.",
    zh: "{jobs} 个作业（{cards} 张卡）受租户 {tenant} 的配额（{quota} 张卡）限制。",
  },
  "organisation-at-quota": {
    en: "{jobs} jobs ({cards} cards) wait for the quota of {organisation}, {nominal} {class} cards.",
    zh: "{jobs} 个作业（{cards} 张卡）受 {organisation} 的 {class} 配额（{nominal} 张）限制。",
  },
  "quota-with-others": {
    en: "{jobs} jobs ({cards} cards) are within the quota of {organisation}, but others use or keep its {class} cards.",
    zh: "{jobs} 个作业（{cards} 张卡）未超出 {organisation} 的配额，但其 {class} 卡暂被其他组织占用或保留。",
  },
  "cards-not-lent": {
    en: "{jobs} jobs ({cards} cards) find only {class} cards that organisations do not lend.",
    zh: "{jobs} 个作业（{cards} 张卡）所需的 {class} 卡均被各组织保留不外借。",
  },
  "organisation-at-starts": {
    en: "{jobs} jobs ({cards} cards) wait because {organisation} may start {startsPerHour} an hour.",
    zh: "{jobs} 个作业（{cards} 张卡）受 {organisation} 每小时启动 {startsPerHour} 个的限制。",
  },
  "array-at-bound": {
    en: "{jobs} jobs ({cards} cards) wait for others of their own arrays.",
    zh: "{jobs} 个作业（{cards} 张卡）等待同一数组中的其他作业。",
  },
  "cheaper-hour": {
    en: "{jobs} jobs ({cards} cards) wait for the cheaper hour of {pool}.",
    zh: "{jobs} 个作业（{cards} 张卡）等待 {pool} 的低价时段。",
  },
  "making-room": {
    en: "{jobs} jobs ({cards} cards) start as soon as runs that are being stopped for them are gone.",
    zh: "{jobs} 个作业（{cards} 张卡）将在为其让出的运行停止后启动。",
  },
  "not-reached": {
    en: "{jobs} jobs ({cards} cards) were not reached by this round.",
    zh: "{jobs} 个作业（{cards} 张卡）本轮调度尚未轮到。",
  },
  "no-such-card": {
    en: "{jobs} jobs ({cards} cards) ask for {asked}, which no pool has.",
    zh: "{jobs} 个作业（{cards} 张卡）要求 {asked}，本区域没有。",
  },
  "bound-too-tight": {
    en: "{jobs} jobs ({cards} cards) can run nowhere: their places, centres or origin rule out every pool of {asked}.",
    zh: "{jobs} 个作业（{cards} 张卡）无法运行：其地点、中心或国产要求排除了所有 {asked} 资源池。",
  },
  "too-large": {
    en: "{jobs} jobs ({cards} cards) can run nowhere: they are too large for every pool of {asked} they may use, even empty.",
    zh: "{jobs} 个作业（{cards} 张卡）无法运行：其可用的 {asked} 资源池即使全空也容纳不下。",
  },
  "data-out-of-reach": {
    en: "{jobs} jobs ({cards} cards) can run nowhere: no link leads from their data to {asked}.",
    zh: "{jobs} 个作业（{cards} 张卡）无法运行：其数据没有通往 {asked} 所在地的链路。",
  },
  "no-price-then": {
    en: "{jobs} jobs ({cards} cards) can run nowhere: the pools of {asked} they may use have no price for their hours.",
    zh: "{jobs} 个作业（{cards} 张卡）无法运行：其可用的 {asked} 资源池在相应时段没有价格。",
  },
  "budget-too-small": {
    en: "{jobs} jobs ({cards} cards) can run nowhere: their budgets pay for none of {asked}.",
    zh: "{jobs} 个作业（{cards} 张卡）无法运行：预算不足以使用 {asked}。",
  },
  "deadline-too-early": {
    en: "{jobs} jobs ({cards} cards) can run nowhere: on {asked} they would end after their deadlines.",
    zh: "{jobs} 个作业（{cards} 张卡）无法运行：使用 {asked} 会晚于截止时间结束。",
  },
  "short-of-model": {
    en: "{jobs} jobs ({cards} cards) want {model} first; {free} of {total} are free, in {pools} pools.",
    zh: "{jobs} 个作业（{cards} 张卡）首选 {model}；{pools} 个资源池共 {total} 张，空闲 {free} 张。",
  },
  // Hot pools.
  "full-with-queue": {
    en: "All {total} {model} of {pool} are in use, and {jobs} jobs ({cards} cards) would go there first.",
    zh: "{pool} 的 {total} 张 {model} 全部占用，另有 {jobs} 个作业（{cards} 张卡）首选该池。",
  },
  "worth-more-now": {
    en: "One more {model} in {pool} would be worth {worth} yuan an hour now, beyond its price.",
    zh: "{pool} 若增加一张 {model}，当前每小时价值 {worth} 元（不含其价格）。",
  },
  "worth-more-at": {
    en: "One more {model} in {pool} is worth {worth} yuan an hour from {from} to {to}, beyond its price.",
    zh: "{from} 至 {to}，{pool} 增加一张 {model} 每小时价值 {worth} 元（不含其价格）。",
  },
  // Why a pool's free cards stay free.
  "idle-closed": { en: "{pool} takes no run now.", zh: "{pool} 当前不接收运行。" },
  "idle-maintenance": {
    en: "{pool} is closed for maintenance until {until}.",
    zh: "{pool} 计划维护至 {until}。",
  },
  "idle-slow": {
    en: "{jobs} jobs ({cards} cards) may use {pool} once its centre has taken up the runs it was given.",
    zh: "{jobs} 个作业（{cards} 张卡）待该中心接收已下发的运行后可使用 {pool}。",
  },
  "idle-until-cheaper": {
    en: "{jobs} jobs ({cards} cards) could start in {pool} but wait for a cheaper hour.",
    zh: "{jobs} 个作业（{cards} 张卡）可在 {pool} 启动，但在等待低价时段。",
  },
  "idle-kept": {
    en: "What is free in {pool} is kept for booked starts or maintenance; {jobs} jobs ({cards} cards) would take it.",
    zh: "{pool} 的空闲卡已为预约或计划维护保留，{jobs} 个作业（{cards} 张卡）可用。",
  },
  "idle-fragments": {
    en: "What is free in {pool} lies apart, or without the cores and memory for {jobs} jobs ({cards} cards).",
    zh: "{pool} 的空闲卡分散或缺少核与内存，{jobs} 个作业（{cards} 张卡）无法使用。",
  },
  "idle-too-few": {
    en: "{free} free cards of {pool} are too few for {jobs} jobs ({cards} cards).",
    zh: "{pool} 空闲 {free} 张卡，不足以启动 {jobs} 个作业（{cards} 张卡）。",
  },
  "idle-quota": {
    en: "{jobs} jobs ({cards} cards) could use {model} but are held back by quotas or bounds of their own side.",
    zh: "{jobs} 个作业（{cards} 张卡）可使用 {model}，但受自身配额或上限限制。",
  },
  "idle-deadline": {
    en: "{jobs} jobs ({cards} cards) would end too late in {pool}.",
    zh: "{jobs} 个作业（{cards} 张卡）在 {pool} 会超过截止时间。",
  },
  "idle-price": {
    en: "{pool} costs more than {jobs} jobs ({cards} cards) may spend.",
    zh: "{pool} 的费用超出 {jobs} 个作业（{cards} 张卡）的预算。",
  },
  "idle-no-price": {
    en: "{pool} has no price for the hours of {jobs} jobs ({cards} cards).",
    zh: "{pool} 在 {jobs} 个作业（{cards} 张卡）的时段没有价格。",
  },
  "idle-data": {
    en: "No link brings the data of {jobs} jobs ({cards} cards) to {pool}.",
    zh: "{jobs} 个作业（{cards} 张卡）的数据没有通往 {pool} 的链路。",
  },
  "idle-too-small": {
    en: "{jobs} jobs ({cards} cards) are too large for {pool}, even empty.",
    zh: "{jobs} 个作业（{cards} 张卡）过大，{pool} 即使全空也容纳不下。",
  },
  "idle-constraints": {
    en: "{jobs} jobs ({cards} cards) may not use {pool}: their places, centres or origin rule it out.",
    zh: "{jobs} 个作业（{cards} 张卡）因地点、中心或国产要求不能使用 {pool}。",
  },
  "idle-other-model": {
    en: "{jobs} jobs ({cards} cards) ask for other models than {model}.",
    zh: "{jobs} 个作业（{cards} 张卡）要求 {model} 以外的卡型。",
  },
  "idle-no-queue": {
    en: "Nothing waits that could use {pool}.",
    zh: "没有等待中的作业可使用 {pool}。",
  },
} as const;
