import type { JobSpec } from "../job/index.ts";
import { bytes, type Bytes, type MicroYuan, type PlaceId } from "../units/index.ts";
import type { Shape } from "./snapshot.ts";

/**
 * What dispatch looks at in a job, its lists in one order so that equal wishes give equal keys.
 * Inputs that are uploads or URLs lie nowhere in the region and are not counted.
 *
 * @param budget  what may still be spent: the spec's `maxCost` less what was charged already
 */
export function shapeOf(spec: JobSpec, budget: MicroYuan | null): Shape {
  const { constraints } = spec;
  const wanted: Omit<Shape, "key"> = {
    priority: spec.priority,
    replicas: spec.replicas,
    cards: spec.cards,
    cpu: spec.cpu,
    memory: spec.memory,
    maxRunTime: spec.maxRunTime,
    deadline: spec.deadline,
    budget,
    waitingCostPerHour: spec.waitingCostPerHour,
    constraints: {
      places: constraints.places.toSorted(),
      domesticOnly: constraints.domesticOnly,
      allowCentres: constraints.allowCentres.toSorted(),
      denyCentres: constraints.denyCentres.toSorted(),
    },
    data: dataByPlace(spec),
    checkpoints: spec.checkpoint !== null,
  };
  return { key: keyOf(wanted), ...wanted };
}

function dataByPlace({ inputs }: JobSpec): Shape["data"] {
  const sums = new Map<PlaceId, Bytes>();
  for (const input of inputs) {
    if (input.kind !== "dataset") continue;
    const before = sums.get(input.place) ?? 0n;
    sums.set(input.place, bytes(before + (input.bytes ?? 0n)));
  }
  return [...sums]
    .map(([place, sum]) => ({ place, bytes: sum }))
    .toSorted((a, b) => (a.place < b.place ? -1 : 1));
}

function keyOf(wanted: Omit<Shape, "key">): string {
  return JSON.stringify(Object.values(wanted), (_, value: unknown) =>
    typeof value === "bigint" ? `${value}` : value,
  );
}
