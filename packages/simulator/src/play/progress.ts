import type { Play } from "./state.ts";

/**
 * Counts the jobs that have ended, and tells who wants to know at most a thousand times.
 * @returns how many have ended, each time it is called
 */
export function progressOf(play: Play): () => number {
  const { onProgress } = play.setting;
  const jobs = play.jobs.length;
  const step = Math.max(1, Math.ceil(jobs / 1000));
  let told = 0;
  return () => {
    const ended = play.coming - play.tally.waiting() - play.running.size;
    if (onProgress && (ended >= told + step || (ended === jobs && told < jobs))) {
      told = ended;
      onProgress({ atMs: play.nowMs, ended, jobs });
    }
    return ended;
  };
}
