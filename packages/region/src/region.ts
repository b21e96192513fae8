import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { centreSpec, createClient, routes, type Client } from "@wadi/protocol";
import { durationOf, type CentreId } from "@wadi/core/units";
import { stringify } from "yaml";

import { startProcess, until, type RegionProcess } from "./processes.ts";
import type { RegionFile } from "./region-file.ts";
import type { Screen } from "./screen.ts";
import type { Settings } from "./settings.ts";

/** A hub and the agents of its centres, all on this machine. */
export interface Region {
  readonly hub: string;
  readonly operator: Client;
  /** Ends agents first, so that what they have to say is heard, then the hub. */
  stop(): Promise<void>;
  /** Rejects when one of the processes ends by itself. */
  readonly broken: Promise<never>;
}

export async function startHub(
  settings: Settings,
  screen: Screen,
): Promise<Region & { processes: RegionProcess[] }> {
  const state = join(settings.state, "hub");
  const main = join(settings.repository, "packages/hub/src/main.ts");
  // Runs have users of their own, who must be able to pass through to their folders.
  await mkdir(settings.state, { recursive: true, mode: 0o711 });
  await mkdir(state, { recursive: true, mode: 0o700 });
  await rm(join(state, "hub.json"), { force: true });
  const hub = await startProcess({
    name: "hub",
    command: [main],
    logs: join(settings.state, "logs"),
    env: { WADI_STATE: state, WADI_LISTEN: `127.0.0.1:${settings.port}` },
  });
  const url = await screen.during("starting the hub and its database", () =>
    until(() => readUrl(join(state, "hub.json")), { by: hub }),
  );
  const key = (await readFile(join(state, "operator.key"), "utf8")).trim();
  const operator = createClient({ hub: url, key });
  const processes = [hub];
  return {
    hub: url,
    operator,
    processes,
    broken: hub.unexpectedEnd,
    stop: async () => {
      const [first, ...agents] = processes;
      await Promise.all(agents.map((agent) => agent.stop()));
      await first?.stop();
    },
  };
}

/** Joins an agent for each centre that has none yet, and starts them all. */
export async function startAgents(
  region: Region & { processes: RegionProcess[] },
  at: { settings: Settings; file: RegionFile; screen: Screen },
): Promise<void> {
  const { settings, file, screen } = at;
  for (const id of Object.keys(file.centres) as CentreId[]) {
    const state = join(settings.state, "agents", id);
    await writeAgentConfig(state, { id, file });
    region.processes.push(await startAgent(region, { id, state, settings }));
  }
  await screen.during("waiting for the centres to report", async () => {
    for (const agent of region.processes.slice(1)) {
      const id = agent.name.replace("agent-", "") as CentreId;
      await until(
        async () => {
          const { state } = await region.operator.call(routes.readCentre, { params: { id } });
          return state === "up" ? true : undefined;
        },
        { by: agent },
      );
    }
  });
}

/** An agent that has joined before goes on as it was; else it joins with a token of its own. */
async function startAgent(
  { hub, operator }: Region,
  { id, state, settings }: { id: CentreId; state: string; settings: Settings },
): Promise<RegionProcess> {
  const main = join(settings.repository, "packages/agent/src/main.ts");
  const logs = join(settings.state, "logs");
  const common = ["--state", state, "--config", join(state, "agent.yaml"), "--stop-runs-on-exit"];
  const name = `agent-${id}`;
  if (await isMemberOf(hub, state)) {
    return startProcess({ name, logs, env: {}, command: [main, "run", ...common] });
  }
  const { joinToken } = await operator.call(routes.makeJoinToken, {
    params: { id },
    body: { validFor: durationOf(600_000) },
  });
  const command = [main, "join", "--run", "--hub", hub, ...common] as const;
  return startProcess({ name, logs, env: { WADI_JOIN_TOKEN: joinToken }, command: [...command] });
}

/** The hosts of the centre's pools, as slots on this machine. */
async function writeAgentConfig(
  state: string,
  { id, file }: { id: CentreId; file: RegionFile },
): Promise<void> {
  await mkdir(state, { recursive: true, mode: 0o711 });
  const { pools } = centreSpec.encode(file.centres[id]!);
  const hosts = pools.flatMap(({ model, hosts: all }) =>
    all.map(({ id: host, cpu, memory, cards }) => ({
      id: host,
      cpu,
      memory,
      cards: [{ model, count: cards }],
    })),
  );
  const bin = dirname(process.execPath);
  const runs = {
    user: "own-or-agents",
    path: `${bin}:/usr/local/bin:/usr/bin:/bin`,
    mustReach: [process.execPath],
  };
  const config = { engine: "host", hosts, runs, readings: { every: "5s" } };
  await writeFile(join(state, "agent.yaml"), stringify(config));
}

async function isMemberOf(hub: string, state: string): Promise<boolean> {
  try {
    const text = await readFile(join(state, "membership.json"), "utf8");
    return (JSON.parse(text) as { hub: string }).hub === hub;
  } catch {
    return false; // it has not joined, or the file was cut off
  }
}

async function readUrl(file: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(file, "utf8")) as { url: string }).url;
  } catch {
    return undefined; // not written yet
  }
}
