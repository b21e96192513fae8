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
