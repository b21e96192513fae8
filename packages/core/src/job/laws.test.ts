import { expect, test } from "vitest";
import { asId, microYuan, type HoldId, type JobId, type RunId } from "../units/index.ts";
import { brokenLaws, regionLaws, type Facts, type RegionLaw } from "./index.ts";
import type { ChargeFact, JobFact, PostingFact, RunFact, Spell } from "./facts.ts";

const job = (name: string) => asId<JobId>(name);
const run = (name: string) => asId<RunId>(name);
const hold = (name: string) => asId<HoldId>(name);
const none = microYuan(0n);

const aJob = (differing: Partial<JobFact>): JobFact => ({
  id: job("j1"),
  submission: hold("j1"),
  state: "succeeded",
  why: "exit-zero",
  generation: 2,
  cash: none,
  voucher: none,
  charged: microYuan(50_000n),
  isCancelAsked: false,
  blockedBy: 0,
  unmet: 0,
  endsTold: 1,
  ...differing,
});

const aRun = (id: string, generation: number, state: RunFact["state"]): RunFact => ({
  id: run(id),
  job: job("j1"),
  generation,
  state,
  endedAtMs: null,
});
const lost = { ...aRun("r1", 1, "lost"), endedAtMs: 2999 };
const good = { ...aRun("r2", 2, "succeeded"), endedAtMs: 5000 };
const charge = (differing: Partial<ChargeFact>): ChargeFact => ({
  run: good.id,
  job: good.job,
  cash: microYuan(40_000n),
  voucher: microYuan(10_000n),
  fee: microYuan(1500n),
  heldMs: 2001,
  shareCash: microYuan(60_000n),
  shareVoucher: microYuan(20_000n),
  ...differing,
});
const free = charge({ run: lost.id, cash: none, voucher: none, fee: none, heldMs: 0 });

const posting = (kind: PostingFact["kind"], amount: bigint): PostingFact => ({
  run: good.id,
  kind,
  count: 1,
  amount: microYuan(amount),
});
const postings = [
  posting("cash", 40_000n),
  posting("subsidy", 10_000n),
  posting("redeem", 10_000n),
  posting("fee", 1500n),
];

const spell = (of: RunFact, fromMs: number, toMs: number | null): Spell => ({
  run: of.id,
  job: of.job,
  replica: 0,
  centre: "hill",
  fromMs,
  toMs,
});

/** A job that was lost once and then ran to its end, and another that waits for room. */
const sound: Facts = {
  jobs: [
    aJob({}),
    aJob({
      id: job("j2"),
      submission: hold("j2"),
      state: "queued",
      why: "no-room",
      generation: 0,
      cash: microYuan(70_000n),
      charged: none,
      endsTold: 0,
    }),
  ],
  runs: [lost, good],
  charges: [free, charge({})],
  readings: [
    { run: good.id, number: 1, fromMs: 3000, toMs: 4000 },
    { run: good.id, number: 2, fromMs: 4000, toMs: 5000.4 },
  ],
  postings,
  holds: [
    { submission: hold("j1"), of: "cash", placed: microYuan(60_000n), remaining: none },
    {
      submission: hold("j2"),
      of: "cash",
      placed: microYuan(70_000n),
      remaining: microYuan(70_000n),
    },
  ],
  hosts: [{ name: "hill-a100 h1", cards: 8, held: 8 }],
  evidence: {
    answers: [
      { key: "k1", jobs: [job("j1"), job("j1")], count: 1 },
      { key: "k2", jobs: [], count: 10 },
    ],
    cancelled: [],
    spells: [spell(lost, 1000, 2999), spell(good, 3000, 5000)],
    atMs: 6000,
  },
  isQuiet: true,
};

const withJob = (differing: Partial<JobFact>): Facts => ({
  ...sound,
  jobs: [aJob(differing), ...sound.jobs.slice(1)],
});
const seen = (evidence: Partial<Facts["evidence"]>): Facts => ({
  ...sound,
  evidence: { ...sound.evidence, ...evidence },
});
const answer = (jobs: JobId[], count = 1) => seen({ answers: [{ key: "k1", jobs, count }] });
const spells = (...all: Spell[]) => seen({ spells: all });
const posted = (...all: PostingFact[]): Facts => ({ ...sound, postings: all });

test("a sound region breaks no law", () => {
  expect(brokenLaws(sound)).toEqual([]);
});

