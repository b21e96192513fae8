import type { EngineRef, Isolation, RunSpec } from "../engine.ts";
import { boundedFile, type BoundedFile } from "./output-limit.ts";
import type { Replica } from "./replica.ts";
import type { ReplicaTree } from "./replica-tree.ts";
import type { Bridge } from "./cards/busy-count.ts";
import type { Seat } from "./seats.ts";

/** What a run is made of once its replicas are up. */
export interface RunParts {
  readonly ref: EngineRef;
  readonly spec: RunSpec;
  readonly seats: readonly Seat[];
  readonly isolation: Isolation;
  readonly replicas: readonly (Replica & { readonly tree: ReplicaTree })[];
  readonly outputs: readonly { readonly stdout: string; readonly stderr: string }[];
  readonly outputBytesMax: number;
  readonly machineOomKills: () => number;
  readonly bridge: Bridge;
}

/** One replica, and how far it has come. */
export interface Member {
  readonly replica: number;
  readonly process: RunParts["replicas"][number];
  readonly outputs: { readonly stdout: BoundedFile; readonly stderr: BoundedFile };
  cpuMs: number;
  /** Has heard that it is to end. */
  asked: boolean;
  ended: boolean;
  released: boolean;
  gone: boolean;
}

export const membersOf = (parts: RunParts): Member[] =>
  parts.replicas.map((process, replica) => {
    const { stdout = "", stderr = "" } = parts.outputs[replica] ?? {};
    return {
      replica,
      process,
      outputs: {
        stdout: boundedFile(stdout, parts.outputBytesMax),
        stderr: boundedFile(stderr, parts.outputBytesMax),
      },
      cpuMs: 0,
      asked: false,
      ended: false,
      released: false,
      gone: false,
    };
  });
