import { defaultPolicy, type Policy } from "@wadi/core/dispatch";
import { asId, type JobId, type TenantId } from "@wadi/core/units";
import { jobSpec } from "@wadi/protocol/job-spec";
import { beforeAll, expect, onTestFinished, test } from "vitest";

import { testDb } from "../../testing/index.ts";
import { testHub } from "../../testing/test-hub.ts";
import { aJob, makeWorld, type World } from "../../testing/world.ts";
import { openAskThread, openRegionAsks } from "./region-asks.ts";

/* Any region is a large one here: the thread answers all, but where a test says otherwise. */

const db = await testDb();
const hub = await testHub(db);
let world: World;
beforeAll(async () => {
  world = await makeWorld(hub);
});

function asks(options: Parameters<typeof openRegionAsks>[1] = {}) {
  const opened = openRegionAsks(hub.hub, { hereMax: 0, ...options });
  onTestFinished(() => opened.close());
  return opened;
}
/** The thread, counting the questions that it was given. */
function countedThread() {
  const thread = openAskThread(hub.hub);
  const counted = {
    ...thread,
    begun: 0,
    ask: (question: Parameters<typeof thread.ask>[0]) => {
      counted.begun += 1;
      return thread.ask(question);
    },
  };
  return counted;
}
const nothingKnown = { promised: [], scarcity: null, language: "en" } as const;
const spec = () => jobSpec.parse({ ...aJob(world.model), deadline: "2099-01-01T00:00:00Z" });
const aQuote = () => ({
  ...nothingKnown,
  spec: spec(),
  tenant: asId<TenantId>("acme"),
  behind: undefined,
});
/** What is the same at any time, as it travels. */
const timeless = (value: object) =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (["at", "age", "startsAt", "longestWait"].includes(key)) return undefined;
      return typeof inner === "bigint" ? `${inner}` : inner;
    }),
  ) as object;

test("the thread answers what would be answered here", async () => {
  const here = asks({ hereMax: 1000 });
  const there = asks();
  const draft: Policy = { ...defaultPolicy, order: "oldest" };
  const wait = { ...nothingKnown, job: asId<JobId>(world.job) };
  for (const ask of [
    (by: typeof here) => by.report({ language: "zh" }),
    (by: typeof here) => by.diff({ draft, limit: 10 }),
    (by: typeof here) => by.explainWait(wait),
    (by: typeof here) => by.quote(aQuote()),
  ]) {
    expect(timeless(await ask(there))).toEqual(timeless(await ask(here)));
  }
});

test("a report asked while another is made waits; those that wait alike share one", async () => {
  const thread = countedThread();
  const there = asks({ thread });
  const first = there.report({ language: "en" });
  await expect.poll(() => thread.begun).toBe(1);
  const later = [1, 2, 3].map(() => there.report({ language: "en" }));
  const other = there.report({ language: "zh" });
  const [begun, ...rest] = await Promise.all([first, ...later]);
  expect(rest[1]).toBe(rest[0]);
  expect(rest[2]).toBe(rest[0]);
  expect(rest[0]).not.toBe(begun);
  expect(Temporal.Instant.compare(rest[0]!.at, begun.at)).toBeGreaterThanOrEqual(0);
  expect(await other).not.toBe(rest[0]);
  expect(thread.begun).toBe(3);
});

test("more questions than may wait are refused at once", async () => {
  const thread = countedThread();
  const there = asks({ waitingMax: 1, thread });
  const first = there.quote(aQuote());
  await expect.poll(() => thread.begun).toBe(1);
  const more = [there.quote(aQuote()), there.quote(aQuote())];
  const outcomes = await Promise.allSettled([first, ...more]);
  const refused = outcomes.filter(({ status }) => status === "rejected");
  expect(refused).toMatchObject([{ reason: { name: "TooBusy" } }]);
});

test("what is refused is refused as it would be here", async () => {
  const job = asId<JobId>(crypto.randomUUID());
  const asked = asks().explainWait({ ...nothingKnown, job });
  await expect(asked).rejects.toMatchObject({ name: "Refused", code: "not-found", facts: { job } });
});

test("a thread that is killed says so, and the next question is answered by another", async () => {
  const thread = countedThread();
  const there = asks({ thread });
  const outcome = there.report({ language: "en" }).catch((error: unknown) => error);
  await expect.poll(() => thread.begun).toBe(1);
  await thread.end();
  expect(await outcome).toMatchObject({
    message: 'answering "report" about the region',
    cause: { message: 'the thread "asks" has ended' },
  });
  await expect(there.report({ language: "en" })).resolves.toMatchObject({ looksAt: { runs: 0 } });
});

test("after it was closed nothing is answered", async () => {
  const there = asks();
  await there.report({ language: "en" });
  await there.close();
  await expect(there.report({ language: "en" })).rejects.toMatchObject({
    cause: { message: 'the thread "asks" is closed' },
  });
});
