import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { centreSpec, createClient, routes, type Client } from "@wadi/protocol";
import { durationOf, yuan, type CentreId, type TenantId } from "@wadi/core/units";
import { startProcess, until, type RegionProcess } from "@wadi/region";
import { stringify } from "yaml";

/** A region to be measured: a hub with its embedded database, and agents of one kind. */
export interface BenchRegion {
  readonly url: string;
  readonly operator: Client;
  readonly tenantKey: string;
  readonly hub: RegionProcess;
  /** The hub's folder. */
  readonly hubState: string;
  readonly agents: readonly RegionProcess[];
  stop(): Promise<void>;
}

export interface BenchRegionOptions {
  readonly centres: number;
  readonly cardsPerCentre: number;
  readonly engine: "fake" | "host";
}

const repository = resolve(import.meta.dirname, "..");
const tenant = "bench" as TenantId;
const nobody = { tenant: null, provider: null, fund: null };

/** Durable as in production; only the rate limits are off, since one key sends everything. */
export async function startRegion(options: BenchRegionOptions): Promise<BenchRegion> {
  const state = await mkdtemp(join(tmpdir(), "wadi-bench-"));
  const logs = join(state, "logs");
  const hub = await startProcess({
    name: "hub",
    logs,
    command: [join(repository, "packages/hub/src/main.ts")],
    env: {
      WADI_STATE: join(state, "hub"),
      WADI_LISTEN: "127.0.0.1:0",
      WADI_LOG_LEVEL: "warn",
      WADI_RATE_KEY: "off",
      WADI_RATE_OPERATOR: "off",
      WADI_RATE_AGENT: "off",
    },
  });
  const url = await until(
    async () => {
      const text = await readFile(join(state, "hub/hub.json"), "utf8").catch(() => undefined);
      return text === undefined ? undefined : (JSON.parse(text) as { url: string }).url;
    },
    { by: hub },
  );
  const key = (await readFile(join(state, "hub/operator.key"), "utf8")).trim();
  const operator = createClient({ hub: url, key });
  const tenantKey = await setUp(operator);
  const agents: RegionProcess[] = [];
  for (let i = 1; i <= options.centres; i += 1) {
    const centre = `centre-${i}` as CentreId;
    agents.push(await startCentre(operator, { centre, url, state, logs, options }));
  }
  for (const [i, agent] of agents.entries()) {
    const params = { id: `centre-${i + 1}` as CentreId };
    await until(
      async () =>
        (await operator.call(routes.readCentre, { params })).state === "up" ? true : undefined,
      { by: agent },
    );
  }
  return {
    url,
    operator,
    tenantKey,
    hub,
    hubState: join(state, "hub"),
    agents,
    stop: async () => {
      await Promise.all(agents.map((agent) => agent.stop()));
      await hub.stop();
      await rm(state, { recursive: true, force: true });
    },
  };
}

async function setUp(operator: Client): Promise<string> {
  const quota = { cards: null, queuedJobs: null };
  await operator.call(routes.putProvider, {
    params: { id: "bench" as never },
    body: { name: "Bench" },
  });
  await operator.call(routes.putTenant, { params: { id: tenant }, body: { name: "Bench", quota } });
  await operator.call(routes.topUp, {
    params: { id: tenant },
    idempotencyKey: "bench",
    body: { amount: yuan(1_000_000_000n), note: "" },
  });
  const made = await operator.call(routes.makeKey, {
    body: {
      label: "bench",
      role: "tenant-admin",
      scope: { ...nobody, tenant },
      permissions: null,
      validFor: durationOf(86_400_000),
    },
  });
  return made.secret;
}

async function startCentre(
  operator: Client,
  at: { centre: CentreId; url: string; state: string; logs: string; options: BenchRegionOptions },
): Promise<RegionProcess> {
  const { centre, url, options } = at;
  const params = { id: centre };
  const cards = options.cardsPerCentre;
  await operator.call(routes.putCentre, { params, body: centreOf(centre, cards) });
  const body = { validFor: durationOf(600_000) };
  const { joinToken } = await operator.call(routes.makeJoinToken, { params, body });
  const config = join(at.state, `${centre}.yaml`);
  const host = { id: `${centre}-host`, cpu: 1000, memory: "1TiB" };
  const hosts = [{ ...host, cards: [{ model: "h100-sxm", count: cards }] }];
  const runs = { user: "own-or-agents" };
  await writeFile(config, stringify({ engine: options.engine, hosts, runs }));
  const main = join(repository, "packages/agent/src/main.ts");
  const folders = ["--state", join(at.state, centre), "--config", config];
  const more = ["--stop-runs-on-exit", "--log-level", "warn"];
  return startProcess({
    name: `agent-${centre}`,
    logs: at.logs,
    command: [main, "join", "--run", "--hub", url, ...folders, ...more],
    env: { WADI_JOIN_TOKEN: joinToken },
  });
}

/** One pool of one host, at one price. */
function centreOf(centre: CentreId, cards: number) {
  const host = { id: `${centre}-host`, cards, cpu: 1000, memory: "1TiB" };
  const prices = { timeZone: "UTC", periods: [{ rules: [{ perCardHour: "10.00" }] }] };
  return centreSpec.parse({
    name: { en: centre, zh: centre },
    kind: "general",
    place: `place-of-${centre}`,
    provider: "bench",
    timeZone: "UTC",
    pools: [{ id: `${centre}-pool`, model: "h100-sxm", emulated: true, hosts: [host], prices }],
  });
}
