import { z } from "zod";
import type { JobId, RunId } from "@wadi/core/units";
import { lease, type Lease } from "@wadi/protocol";

let uuids = 0;

/** A UUID of its own kind, for tests. */
export const newUuid = <I extends string>(): I => {
  uuids += 1;
  return `01990000-0000-7000-8000-${String(uuids).padStart(12, "0")}` as I;
};

interface Differs extends Partial<Omit<Lease, "spec">> {
  readonly spec?: Partial<Lease["spec"]>;
}

/** A lease for tests: one replica with one card, of a job that can be run again. */
export function aLease({ spec, ...differs }: Differs = {}): Lease {
  const written: z.input<typeof lease> = {
    run: newUuid<RunId>(),
    generation: 1,
    job: newUuid<JobId>(),
    attempt: 1,
    spec: {
      version: 1,
      name: "a job",
      run: { kind: "command", argv: ["true"] },
      cards: { options: [{ model: "h100" }] },
      maxRunTime: "1h",
    },
    arrayIndex: null,
    pool: "a-pool",
    model: "h100",
    cardsPerReplica: 1,
    placement: [{ host: "a-host", replicas: 1 }],
    emulated: true,
    maxRunTime: "1h",
  };
  const decoded = z.decode(lease, written);
  return { ...decoded, ...differs, spec: { ...decoded.spec, ...spec } };
}
