import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import type { Need } from "@wadi/core/dispatch";
import { mebibytes, milliCores } from "@wadi/core/units";
import {
  Mistakes,
  openbHosts,
  openbPods,
  type OpenbHost,
  type OpenbPod,
  type Source,
} from "../readers/index.ts";
import type { Cells } from "../readers/cells.ts";
import { readTable } from "../readers/table.ts";
import type { PackHost, PackPod } from "./run.ts";

/** One workload of the experiment, and in which order each seed brings its pods. */
export interface PackWorkload {
  readonly name: string;
  readonly hosts: readonly PackHost[];
  /** As the trace lists them, each once. */
  readonly pods: readonly PackPod[];
  readonly orders: readonly PackOrder[];
}

export interface PackOrder {
  readonly seed: number;
  /** Who arrives, as places in `pods`; a pod may arrive more than once. */
  readonly arrivals: readonly number[];
  /** The hosts, as places in `hosts`: of equal scores the earlier wins. */
  readonly hosts: readonly number[];
}

export const packingWorkloads = [
  "default",
  "gpushare40",
  "gpushare100",
  "multigpu20",
  "multigpu50",
  "gpuspec20",
  "gpuspec33",
  "cpu100",
] as const;

export type PackWorkloadName = (typeof packingWorkloads)[number];

const firstSeed = 42;

/**
 * Alibaba's openb trace with the orders of FGD's experiment; line k of an order file is seed
 * 41 + k.
 *
 * @param folder  of traces: `openb` is read
 * @throws WrongInput that names the file, line and field
 */
export function readPackWorkload(folder: string, name: PackWorkloadName): PackWorkload {
  const openb = path.join(folder, "openb");
  const listed = openbHosts(textOf(openb, "openb_node_list_gpu_node.csv"));
  const pods = openbPods(textOf(openb, `openb_pod_list_${name}.csv`), {
    needed: [],
    read: asWritten,
  });
  const arrivals = readOrders(openb, { file: `pod-order/${name}.txt.gz`, named: pods.map(podId) });
  const hosts = readOrders(openb, { file: `node-order/${name}.txt.gz`, named: listed.map(hostId) });
  return {
    name,
    hosts: listed.map(toHost),
    pods: pods.map(toPod),
    orders: arrivals.map((places, line) => ({
      seed: firstSeed + line,
      arrivals: places,
      hosts: hosts[line] ?? listed.map((_, index) => index),
    })),
  };
}

/** Allocated % at 100 % arrived, as published, by seed. */
export function readPublished(
  folder: string,
  of: { readonly workload: PackWorkloadName; readonly policy: "05-BestFit" | "06-FGD" },
): ReadonlyMap<number, number> {
  const source = textOf(path.join(folder, "fgd"), "allocation.csv");
  const needed = ["workload", "sc_policy", "seed", "100"];
  const rows = readTable(source, { needed, optional: [], others: "ignored" }, (cells) => ({
    workload: cells.text("workload"),
    policy: cells.text("sc_policy"),
    seed: cells.whole("seed", { least: 0, most: 1_000_000 }),
    allocated: cells.as("100", { read: percent, right: "must be a percentage, 0 to 100" }),
  }));
  const own = rows.filter(
    ({ workload, policy }) => workload === `openb_pod_list_${of.workload}` && policy === of.policy,
  );
  return new Map(own.map(({ seed, allocated }) => [seed, allocated]));
}

/** Lines of ids apart by blanks, as places in `named`. */
function readOrders(
  folder: string,
  { file, named }: { readonly file: string; readonly named: readonly string[] },
): number[][] {
  const source = { file, text: gunzipSync(readFileSync(path.join(folder, file))).toString() };
  const placeOf = new Map(named.map((name, place) => [name, place]));
  const mistakes = new Mistakes(file);
  const lines = source.text.trimEnd().split("\n");
  const orders = lines.map((line, index) =>
    line.split(/\s+/).map((id, at) => {
      const place = placeOf.get(String(Number(id)));
      if (place !== undefined) return place;
      const right = "must be the number of one of the trace's pods or hosts";
      mistakes.add({ line: index + 1, field: `id ${at + 1}`, read: id, right });
      return 0;
    }),
  );
  mistakes.throwAny();
  return orders;
}

const textOf = (folder: string, file: string): Source => ({
  file,
  text: readFileSync(path.join(folder, file), "utf8"),
});

/** The digits a name ends in, without zeros before them: orders name hosts and pods so. */
const numberIn = (name: string) => String(Number(/\d+$/.exec(name)?.[0]));
const podId = ({ name }: OpenbPod) => numberIn(name);
const hostId = ({ sn }: OpenbHost) => numberIn(sn);

const toHost = (host: OpenbHost): PackHost => ({
  model: host.model,
  room: {
    cpu: host.cpuMilli,
    memory: host.memoryMiB,
    cards: Array.from({ length: host.cards }, () => 1000),
  },
});

interface Written {
  /** A list may name one model twice, and is then another kind of pod to FGD. */
  readonly written: string;
}
const asWritten = (cells: Cells): Written => ({ written: cells.text("gpu_spec") });

const toPod = (pod: OpenbPod & Written): PackPod => ({
  need: needOf(pod),
  models: pod.written.split("|").filter((model) => model !== ""),
});

const needOf = ({ cards, cardMilli, cpuMilli, memoryMiB }: OpenbPod): Need => ({
  cards,
  share: cards === 0 ? 1000 : cardMilli,
  cpu: milliCores(cpuMilli),
  memory: mebibytes(memoryMiB),
});

const percent = (text: string) => {
  const value = /^\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value <= 100 ? value : undefined;
};
