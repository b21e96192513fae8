import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { routes, type Client } from "@wadi/protocol";
import {
  durationOf,
  mebibytes,
  type CardModelId,
  type CentreId,
  type HostId,
} from "@wadi/core/units";
import type { Spell } from "@wadi/core/job";
import { closeKeeper, type EngineHost } from "@wadi/agent";

import { openFarCentre, type FarCentre } from "./far-centre.ts";
import { runToEnd, startProcess } from "./processes.ts";
import type { Proxy } from "./proxy.ts";
import { endsInstead, openSeat, type Seat } from "./seat.ts";
import { until } from "./until.ts";

/** A centre of the region: its agent's process, the way to the hub, and what its engine shows. */
export interface CentreSeat extends Seat {
  readonly id: CentreId;
  readonly link: Proxy;
  /** The agent's files. */
  readonly state: string;
  /** Its engine, where that is a far one. */
  readonly far: FarCentre | null;
  spells(): Spell[];
  /** Ends the agent as a centre that closes does: its runs are stopped, and told so. */
  stopWithRuns(): Promise<void>;
  /** Kills, at once, the process that keeps the runs of a host engine, and them with it. */
  killKeeper(): Promise<void>;
  close(): Promise<void>;
}

export interface CentreWish {
  readonly id: CentreId;
  readonly engine: "far" | "host";
  readonly folder: string;
  readonly repository: string;
  readonly link: Proxy;
  readonly operator: Client;
  /** Each with so many cards of the model. */
  readonly hosts: readonly HostId[];
  readonly model: CardModelId;
  readonly cardsPerHost: number;
  /** More of the agent's configuration, as YAML. */
  readonly config?: string;
  /** In place of a folder of the region's. */
  readonly state?: string;
}

async function killKeeper(engineFolder: string): Promise<void> {
  const text = await readFile(path.join(engineFolder, "keeper/pid"), "utf8").catch(() => "");
  const pid = Number(text);
  if (pid > 1) process.kill(pid, "SIGKILL");
}

/** Joins the centre, without starting its agent yet. */
export async function openCentreSeat(wish: CentreWish): Promise<CentreSeat> {
  const { id, engine, folder, repository, link, operator } = wish;
  const state = wish.state ?? path.join(folder, `agent-${id}`);
  const configFile = path.join(folder, `agent-${id}.yaml`);
  const config = configOf(wish);
  await mkdir(state, { recursive: true, mode: 0o711 });
  await writeFile(configFile, config);
  const { joinToken } = await operator.call(routes.makeJoinToken, {
    params: { id },
    body: { validFor: durationOf(600_000) },
  });
  const main = path.join(repository, "packages/agent/src/main.ts");
  await runToEnd({
    name: `join-${id}`,
    folder,
    env: { WADI_JOIN_TOKEN: joinToken },
    command: [main, "join", "--hub", link.url, "--state", state, "--config", configFile],
  });

  const socket = path.join(folder, `${id}.sock`);
  const far = engine === "far" ? await openFarCentre(hostsOf(wish), { name: id, socket }) : null;
  const farMain = path.join(import.meta.dirname, "far-agent-main.ts");
  const seat = openSeat(`agent-${id}`, {
    start: () =>
      startProcess({
        name: `agent-${id}`,
        folder,
        env: {},
        command: far ? [farMain, state, socket, config] : [main, "run", "--state", state],
      }),
    ready: (process) => isUp(operator, id, endsInstead(process)),
  });
  return {
    ...seat,
    id,
    link,
    state,
    far,
    stopWithRuns: () => seat.stop("SIGUSR2"),
    spells: () => far?.book.all() ?? [],
    killKeeper: () => killKeeper(path.join(state, "engine")),
    close: async () => {
      if (!far) await closeKeeper(path.join(state, "engine"));
      await far?.close();
      await link.close();
    },
  };
}

async function isUp(operator: Client, id: CentreId, unless: Promise<never>): Promise<void> {
  const ask = async () => {
    const { state } = await operator.call(routes.readCentre, { params: { id } });
    return state !== "never-joined" && state !== "unknown";
  };
  await until(`the hub hears of ${id}`, ask, { withinMs: 60_000, unless });
}

const configOf = ({ hosts, model, cardsPerHost, config = "" }: CentreWish): string => {
  const offered = hosts.map((id) => ({
    id,
    cpu: 64,
    memory: "64GiB",
    cards: [{ model, count: cardsPerHost }],
  }));
  return `engine: host\nhosts: ${JSON.stringify(offered)}\n${config}\n`;
};

const hostsOf = ({ hosts, model, cardsPerHost }: CentreWish): EngineHost[] =>
  hosts.map((id, host) => ({
    id,
    cpuCores: 64,
    memory: mebibytes(65_536),
    emulated: true,
    cards: Array.from({ length: cardsPerHost }, (_, device) => ({
      slot: host * cardsPerHost + device,
      device,
      model,
      emulated: true,
    })),
  }));
