import type { SimResult } from "../result.ts";
import type { About } from "./about.ts";
import type { Measured } from "./measured.ts";
import { plain, sharesJson } from "./tables.ts";

/** By this a folder is known to hold a report; it stands first in results.json. */
export const form = "wadi-simulation";

/**
 * results.json: all that the page shows. What is not a number is null; docs/simulator.md tells it.
 */
export function documentOf(all: readonly Measured[], about: About): string {
  const { title, madeAt, version, seed, timeZone, command, inputs, settings, impossible } = about;
  const whole = {
    form,
    formVersion: 1,
    title,
    madeAt,
    version,
    seed,
    timeZone,
    command,
    inputs,
    settings: Object.fromEntries(settings),
    workload: all[0]!.result.workload,
    impossible,
    dispatchers: all.map((one) => dispatcherOf(one)),
  };
  return `${laidOut(whole)}\n`;
}

/** A line for each field, one for each item of a list: readable, and not mostly blanks. */
function laidOut(whole: object): string {
  const lines = Object.entries(whole).map(([name, value]) => {
    const head = ` ${JSON.stringify(name)}: `;
    if (!Array.isArray(value) || value.length === 0) return head + JSON.stringify(value, rounded);
    const items = value.map((item: unknown) => `  ${JSON.stringify(item, rounded)}`);
    return `${head}[\n${items.join(",\n")}\n ]`;
  });
  return `{\n${lines.join(",\n")}\n}`;
}

function dispatcherOf(one: Measured) {
  const { result, measures } = one;
  const { times, tenants, uses, ...rest } = measures;
  return {
    name: result.dispatcher,
    ...rest,
    rounds: result.rounds,
    times,
    centres: uses,
    tenants: tenants.map(({ tenant, waitMs }) => ({ tenant, waitMs })),
    shares: sharesJson(one),
    samples: thinned(result.samples),
  };
}

/** Evenly spaced still; plays may go on for weeks after the last submission. */
const samplesMost = 1000;
const thinned = (samples: SimResult["samples"]) => {
  const step = Math.max(1, Math.ceil(samples.length / samplesMost));
  return samples.filter((_, at) => at % step === 0);
};

const rounded = (_: string, value: unknown) =>
  typeof value === "number" ? (Number.isFinite(value) ? plain(value) : null) : value;
