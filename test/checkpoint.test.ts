import { asId, type CentreId, type MicroYuan, yuan, type PlaceId } from "@wadi/core/units";
import { routes } from "@wadi/protocol";
import { expect, test } from "vitest";

import { ended, read, shellJob, submit } from "./region/job.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion({
  engine: "host",
  agentConfig: "runs: { stopGrace: 500ms }",
  hubEnv: { WADI_LEASE_MS: "20000" }, // nothing here is about leases
});

/** Counts its runs in the checkpoint, and says at which it is. */
const counting = `
n=$(( $(cat state/n 2>/dev/null || echo 0) + 1 ))
echo $n > state/n
echo "run $n"
`;
const north = { allowCentres: ["north"] };

const logOf = async (id: Parameters<typeof read>[1]) => {
  const reply = await region().clients.tenant.raw(routes.readLogs, { params: { id } });
  return reply.text();
};

test("a job goes on from its checkpoint when it is tried again", async () => {
  const { tenant } = region().clients;
  const script = `${counting} [ $n -ge 3 ] || exit 75; echo done > result`;
  const job = await submit(
    tenant,
    shellJob(region(), script, {
      checkpoint: "state",
      retry: { times: 5, exitCodes: [75] },
      outputs: ["result"],
      constraints: north,
    }),
  );
  const after = await ended(tenant, job.id);
  expect(after.runs.map(({ exitCode }) => exitCode)).toEqual([75, 75, 0]);
  expect(after.state).toBe("succeeded");
  expect(await logOf(job.id)).toBe("run 3\n");
  const { items } = await tenant.call(routes.listOutputs, { params: { id: job.id } });
  expect(items).toMatchObject([{ path: "result", bytes: 5n }]);
});

test("a job whose runs were lost with their keeper goes on from its checkpoint", async () => {
  const { tenant } = region().clients;
  const [seat] = region().centres;
  const script = `${counting} [ $n -ge 2 ] || sleep 60`;
  const job = await submit(
    tenant,
    shellJob(region(), script, { checkpoint: "state", constraints: north }),
  );
  await until("the first run has written", async () => (await logOf(job.id)) === "run 1\n");
  await seat!.killKeeper();
  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({
    state: "succeeded",
    runs: [{ state: "lost" }, { state: "succeeded" }],
  });
  expect(after.runs[0]!.charge).toMatchObject({ charge: 0n });
  expect(await logOf(job.id)).toBe("run 2\n");
});

test("an agent killed and started again takes up its runs where they are", async () => {
  const { tenant } = region().clients;
  const [seat] = region().centres;
  const job = await submit(tenant, shellJob(region(), "sleep 3; echo end", { constraints: north }));
  await until("it runs", async () => (await read(tenant, job.id)).state === "running");
  await seat!.kill();
  await seat!.start();
  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({ state: "succeeded", runs: [{ generation: 1 }] });
  expect(await logOf(job.id)).toBe("end\n");
});

/** Puts the south in a place of its own, where cards cost less, and links it at such a price. */
async function moveSouth(perGB: MicroYuan): Promise<void> {
  const { operator } = region().clients;
  const id = asId<CentreId>("south");
  const { spec } = await operator.call(routes.readCentre, { params: { id } });
  const place = asId<PlaceId>("hefei");
  const pools = spec.pools.map((pool) => ({
    ...pool,
    prices: {
      ...pool.prices,
      periods: pool.prices.periods.map((period) => ({
        ...period,
        rules: period.rules.map((rule) => ({ ...rule, perCardHour: yuan(18n) })),
      })),
    },
  }));
  await operator.call(routes.putCentre, { params: { id }, body: { ...spec, place, pools } });
  const link = { from: asId<PlaceId>("hangzhou"), to: place, megabitsPerSecond: 1000, perGB };
  await operator.call(routes.putLink, { body: link });
}

test.each([
  // Ten megabytes; a minute costs 0.60 yuan in the north and 0.30 in the south. Each has a limit of
  // its own, or the second would be expected to take as little as the first did.
  ["dear", yuan(200n), "3m", "north"],
  ["cheap", yuan(1n), "4m", "south"],
])("over a %s link a job goes on where it costs least in all", async (_, perGB, limit, then) => {
  const { tenant, operator } = region().clients;
  const setSouth = (mode: "open" | "draining") =>
    operator.call(routes.setCentreMode, {
      params: { id: asId<CentreId>("south") },
      body: { mode },
    });
  await moveSouth(perGB);
  await setSouth("draining");
  const script = `head -c 10000000 /dev/zero > state/weights
case "$WADI_GENERATION" in 1) sleep 3; exit 75;; esac`;
  const retry = { times: 5, exitCodes: [75] };
  const differing = { checkpoint: "state", maxRunTime: limit, retry };
  const job = await submit(tenant, shellJob(region(), script, differing));
  await until("it runs", async () => (await read(tenant, job.id)).state === "running");
  await setSouth("open");
  const after = await ended(tenant, job.id);
  expect(after.state).toBe("succeeded");
  expect(after.runs.map(({ centre }) => centre)).toEqual(["north", then]);
  const { checkpoint, candidates } = await tenant.call(routes.explainJob, {
    params: { id: job.id },
  });
  expect(checkpoint).toMatchObject({ centre: "north", place: "hangzhou", bytes: 10_000_000n });
  const data = candidates.map(({ centre, cost }) => [String(centre), cost?.data]);
  expect(Object.fromEntries(data)).toEqual({ north: 0n, south: perGB / 100n });
});
