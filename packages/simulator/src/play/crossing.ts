import type { Crossing, HostNow, Policy } from "@wadi/core/dispatch";

/** The narrowest thing that holds all of a run's hosts; what nobody says is taken as not shared. */
export function crossingOf(hosts: readonly HostNow[]): Crossing {
  const [first] = hosts;
  if (!first || hosts.every(({ id }) => id === first.id)) return "host";
  for (const level of ["domain", "rack", "block"] as const) {
    if (first[level] !== null && hosts.every((host) => host[level] === first[level])) return level;
  }
  return "pool";
}

/** How much longer a run takes that crosses so far. */
export const slowdownOf = (crossing: Crossing, { layout }: Policy) =>
  1 + layout.crossing[crossing] / 1000;