const breaches: [string, RegionLaw, Facts, string][] = [
  ["a job that is gone", "no accepted job is lost", answer([job("j3")]), "0 of 1"],
  ["an array cut short", "no accepted job is lost", answer([job("j1")], 3), "1 of 3"],
  ["one key, two jobs", "a key makes one submission", answer([job("j1"), job("j2")]), "j1 and j2"],
  [
    "a cancelling forgotten",
    "a cancelling that was accepted is kept",
    seen({ cancelled: [job("j1")] }),
    "job j1",
  ],
  ["an end told twice", "a job ends once", withJob({ endsTold: 2 }), "2 times"],
  ["an end taken back", "a job ends once", { ...sound, jobs: [aJob({ endsTold: 0 })] }, "0 times"],
  [
    "an open run of a job that is over",
    "a job has a run when it is placed, and only then",
    { ...sound, runs: [{ ...lost, state: "running" }, good] },
    "open are its runs 1",
  ],
  [
    "a placed job without its run",
    "a job has a run when it is placed, and only then",
    withJob({ state: "placed" }),
    "open are its runs none",
  ],
  [
    "a run that is gone",
    "runs are numbered without a gap",
    { ...sound, runs: [good] },
    "there are 2",
  ],
  [
    "two runs at once",
    "no two runs of a job are alive at the same time",
    spells(spell(lost, 1000, 3001), spell(good, 3000, 5000)),
    "ran as r1",
  ],
  [
    "two runs at once, one of them still alive",
    "no two runs of a job are alive at the same time",
    spells(spell(lost, 1000, null), spell(good, 3000, 5000)),
    "to now",
  ],
  [
    "two runs at once behind a short one",
    "no two runs of a job are alive at the same time",
    spells(
      spell(lost, 1000, 9000),
      spell({ ...good, id: lost.id }, 1000, 1200),
      spell(good, 8000, 8100),
    ),
    "and, at once, as r2",
  ],
  [
    "a run given up while it was alive",
    "a run is over only when its processes are",
    spells(spell(lost, 1000, 3600), spell(good, 4000, 5000)),
    "was over at 1970-01-01T00:00:02.999Z",
  ],
  [
    "a process started again",
    "a run starts once",
    spells(spell(good, 3000, 3500), spell(good, 4000, 5000)),
    "2 times",
  ],
  [
    "a run of nobody's",
    "nothing runs that was not leased",
    spells({ ...spell(good, 1, 2), run: run("r9") }),
    "r9",
  ],
  [
    "a success that nobody saw",
    "what succeeded was seen to run",
    spells(spell(lost, 1000, 2999)),
    "run r2",
  ],
  [
    "a process left behind",
    "when all is quiet, no process is left",
    spells(spell(lost, 1000, 2999), spell(good, 3000, null)),
    "run r2",
  ],
  [
    "two charges",
    "a run is metered once, when it ends",
    { ...sound, charges: [free, charge({}), charge({ cash: none, voucher: none, fee: none })] },
    "has 2 charges",
  ],
  [
    "no charge",
    "a run is metered once, when it ends",
    { ...sound, charges: [charge({})] },
    "run r1 is lost and has 0 charges",
  ],
  [
    "a charge for a lost run",
    "a centre's loss is not charged",
    { ...sound, charges: [charge({ run: lost.id }), charge({})] },
    "run r1 lost: 0.05",
  ],
  [
    "a transfer posted twice",
    "a charge is posted once and in full",
    posted(...postings.slice(1), { ...postings[0]!, count: 2, amount: microYuan(80_000n) }),
    "2 transfers of 0.08",
  ],
  [
    "a transfer left out",
    "a charge is posted once and in full",
    posted(...postings.slice(1)),
    "0 transfers",
  ],
  [
    "a transfer without a charge",
    "a charge is posted once and in full",
    posted(...postings, { ...postings[0]!, run: run("r9") }),
    "run r9",
  ],
  [
    "a charge above the hold",
    "a charge is at most what was set aside",
    { ...sound, charges: [free, charge({ shareCash: microYuan(39_999n) })] },
    "0.039999",
  ],
  [
    "a total that does not fit",
    "a job is charged what its runs are",
    withJob({ charged: microYuan(50_001n) }),
    "0.050001",
  ],
  [
    "overlapping readings",
    "each moment is metered once",
    { ...sound, readings: [sound.readings[0]!, { ...sound.readings[1]!, fromMs: 3999.4 }] },
    "reading 2",
  ],
  [
    "time that nobody read",
    "each moment is metered once",
    { ...sound, charges: [free, charge({ heldMs: 3000 })] },
    "3000 ms are charged",
  ],
  [
    "a hold that was forgotten",
    "a hold has left what its jobs may still cost",
    { ...sound, holds: [{ ...sound.holds[0]!, remaining: microYuan(1n) }, sound.holds[1]!] },
    "j1 cash: 0.000001",
  ],
  [
    "a share without a hold",
    "a hold has left what its jobs may still cost",
    { ...sound, holds: sound.holds.slice(0, 1) },
    "j2 cash: 0.00",
  ],
  [
    "a share of a job that is over",
    "nothing is held for a job that is over",
    withJob({ voucher: microYuan(10_000n) }),
    "0.01",
  ],
  [
    "a job blocked for good",
    "a job is blocked by what it waits for",
    withJob({ state: "blocked", blockedBy: 1 }),
    "0 of its dependencies",
  ],
  [
    "a job that did not wait",
    "a job is blocked by what it waits for",
    withJob({ state: "queued", unmet: 1 }),
    "1 of its dependencies",
  ],
  [
    "a card given twice",
    "no host gives a card twice",
    { ...sound, hosts: [{ name: "h1", cards: 8, held: 9 }] },
    "hold 9",
  ],
  [
    "a job left behind",
    "when all is quiet, each job is over or says what it waits for",
    withJob({ state: "running" }),
    "running",
  ],
  [
    "a job that waits for no reason",
    "when all is quiet, each job is over or says what it waits for",
    withJob({ state: "queued", why: null }),
    "no reason",
  ],
];

test.each(breaches)("%s: %s", (_, law, facts, detail) => {
  const found = brokenLaws(facts).filter((broken) => broken.law === law);
  expect(found.map((broken) => broken.detail).join("\n")).toContain(detail);
});

test("each law is shown to be broken by something", () => {
  expect(new Set(breaches.map(([, law]) => law))).toEqual(new Set(Object.keys(regionLaws)));
});

test("while something is under way, a job may be anywhere", () => {
  const broken = brokenLaws({ ...withJob({ state: "running" }), isQuiet: false });
  expect(broken.map(({ law }) => law)).not.toContain(
    "when all is quiet, each job is over or says what it waits for",
  );
});

test("replicas of one run are alive together", () => {
  const gang = spells(spell(good, 3000, 5000), { ...spell(good, 3001, 4000), replica: 1 });
  expect(brokenLaws(gang)).toEqual([]);
});
