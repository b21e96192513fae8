import fc from "fast-check";
import { expect, test } from "vitest";
import { noDayMs } from "./options.ts";
import { placesOf } from "./mistakes.testing.ts";
import { readSwfLog, swfFields, type SwfField } from "./swf-log.ts";
import { readSwf } from "./swf.ts";

const source = (text: string) => ({ file: "log.swf", text });

/** A line with -1 for what is not given. */
const line = (given: Partial<Record<SwfField, number>>) =>
  swfFields.map((field) => given[field] ?? -1).join(" ");
const job = (differs: Partial<Record<SwfField, number>> = {}) =>
  line({ job: 1, submit: 0, run: 60, allocated: 4, status: 1, user: 3, ...differs });

const anyValue = fc.oneof(fc.constant(null), fc.nat(1_000_000));
const anyLine = fc.record(
  Object.fromEntries(swfFields.map((field) => [field, anyValue])) as Record<
    SwfField,
    typeof anyValue
  >,
  { noNullPrototype: true },
);

test("whatever a log says is read as it stands, -1 being not known", () => {
  fc.assert(
    fc.property(fc.array(anyLine), fc.constantFrom(" ", "   ", "\t"), (lines, gap) => {
      const text = lines
        .map((one) => gap + swfFields.map((field) => one[field] ?? -1).join(gap))
        .join("\n");
      const read = readSwfLog(source(`; Version: 2.2\n${text}\n`)).lines;
      expect(read).toStrictEqual(lines.map((one, i) => ({ ...one, line: i + 2 })));
    }),
  );
});

test("no line of a log is lost: it is a job, impossible with why, or a stretch of another", () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyLine, { selector: (one) => one.job ?? -1 }), (lines) => {
      const text = lines.map((one) => swfFields.map((field) => one[field] ?? -1).join(" "));
      const { jobs, impossible } = readSwf(source(text.join("\n")), {});
      expect(jobs.length + impossible.length).toBe(lines.length);
      for (const { runMs, replicas, cards } of jobs) {
        expect(Math.min(runMs, replicas, cards)).toBeGreaterThan(0);
      }
    }),
  );
});

test("the header is read by label, and says when the log starts", () => {
  const text = `; Computer: a\n;UnixStartTime:  820454400\n; Queue: 1 a\n; Queue: 2 b\n${job()}`;
  const { header } = readSwfLog(source(text));
  expect(header.get("queue")).toStrictEqual(["1 a", "2 b"]);
  const [first] = readSwf(source(text), {}).jobs;
  expect(first?.submittedMs).toBe(820_454_400_000);
});

test("without a start the log starts on the first Monday of 2026", () => {
  const [first] = readSwf(source(job({ submit: 5 })), {}).jobs;
  expect(first).toMatchObject({ submittedMs: noDayMs + 5000, tenant: "user-3", id: "job-0000001" });
});

test("what was requested is declared and is the limit, unless the run took longer", () => {
  const lines = [
    job({ job: 1, requestedTime: 3600, requested: 8, requestedMemory: 2048 }),
    job({ job: 2, requestedTime: 30 }),
  ];
  const [first, second] = readSwf(source(lines.join("\n")), {}).jobs;
  expect(first).toMatchObject({
    ...{ replicas: 1, cards: 8, memoryPerCard: 2 },
    ...{ estimateMs: 3_600_000, limitMs: 3_600_000, runMs: 60_000 },
  });
  expect(second).toMatchObject({ estimateMs: 30_000, limitMs: 60_000 });
});

test("stretches of a job count with its own line; alone they are impossible", () => {
  const lines = [job({ job: 1 }), job({ job: 1, status: 2 }), job({ job: 2, status: 3 })];
  const { jobs, impossible } = readSwf(source(lines.join("\n")), {});
  expect(jobs.map(({ id }) => id)).toStrictEqual(["job-0000001"]);
  expect(impossible.map(({ id }) => id)).toStrictEqual(["job-0000002"]);
});

test.each([
  [{ run: -1, status: 5 }, "cancelled before it started"],
  [{ run: 0 }, "ran for no time"],
  [{ allocated: 0 }, "no number of processors"],
  [{ submit: -1 }, "no time of submission"],
])("a job with %j is impossible: %s", (differs, why) => {
  const { jobs, impossible } = readSwf(source(job(differs)), {});
  expect(jobs).toStrictEqual([]);
  expect(impossible[0]?.why).toContain(why);
});

test("wrong lines are told by line and field", () => {
  const text = `; a\n${job({ run: -2 })}\n1 2 3\n${job({ user: 0.5, job: 7 })}\n`;
  expect(placesOf(() => readSwf(source(text), {}))).toStrictEqual([
    "2 run (4)",
    "3 line",
    "4 user (12)",
  ]);
  expect(placesOf(() => readSwf(source(`${job()}\n${job()}`), {}))).toStrictEqual(["2 job (1)"]);
});
