import type { Cells } from "./cells.ts";
import type { Source } from "./mistakes.ts";
import { readTable } from "./table.ts";

/*
 * Alibaba's openb trace (cluster-trace-gpu-v2023), as it stands: for experiments of packing, which
 * look at no times, and for what makes jobs and pools of it.
 */

export interface OpenbHost {
  readonly sn: string;
  readonly cpuMilli: number;
  readonly memoryMiB: number;
  readonly cards: number;
  /** "" where it has no cards. */
  readonly model: string;
}

export interface OpenbPod {
  readonly name: string;
  readonly cpuMilli: number;
  readonly memoryMiB: number;
  readonly cards: number;
  /** Of each card, in thousandths; 0 where it asks for none. */
  readonly cardMilli: number;
  /** The models it may have, each once; empty: any. */
  readonly models: readonly string[];
  /** Null in lists that have no times. */
  readonly times: OpenbTimes | null;
  readonly qos: string;
}

/** Seconds from the start of the trace. */
export interface OpenbTimes {
  readonly createdS: number;
  readonly deletedS: number;
  /** Null: it never was. */
  readonly scheduledS: number | null;
}

export const openbHostColumns = ["sn", "cpu_milli", "memory_mib", "gpu", "model"] as const;
export const openbPodColumns = ["name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"] as const;

/** @throws WrongInput */
export const openbHosts = (source: Source): OpenbHost[] =>
  readTable(source, { needed: openbHostColumns, optional: [], others: "ignored" }, (cells) => {
    const host = {
      sn: name(cells, "sn"),
      cpuMilli: cells.whole("cpu_milli", { least: 1, most: 65_536_000 }),
      memoryMiB: cells.whole("memory_mib", { least: 1, most: 1_073_741_824 }),
      cards: cells.whole("gpu", { least: 0, most: 4096 }),
      model: cells.text("model"),
    };
    if (host.cards > 0 && host.model === "") cells.wrong("model", "must name the host's cards");
    return host;
  });

/**
 * @param more  columns that must be there besides: `creation_time`, a column of tenants
 * @throws WrongInput
 */
export const openbPods = <T = object>(
  source: Source,
  more: {
    readonly needed: readonly string[];
    readonly read: (cells: Cells) => T;
  } = { needed: [], read: () => ({}) as T },
): (OpenbPod & T)[] => {
  const needed = [...openbPodColumns, ...more.needed];
  return readTable(source, { needed, optional: [], others: "ignored" }, (cells) => ({
    ...podOf(cells),
    ...more.read(cells),
  }));
};

function podOf(cells: Cells): OpenbPod {
  const models = cells.text("gpu_spec").split("|");
  return {
    name: name(cells, "name"),
    cpuMilli: cells.whole("cpu_milli", { least: 0, most: 65_536_000 }),
    memoryMiB: cells.whole("memory_mib", { least: 0, most: 1_073_741_824 }),
    cards: cells.whole("num_gpu", { least: 0, most: 4096 }),
    cardMilli: cells.whole("gpu_milli", { least: 0, most: 1000 }),
    models: [...new Set(models.filter((model) => model !== ""))],
    times: cells.isEmpty("creation_time") ? null : timesOf(cells),
    qos: cells.text("qos"),
  };
}

const mostS = 10_000_000_000;
const timesOf = (cells: Cells): OpenbTimes => ({
  createdS: cells.whole("creation_time", { least: 0, most: mostS }),
  deletedS: cells.whole("deletion_time", { least: 0, most: mostS }),
  scheduledS: cells.isEmpty("scheduled_time")
    ? null
    : cells.whole("scheduled_time", { least: 0, most: mostS }),
});

const name = (cells: Cells, column: string): string =>
  cells.as(column, { read: (text) => text, right: "must be a name" });
