/** What each rule of an organisation says, in the form of `sentences` in ../reason.ts. */
export const fairnessSentences = {
  "organisation-quota": {
    en:
      "{organisation} uses {inUse} {class} cards and keeps {kept} unlent, of a quota of " +
      "{nominal}; it has borrowed {borrowed} and may borrow {borrow}; the job needs {needed}.",
    zh:
      "{organisation} 已使用 {inUse} 张 {class} 卡，另保留 {kept} 张不外借，配额 {nominal} 张；" +
      "已借入 {borrowed} 张，最多可借 {borrow} 张；作业需要 {needed} 张。",
  },
  "quota-taken": {
    en:
      "{organisation} uses {inUse} of its {nominal} {class} cards, but {taken} of the rest are " +
      "used or kept by others for now; the job needs {needed}.",
    zh:
      "{organisation} 的 {nominal} 张 {class} 卡配额已使用 {inUse} 张，" +
      "其余中有 {taken} 张暂被其他方占用或保留；作业需要 {needed} 张。",
  },
  "cards-kept": {
    en:
      "Of {total} {class} cards in the region {inUse} are in use, and organisations keep {kept} " +
      "that they do not lend; the job needs {needed}.",
    zh:
      "本区域共 {total} 张 {class} 卡，已使用 {inUse} 张，" +
      "各组织保留 {kept} 张不外借；作业需要 {needed} 张。",
  },
  "organisation-starts": {
    en: "{organisation} has started {started} jobs within an hour; it may start {startsPerHour}.",
    zh: "{organisation} 一小时内已启动 {started} 个作业，上限 {startsPerHour} 个。",
  },
} as const;
