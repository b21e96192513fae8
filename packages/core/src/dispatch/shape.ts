import type { JobSpec } from "../job/index.ts";
import { bytes, type Bytes, type MicroYuan, type PlaceId, type PoolId } from "../units/index.ts";
import type { DataAt, Shape } from "./snapshot.ts";

/** What a job has become since it was submitted, as far as dispatch looks at it. */
export interface Since {
  /** What may still be spent: the spec's `maxCost` less what was charged already. */
  readonly budget: MicroYuan | null;
  /** Pools that refused a run of it for good. */
  readonly ruledOut?: readonly PoolId[];
  /** Where its last checkpoint lies, and how large it is: to be brought like its data. */
  readonly checkpointAt?: { readonly place: PlaceId; readonly bytes: Bytes } | null;
}

/**
 * What dispatch looks at in a job, its lists in one order so that equal wishes give equal keys.
 * Inputs that are uploads or URLs lie nowhere in the region and are not counted.
 */
export function shapeOf(spec: JobSpec, since: Since): Shape {
  const { constraints, cards, replicas, cpu, memory, maxRunTime } = spec;
  const { budget, ruledOut = [], checkpointAt = null } = since;
  const own = checkpointAt ? [keptAt(checkpointAt)] : [];
  return keyed({
    ...{ replicas, cards, cpu, memory, maxRunTime },
    priority: spec.priority,
    deadlineMs: spec.deadline?.epochMilliseconds ?? null,
    budget,
    waitingCostPerHour: spec.waitingCostPerHour,
    constraints: {
      places: constraints.places.toSorted(),
      domesticOnly: constraints.domesticOnly,
      allowCentres: constraints.allowCentres.toSorted(),
      denyCentres: constraints.denyCentres.toSorted(),
    },
    ruledOut: ruledOut.toSorted(),
    data: [...dataByPlaces(spec), ...own],
    checkpoints: spec.checkpoint !== null,
    preemptible: spec.preemptible,
  });
}

/** The shape of a job that asks for something else in these points, with its keys. */
export const reshaped = (shape: Shape, differs: Partial<Wanted>): Shape =>
  keyed({ ...shape, ...differs });

type Wanted = Omit<Shape, "key" | "family">;

/** With its keys, whatever the order in which its fields stand. */
function keyed(shape: Wanted): Shape {
  const { replicas, cards, cpu, memory, maxRunTime, priority, deadlineMs, budget } = shape;
  const { waitingCostPerHour, constraints, ruledOut, data, checkpoints, preemptible } = shape;
  const work = { replicas, cards, cpu, memory, maxRunTime };
  const terms = { priority, deadlineMs, budget, waitingCostPerHour, constraints };
  const wanted = { ...work, ...terms, ruledOut, data, checkpoints, preemptible };
  return { key: keyOf(wanted), family: keyOf(work), ...wanted };
}

const keptAt = ({ place, bytes: size }: NonNullable<Since["checkpointAt"]>): DataAt => ({
  places: [place],
  bytes: size,
  checkpoint: true,
});

function dataByPlaces({ inputs }: JobSpec): Shape["data"] {
  const sums = new Map<string, { places: PlaceId[]; sum: bigint }>();
  for (const input of inputs) {
    if (input.kind !== "dataset") continue;
    const places = [...new Set([input.place, ...input.replicas])].toSorted();
    const key = places.join(" ");
    const before = sums.get(key)?.sum ?? 0n;
    sums.set(key, { places, sum: before + (input.bytes ?? 0n) });
  }
  return [...sums.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { places, sum }]) => ({ places, bytes: bytes(sum) }));
}

function keyOf(wanted: object): string {
  return JSON.stringify(Object.values(wanted), (_, value: unknown) =>
    typeof value === "bigint" ? `${value}` : value,
  );
}
