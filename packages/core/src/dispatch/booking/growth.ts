import type { Need } from "../snapshot.ts";
import { emptyRoom, releasesOf, type HostLine } from "./host-line.ts";
import { change, needKey, replicasIn } from "./room.ts";

/**
 * When hosts come to hold more replicas of one need, beside the runs on them and nothing else:
 * three columns, soonest first. What is free at once stands under `longAgo`.
 */
export interface Growth {
  readonly timesMs: Float64Array;
  readonly hosts: Int32Array;
  /** How many replicas more. */
  readonly gains: Int32Array;
  /** All changes up to this one are in it. */
  readonly version: number;
}

interface Step {
  readonly atMs: number;
  readonly host: number;
  readonly gain: number;
}

const nothing: Growth = {
  timesMs: new Float64Array(0),
  hosts: new Int32Array(0),
  gains: new Int32Array(0),
  version: -1,
};

/** So many needs are kept worked out for one pool; the one not asked for longest goes first. */
const keptMax = 16;

/** Growths of the needs asked for lately. */
export function keepGrowths(lines: readonly HostLine[]) {
  const kept = new Map<string, Growth>();
  return {
    of(need: Need, version: number): Growth {
      const key = needKey(need);
      const growth = growthOf(lines, need, { version, before: kept.get(key) });
      kept.delete(key);
      kept.set(key, growth);
      for (const oldest of kept.keys()) {
        if (kept.size <= keptMax) break;
        kept.delete(oldest);
      }
      return growth;
    },
  };
}

/**
 * The growth of one need, made anew for the hosts that have changed since `before`; the others'
 * steps are taken over. Without changes it is `before` itself.
 */
function growthOf(
  lines: readonly HostLine[],
  need: Need,
  { version, before = nothing }: { version: number; before: Growth | undefined },
): Growth {
  if (before.version === version) return before;
  const steps: Step[] = [];
  const isChanged = new Uint8Array(lines.length);
  for (const [host, line] of lines.entries()) {
    if (line.changed <= before.version) continue;
    isChanged[host] = 1;
    addSteps(steps, { line, host, need });
  }
  steps.sort(soonestFirst);
  return merge(before, steps, { isChanged, version });
}

function addSteps(
  steps: Step[],
  { line, host, need }: { line: HostLine; host: number; need: Need },
): void {
  const room = emptyRoom(line);
  const releases = releasesOf(line);
  for (const release of releases) change(room, release, -1);
  let holds = replicasIn(room, need);
  if (holds > 0) steps.push({ atMs: Number.NEGATIVE_INFINITY, host, gain: holds });
  for (const release of releases) {
    change(room, release, 1);
    const grown = replicasIn(room, need);
    if (grown > holds) steps.push({ atMs: release.atMs, host, gain: grown - holds });
    holds = grown;
  }
}

function merge(
  before: Growth,
  steps: readonly Step[],
  { isChanged, version }: { isChanged: Uint8Array; version: number },
): Growth {
  let size = steps.length;
  for (const host of before.hosts) if (isChanged[host] === 0) size += 1;
  const after = {
    timesMs: new Float64Array(size),
    hosts: new Int32Array(size),
    gains: new Int32Array(size),
    version,
  };
  let row = 0;
  const put = (atMs: number, host: number, gain: number) => {
    after.timesMs[row] = atMs;
    after.hosts[row] = host;
    after.gains[row] = gain;
    row += 1;
  };
  const putStep = ({ atMs, host, gain }: Step) => put(atMs, host, gain);
  let next = 0;
  for (let old = 0; old < before.hosts.length; old += 1) {
    if (isChanged[before.hosts[old]!] === 1) continue;
    const oldMs = before.timesMs[old]!;
    for (; next < steps.length && steps[next]!.atMs < oldMs; next += 1) putStep(steps[next]!);
    put(oldMs, before.hosts[old]!, before.gains[old]!);
  }
  for (; next < steps.length; next += 1) putStep(steps[next]!);
  return after;
}

const soonestFirst = (a: Step, b: Step) =>
  a.atMs < b.atMs ? -1 : a.atMs > b.atMs ? 1 : a.host - b.host;
