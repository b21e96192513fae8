import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asId, type CardModelId } from "../units/index.ts";
import { readSbatch, type SbatchSite } from "./sbatch.ts";
import { optionTable } from "./sbatch-table.ts";

const models: Readonly<Record<string, string[]>> = {
  a100: ["a100-80g", "a100-40g"],
  h800: ["h800-sxm"],
  "910b": ["ascend-910b1"],
};
const site: SbatchSite = {
  cardModelsOf: (type) =>
    (Object.hasOwn(models, type ?? "") ? models[type!]! : []).map((id) => asId<CardModelId>(id)),
  now: Temporal.ZonedDateTime.from("2026-11-22T08:29:53+08:00[Asia/Shanghai]"),
  name: "train.sh",
};

/** A script with these directives; `--time` is there unless it is what the test is about. */
const read = (directives: string, body = "true") =>
  readSbatch(`#!/bin/bash\n#SBATCH --time=10\n#SBATCH ${directives}\n${body}\n`, site);
const option = (model: string, count: number) => ({
  model,
  count,
  share: 1000,
  expectedRunTime: null,
});
const minute = 60_000;

test("a script of everyday use becomes a whole draft, and what it loses is said", () => {
  const { draft, notUnderstood, problems } = readSbatch(
    `#!/bin/bash
#SBATCH --job-name=finetune
#SBATCH --partition=gpu
#SBATCH --nodes=2
#SBATCH --gres=gpu:h800:8
#SBATCH --cpus-per-task=64
#SBATCH --mem=512G
#SBATCH --time=1-12:00:00
#SBATCH --output=logs/%x-%j.out
#SBATCH --no-requeue
module load cuda
export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK
srun python train.py
`,
    site,
  );
  expect(problems).toEqual([]);
  expect(draft).toMatchObject({
    version: 1,
    name: "finetune",
    env: { SLURM_CPUS_PER_TASK: "64" },
    replicas: 2,
    cards: { choose: "cheapest", options: [option("h800-sxm", 8)] },
    cpu: 64_000,
    memory: 512 * 1024,
    maxRunTime: 36 * 60 * minute,
    retry: { times: 0, exitCodes: [], rerunWhenLost: false },
  });
  expect(notUnderstood.map(({ line, directive }) => [line, directive])).toEqual([
    [3, "--partition=gpu"],
    [4, "--nodes=2"],
    [9, "--output=logs/%x-%j.out"],
    [11, "module load cuda"],
    [13, "srun python train.py"],
  ]);
});

