import type { JobId } from "@wadi/core/units";
import type { Dispatcher } from "../dispatcher.ts";
import { random } from "../generator/random.ts";
import { needKey } from "./alternatives.ts";
import { firstWithRoom } from "./first-with-room.ts";
import { openView } from "./view.ts";
import { walk } from "./walk.ts";

/**
 * Each job is sent to every pool that could run it, and whoever has room first takes it; of several
 * at once, chance says who. Copies Kueue's MultiKueue with `AllAtOnce`
 * (https://kueue.sigs.k8s.io/docs/concepts/multikueue) and Slurm's federation, whose siblings race
 * to start a job (https://slurm.schedmd.com/federation.html). As both do by default, what finds no
 * room is passed over (`BestEffortFIFO`, backfill).
 */
export function race(seed: number): Dispatcher {
  const view = openView(needKey);
  const chance = random(seed).fork("race");
  const drawn = new Map<JobId, number>();
  const drawOf = (job: JobId) => {
    const known = drawn.get(job) ?? chance.below(2 ** 32);
    drawn.set(job, known);
    return known;
  };
  return {
    name: "race to the first free",
    tell: (changes) => view.tell(changes),
    decide: () => {
      const places = new Map(view.rooms().map(({ pool }, at) => [pool.id, at]));
      return walk(view, {
        choose: ({ job }, group) => {
          const start = drawOf(job.id);
          return firstWithRoom(view, group, ({ pool }) => turnOf(start, places.get(pool.id)!));
        },
      });
    },
  };
}

/** An order of the pools of the job's own: every pool is as likely to be the first. */
const turnOf = (start: number, place: number) =>
  Math.imul(start ^ Math.imul(place + 1, 0x9e3779b9), 0x85ebca6b) >>> 0;
