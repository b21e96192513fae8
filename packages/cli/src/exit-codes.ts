/** What the process ends with. The numbers never change; --help and the docs tell them. */
export const exitCodes = {
  ok: { code: 0, means: "it worked" },
  failed: { code: 1, means: "the job failed (--wait, --follow), or an audit found a fault" },
  usage: { code: 2, means: "wrong use: an option, an argument, a file or a job spec" },
  refused: { code: 3, means: "the hub refused, and said why" },
  notAllowed: { code: 4, means: "not signed in, or the key may not do this" },
  notFound: { code: 5, means: "there is no such thing, or it is not yours" },
  unreachable: { code: 6, means: "the hub cannot be reached, or is out of order" },
  fault: { code: 70, means: "a fault of wadi itself" },
  interrupted: { code: 130, means: "stopped by Ctrl-C" },
} as const satisfies Record<string, { code: number; means: string }>;

export type ExitName = keyof typeof exitCodes;
