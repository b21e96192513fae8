import type { SimulateInput } from "./asked.ts";

/** The line that makes the report again, as it can be pasted into a shell. */
export function commandOf(input: SimulateInput): string {
  const given: readonly (readonly [string, string | number | undefined])[] = [
    ["--fleet", input.fleet],
    ["--workload", input.workload],
    ...(input.policy ?? []).map((file) => ["--policy", file] as const),
    ...(input.baseline ?? []).map((name) => ["--baseline", name] as const),
    ["--seed", input.seed],
    ["--faults", input.faults],
    ["--estimate-error", input.estimateError],
    ["--models", input.models],
    ["--out", input.out],
  ];
  const options = given.flatMap(([name, value]) =>
    value === undefined ? [] : [name, quoted(String(value))],
  );
  return ["wadi simulate", ...options].join(" ");
}

const quoted = (text: string) =>
  /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
