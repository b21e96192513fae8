import { join } from "node:path";
import { asId, type HostId } from "@wadi/core/units";
import type { AgentConfig } from "./config.ts";
import type { Engine, EngineHost, EngineInventory } from "./engines/engine.ts";
import { FakeCentre } from "./engines/fake/fake-centre.ts";
import { realClock } from "./engines/fake/fake-clock.ts";
import { openFakeEngine } from "./engines/fake/fake-engine.ts";
import { hostDefaults, type OfferedHost } from "./engines/host/config.ts";
import { closeKeeper, openHostEngine } from "./engines/host/host-engine.ts";
import { machineAsHost } from "./engines/host/seats.ts";

/** The engine that the configuration asks for, its files below the state folder. */
export function openEngine(config: AgentConfig, state: string): Engine {
  const hosts = hostsOf(config);
  if (config.engine === "fake") return openFakeEngine(new FakeCentre(pretend(hosts), realClock()));
  const { look, path: toolPath } = config.cards;
  const { network, user, processes, path, mustReach } = config.runs;
  return openHostEngine({
    folder: folderIn(state),
    config: {
      hosts,
      network,
      user,
      processesMax: processes,
      jobPath: path,
      mustReach,
      cards: { ...hostDefaults.cards, everyMs: look, path: toolPath },
      outputBytesMax: config.logs.bytesPerStream,
    },
  });
}

/** Ends what the engine keeps for itself beside its runs, and any run that is still left. */
export async function endEngine(engine: Engine, state: string): Promise<void> {
  await engine.close();
  if (engine.kind === "host") await closeKeeper(folderIn(state));
}

const folderIn = (state: string) => join(state, "engine");

/** What the engine has, as the hub is told: as it travels. */
export function inventoryOf(
  engine: Engine["kind"],
  { hosts, isolation }: EngineInventory,
  agentVersion: string,
): unknown {
  return {
    engine,
    agentVersion,
    hosts: hosts.map(({ id, cpuCores, memory, cards }) => ({
      id,
      cpuCores,
      memory: `${memory}MiB`,
      cards: countCards(cards),
      serials: cards.flatMap(({ slot, serial }) =>
        serial === undefined ? [] : [{ slot, serial }],
      ),
    })),
    isolation,
  };
}

function hostsOf({ hosts }: AgentConfig): OfferedHost[] {
  if (hosts) return hosts.map(({ cpu, ...host }) => ({ ...host, cpuCores: cpu }));
  const machine = machineAsHost(asId<HostId>("this-machine"));
  const count = Math.max(1, Math.floor(machine.cpuCores));
  return [{ ...machine, cards: [{ model: asId("cpu"), count }] }];
}

/** Everything about a fake centre is emulated. */
function pretend(hosts: readonly OfferedHost[]): EngineHost[] {
  let slot = 0;
  return hosts.map((host) => {
    const cards = host.cards.flatMap(({ model, count }) =>
      Array.from({ length: count }, (_, device) => ({
        slot: slot++,
        device,
        model,
        emulated: true,
      })),
    );
    return { ...host, emulated: true, cards };
  });
}

function countCards(cards: EngineHost["cards"]) {
  const counts = new Map<string, { model: string; emulated: boolean; count: number }>();
  for (const { model, emulated } of cards) {
    const key = `${model} ${emulated}`;
    const { count } = counts.get(key) ?? { count: 0 };
    counts.set(key, { model, emulated, count: count + 1 });
  }
  return [...counts.values()];
}