test("a script without directives lacks only the time limit", () => {
  const { draft, notUnderstood, problems } = readSbatch("#!/bin/sh\nhostname\n", site);
  expect(draft).toEqual({
    version: 1,
    name: "train.sh",
    run: { kind: "script", text: "#!/bin/sh\nhostname\n", shell: "/bin/sh" },
    env: {},
    replicas: 1,
    cpu: 1000,
    cards: { choose: "cheapest", options: [option("cpu", 1)] },
  });
  expect(notUnderstood).toEqual([]);
  expect(problems).toEqual([
    { line: null, field: "maxRunTime", message: expect.stringMatching(/add #SBATCH --time/) },
  ]);
});

test("directives that were read become plain comments, so that no other Slurm reads them", () => {
  expect(read("-J x").draft.run).toMatchObject({
    text: "#!/bin/bash\n##SBATCH --time=10\n##SBATCH -J x\ntrue\n",
  });
});

test.each([
  // directives                                     replicas  cores  memory (MiB)
  ["-n 4", 1, 4, undefined],
  ["-c 8", 1, 8, undefined],
  ["-n 4 -c 2 --mem-per-cpu=3G", 1, 8, 24 * 1024],
  ["-N 2", 2, 1, undefined],
  ["-N 2 -n 8", 2, 4, undefined],
  ["-N 3 -n 8", 3, 3, undefined],
  ["-N 2 --ntasks-per-node=4 -c 3", 2, 12, undefined],
  ["-n 8 --ntasks-per-node=4", 2, 4, undefined],
  ["--mincpus=6 -c 2", 1, 6, undefined],
  ["--gpus=2 --gres=gpu:a100:2 --cpus-per-gpu=6 --mem-per-gpu=40G", 1, 12, 80 * 1024],
  ["-n 2 --mem=10G --exclusive", 1, 2, 10 * 1024],
  ["-n 2 --mem=0", 1, 2, undefined],
])("%s is %d replicas of %d cores", (directives, replicas, cores, memory) => {
  const { draft } = read(directives);
  expect(draft).toMatchObject({ replicas, cpu: cores * 1000 });
  expect(draft.memory).toBe(memory);
});

test.each([
  ["--gres=gpu:a100:4", 1, ["a100-80g", "a100-40g"], 4],
  ["--gpus=h800:8", 1, ["h800-sxm"], 8],
  ["-N 2 --gpus=h800:8", 2, ["h800-sxm"], 4],
  ["-N 2 --gpus-per-node=910b:8", 2, ["ascend-910b1"], 8],
  ["-N 2 --ntasks-per-node=4 --gpus-per-task=h800:2", 2, ["h800-sxm"], 8],
  ["--gpus=h800:8 --gpus-per-node=h800:4", 2, ["h800-sxm"], 4],
  ["--gpus-per-node=2 --gres=gpu:h800:2", 1, ["h800-sxm"], 2],
  ["--gres=gpu:2 --constraint=a100", 1, ["a100-80g", "a100-40g"], 2],
  ["--gpus=2 -C '[a100|h800]'", 1, ["a100-80g", "a100-40g", "h800-sxm"], 2],
  ["--gres=gpu:0 -c 4", 1, ["cpu"], 4],
  ["-N 2 -n 4 -c 4", 2, ["cpu"], 8],
])("%s is %d replicas, any of %j × %d", (directives, replicas, ids, count) => {
  const { draft, problems } = read(directives);
  expect(problems).toEqual([]);
  expect(draft.replicas).toBe(replicas);
  expect(draft.cards?.options).toEqual(ids.map((id) => option(id, count)));
});

test("a card model that stands for two of the site's types is one option", () => {
  const cardModelsOf = () => [asId<CardModelId>("h20")];
  const text = "#!/bin/sh\n#SBATCH -G 2 -C a|b\n";
  expect(readSbatch(text, { ...site, cardModelsOf }).draft.cards?.options).toHaveLength(1);
});

test.each([
  ["--gres=gpu:v9:2", "cards.options", /"v9" is no type of card known here/],
  ["--gpus=2", "cards.options", /names no type of card/],
  ["--gpus=2 -C ib", "cards.options", /names no type of card/],
  ["--gpus=a100:x", "cards", /"a100:x" is no number of cards/],
  ["--gres=gpu:a100:1,gpu:h800:1", "cards", /a100 and h800 cards together/],
  ["-N 3 --gpus=a100:8", "cards", /8 cards do not go evenly/],
  ["--gres=gpu:a100:2 --gpus=h800:2", "cards", /does not fit --gres=gpu:a100:2: 2 h800 or 2 a100/],
  ["--gres=gpu:a100:2 --gpus-per-node=a100:4", "cards", /does not fit/],
  ["--gres=gpu:a100:99999", "cards", /more than 10000/],
  ["--mem=1G --mem-per-cpu=2G", "memory", /keep one/],
  ["--mem=1.5G", "memory", /"1\.5G" is no amount of memory/],
  ["--mem-per-gpu=2G", "memory", /no cards are asked for/],
  ["-c 2 --cpus-per-gpu=2", "cpu", /exclude each other/],
  ["-c 2000", "cpu", /from 1 to 1024/],
  ["-n 64 -c 64", "cpu", /makes 4096 cores on one host/],
  ["-N 0", "replicas", /use 1 to 10000 hosts/],
  ["-N 2 -n 16 --ntasks-per-node=4", "replicas", /16 tasks do not fit on 2 hosts of 4/],
  ["--time=0", "maxRunTime", /"0" is no limit/],
  ["--array=0-10000", "array", /more than 10000/],
  ["--deadline=2020-01-01", "deadline", /is over; write a later time/],
  ["--deadline=soon", "deadline", /"soon" is no time/],
  ["--begin=now+1hour", "run", /submit it at 2026-11-22T01:29:53Z/],
  ["--hold", "run", /cannot keep a job back/],
  ["--dependency=afterok:123", "after", /"afterok:123" names a job of Slurm's/],
  ["--dependency=singleton", "after", /"singleton" is not known; use afterok or afterany/],
  ["--dependency=afterok", "after", /"afterok" names no job/],
  ["--dependency=constructor:1", "after", /"constructor" is not known/],
  ["--export=1A=2", "env", /"1A" is no name of a variable/],
  ["--export=WADI_X=2", "env", /WADI_X is Wadi's own/],
  ["--export=HOME", "env", /HOME has no value/],
])("%s is a problem of %s", (directives, field, message) => {
  const { problems } = read(directives);
  expect(problems).toContainEqual({ line: 3, field, message: expect.stringMatching(message) });
});

test("more card models than a spec may list are a problem of the cards", () => {
  const cardModelsOf = () => Array.from({ length: 17 }, (_, i) => asId<CardModelId>(`card-${i}`));
  const { problems } = readSbatch("#!/bin/sh\n#SBATCH -t 5 -G 2\n", { ...site, cardModelsOf });
  expect(problems).toMatchObject([{ line: 2, field: "cards.options" }]);
});

test("a name that is too long is a problem of the name", () => {
  expect(read(`--job-name=${"x".repeat(128)}`).problems).toEqual([]);
  expect(read(`--job-name=${"x".repeat(129)}`).problems).toMatchObject([{ field: "name" }]);
});

test("an error leaves the other options standing", () => {
  const { draft, problems } = read("--mem=lots -n 4 --gres=gpu:a100:2");
  expect(problems).toHaveLength(1);
  expect(draft).toMatchObject({ cpu: 4000, cards: { options: [{ count: 2 }, { count: 2 }] } });
});

test("times become instants of the site's zone", () => {
  expect(read("--deadline=tomorrow").draft.deadline?.toString()).toBe("2026-11-22T16:00:00Z");
});

test("a start that is over is none", () => {
  expect(read("--begin=today").problems).toEqual([]);
});

test("jobs of Wadi's own are depended on by their id", () => {
  const [a, b, c] = ["1", "2", "3"].map((n) => `0193d2a0-0000-7000-8000-00000000000${n}`);
  const { draft, problems } = read(`-d afterok:${a}:${b},afterany:${c}`);
  expect(problems).toEqual([]);
  expect(draft.after).toEqual({ ok: [a, b], any: [c] });
});

test("either of two dependencies is refused, since both would be waited for", () => {
  const id = "0193d2a0-0000-7000-8000-000000000001";
  expect(read(`-d afterok:${id}?afterany:${id}`).problems[0]?.message).toMatch(/one of several/);
});

test.each([
  ["--requeue", { rerunWhenLost: true }],
  ["--requeue --no-requeue", { rerunWhenLost: false }],
  ["--no-requeue --requeue", { rerunWhenLost: true }],
  ["--no-requeue --requeue --no-requeue", { rerunWhenLost: false }],
])("of %s the later one counts", (directives, retry) => {
  expect(read(directives).draft.retry).toMatchObject(retry);
});

test.each([
  ["ALL,A=1,B='x,y'", { A: "1", B: "x,y" }],
  ["NONE", {}],
  ["A=1=2,B=", { A: "1=2", B: "" }],
])("--export=%s sets %j", (value, env) => {
  const { draft, problems } = read(`--export="${value}"`);
  expect(draft.env).toEqual(env);
  expect(problems).toEqual([]);
});

test.each([
  ["0-7", 8, null, 'export SLURM_ARRAY_TASK_ID="$WADI_ARRAY_INDEX"'],
  ["1-10:3%2", 4, 2, "export SLURM_ARRAY_TASK_ID=$((1 + 3 * WADI_ARRAY_INDEX))"],
  [
    "1,3,4",
    3,
    null,
    `export SLURM_ARRAY_TASK_ID=$(echo "1 3 4" | cut -d " " -f $((WADI_ARRAY_INDEX + 1)))`,
  ],
])("--array=%s gives each job the index that Slurm would", (value, count, parallel, line) => {
  const { draft } = read(`--array=${value}`);
  expect(draft.array).toEqual({ count, parallel });
  expect(draft.run).toMatchObject({ text: expect.stringContaining(`#!/bin/bash\n${line}\n`) });
});

test("a script that is not a shell's is told how to find its index", () => {
  const text = "#!/usr/bin/env python3\n#SBATCH -t 5 -a 1-4\nos.environ['SLURM_ARRAY_TASK_ID']\n";
  const { draft, notUnderstood } = readSbatch(text, site);
  expect(draft.run).toMatchObject({
    shell: "/usr/bin/python3",
    text: expect.not.stringMatching(/export/),
  });
  expect(notUnderstood).toEqual([
    {
      line: 3,
      directive: "$SLURM_ARRAY_TASK_ID",
      why: expect.stringMatching(/read WADI_ARRAY_INDEX, which goes from 0 to 3/),
    },
  ]);
});

test("Slurm's variables that the script reads are set, and those that cannot be are named", () => {
  const body = "cd $SLURM_SUBMIT_DIR; a $SLURM_NNODES ${SLURM_GPUS_ON_NODE} $SLURM_JOB_NODELIST";
  const { draft, notUnderstood } = read("-N 2 --gres=gpu:a100:4", body);
  expect(draft.env).toEqual({ SLURM_NNODES: "2", SLURM_GPUS_ON_NODE: "4" });
  expect(draft.run).toMatchObject({
    text: expect.stringContaining('export SLURM_SUBMIT_DIR="$WADI_RUN_DIR"'),
  });
  expect(notUnderstood.map(({ directive }) => directive)).toEqual(["-N 2", "$SLURM_JOB_NODELIST"]);
});

test.each([
  ["#!/bin/bash", "/bin/bash", []],
  ["#! /bin/sh", "/bin/sh", []],
  ["#!/usr/bin/env bash", "/usr/bin/bash", []],
  ["#!/usr/bin/env -S python3 -u", "/usr/bin/python3", ["#!/usr/bin/env -S python3 -u"]],
  ["#!/bin/bash -l", "/bin/bash", ["#!/bin/bash -l"]],
])("%s is run by %s", (first, shell, noted) => {
  const { draft, notUnderstood } = readSbatch(`${first}\n`, site);
  expect(draft.run).toMatchObject({ shell });
  expect(notUnderstood.map(({ directive }) => directive)).toEqual(noted);
});

test.each([
  ["", "run", /the first line is not #!/],
  ["echo hi\n", "run", /put #!\/bin\/bash there/],
  ["#!\n", "run", /the first line is not #!/],
  ["#!bash\n", "run.shell", /is no path/],
])("the script %j is a problem of %s", (text, field, message) => {
  expect(readSbatch(text, site).problems).toContainEqual(
    expect.objectContaining({ field, message: expect.stringMatching(message) }),
  );
});

test("a script that is too long is a problem of the script", () => {
  const { problems } = readSbatch(`#!/bin/sh\n${"x".repeat(300_000)}`, site);
  expect(problems).toContainEqual({
    line: null,
    field: "run.text",
    message: expect.stringMatching(/has 300010 characters, above 262144/),
  });
});

const meaningless = Object.entries(optionTable).filter(([, { why }]) => why !== null);

test.each(meaningless)(
  "--%s is said to have no meaning here, with a way out",
  (name, { argument }) => {
    const directive = `--${name}${argument === "none" ? "" : "=1"}`;
    expect(read(directive).notUnderstood).toEqual([
      { line: 3, directive, why: optionTable[name as keyof typeof optionTable].why },
    ]);
  },
);

// Options with a meaning, each with a value that shows in the draft or as a problem.
const meaningful = {
  array: "=0-1",
  begin: "=tomorrow",
  constraint: "=x",
  "cpus-per-gpu": "=2",
  "cpus-per-task": "=2",
  deadline: "=tomorrow",
  dependency: "=singleton",
  export: "=A=1",
  gpus: "=2",
  "gpus-per-node": "=2",
  "gpus-per-task": "=2",
  gres: "=gpu:2",
  hold: "",
  "job-name": "=x",
  mem: "=2",
  "mem-per-cpu": "=2",
  "mem-per-gpu": "=2",
  mincpus: "=2",
  "no-requeue": "",
  nodes: "=2",
  ntasks: "=2",
  "ntasks-per-node": "=2",
  requeue: "",
  time: "=20",
} satisfies { [name in keyof typeof optionTable]?: string };

test("every option has a meaning or is said to have none", () => {
  const all = [...Object.keys(meaningful), ...meaningless.map(([name]) => name)];
  expect(all.toSorted()).toEqual(Object.keys(optionTable).toSorted());
});

test.each(Object.entries(meaningful))("--%s%s makes a difference", (name, value) => {
  const { draft, notUnderstood, problems } = read(`--gres=gpu:h800:3 --${name}${value}`);
  const without = read("--gres=gpu:h800:3");
  const said = notUnderstood.length + problems.length > 0;
  expect(said || JSON.stringify(draft) !== JSON.stringify(without.draft)).toBe(true);
});

const piece = fc.oneof(
  fc.constantFrom(..."#SBATCH ,#!/bin/bash\n,\n,\\,\",', ,:,=,-,--,#,%,0,1,99999999999".split(",")),
  fc.constantFrom(
    "hetjob",
    "srun",
    "$SLURM_ARRAY_TASK_ID",
    "now+1day",
    "gpu:a100:2",
    "1-0",
    "\r\n",
  ),
  fc.constantFrom(...Object.keys(optionTable).map((name) => `#SBATCH --${name}`)),
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.nat().map(String),
);
const anyScript = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));

test("no text makes it throw, and every finding points into the script", () => {
  fc.assert(
    fc.property(fc.oneof(anyScript, fc.string({ unit: "binary" })), (text) => {
      const { draft, notUnderstood, problems } = readSbatch(text, site);
      const lines = text.split("\n").length;
      for (const { line } of notUnderstood) expect(line).toBeLessThanOrEqual(lines);
      for (const { line } of problems) expect(line ?? 1).toBeLessThanOrEqual(lines);
      expect(draft.replicas).toBeGreaterThanOrEqual(1);
      expect(draft.cpu).toBeGreaterThanOrEqual(1000);
      expect(draft.run.kind).toBe("script");
    }),
    { numRuns: 1000 },
  );
});

test("the body is kept to the letter, but for directives and lines added at its head", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (body) => {
      const { draft } = read("-a 1-3", `true ${body.replaceAll("\r\n", "\n")}`);
      const text = draft.run.kind === "script" ? draft.run.text : "";
      expect(text.endsWith(`\ntrue ${body.replaceAll("\r\n", "\n")}\n`)).toBe(true);
    }),
  );
});
