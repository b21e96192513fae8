// The house's words, as data. The left column is not to be used in a name that we give; the right
// one is what we say. See docs/glossary.md.

/** Words that mean something else here, or for which we have one of our own. */
export const notOurWords: Readonly<Record<string, string>> = {
  cluster: "centre",
  backend: "engine",
  worker: "agent",
  node: "host",
  gpu: "card",
  task: "job or run",
  user: "member or tenant",
  wallet: "account",
  payment: "transfer",
  coupon: "voucher",
  invoice: "charge or statement",
};

/** Where a word is another system's own, and says what it means there. */
export const otherPeoplesWords: readonly { file: RegExp; words: readonly string[]; why: string }[] =
  [
    {
      file: /^packages\/hub\/src\/(?:db|testing)\//,
      words: ["cluster", "backend", "user"],
      why: "PostgreSQL's data directory, connection and role",
    },
    {
      file: /^packages\/hub\/src\/dispatch\/thread\.ts$/,
      words: ["worker"],
      why: "Node's worker threads",
    },
    {
      file: /^packages\/(?:core|hub|protocol)\/src\/settlement/,
      words: ["invoice", "payment"],
      why: "the tax document that a provider or the operator issues, and the columns of FOCUS",
    },
    {
      file: /^packages\/(?:agent\/src\/engines\/|core\/src\/job\/sbatch-)/,
      words: ["user", "node", "task", "gpu"],
      why: "the operating system's user; Slurm's node, task and GPU",
    },
  ];
