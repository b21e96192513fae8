/**
 * The environment that the region's processes get: ours, without settings that would point a hub
 * or an agent of the region elsewhere. Nothing else of this package reads the environment.
 */
export function childEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || isOfOthers(name) ? [] : [[name, value]],
    ),
  );
}

const isOfOthers = (name: string) => name.startsWith("WADI_AGENT_") || name === "WADI_KEY";
