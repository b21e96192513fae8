import { cardModel } from "@wadi/core/capacity";
import { asId, parseDuration, type CardModelId } from "@wadi/core/units";
import { noFaults, type Faults, type Outage } from "@wadi/simulator/faults";
import type { CardSpeed } from "@wadi/simulator/readers";
import type { GeneratorOptions } from "@wadi/simulator/generator";

/*
 * Options that hold several values in one text. All throw RangeErrors that name the option, what
 * was read and what is right.
 */

/** `hosts=30d/4h,centres=90d/6h,links=60d/1h`: mean time to the next fault / mean repair. */
export function readFaults(text: string): Faults {
  const outages = Object.fromEntries(
    pairsOf(text, { option: "--faults", names: ["hosts", "centres", "links"] }),
  );
  return {
    ...noFaults,
    hosts: outageOf("hosts", outages["hosts"]),
    centres: outageOf("centres", outages["centres"]),
    links: outageOf("links", outages["links"]),
  };
}

function outageOf(name: string, text: string | undefined): Outage | null {
  if (text === undefined) return null;
  const [every, lasts, ...more] = text.split("/").map((one) => parseDuration(one));
  if (every !== undefined && lasts !== undefined && every > 0 && lasts > 0 && more.length === 0) {
    return { everyMs: every, lastsMs: lasts };
  }
  throw new RangeError(
    `--faults: ${name} is "${text}"; write mean times to a fault and its repair, like 30d/4h`,
  );
}

/** `h100-sxm:1,a100-80g:0.45`; behind a speed `=NAME` is what the trace calls these cards. */
export function readModels(text: string): CardSpeed[] {
  return text.split(",").map((part) => {
    const [, model = "", speed = "", named] = /^([^:=]+):([^:=]+)(?:=(.+))?$/.exec(part) ?? [];
    const isNumber = /^\d+(\.\d+)?$/.test(speed) && Number(speed) > 0;
    if (!isNumber) {
      throw new RangeError(`--models: "${part}"; write a model and its speed, like a100-80g:0.45`);
    }
    if (!cardModel(asId<CardModelId>(model))) {
      throw new RangeError(`--models: "${model}" is no card model; docs/catalogue.md has all`);
    }
    return { model, speed: Number(speed), ...(named !== undefined && { named }) };
  });
}

const preset = { jobs: 10_000, load: 1, days: 7, tenants: 500, kinds: 300, from: "2026-03-02" };

/** `jobs=60000,load=1.1,days=7`; what is left out is as in `preset`. */
export function readGenerated(
  text: string,
  { timeZone }: { timeZone: string },
): Pick<GeneratorOptions, "jobs" | "load" | "days" | "tenants" | "kinds" | "from"> {
  const names = Object.keys(preset);
  const given = Object.fromEntries(pairsOf(text, { option: "--workload generated:", names }));
  const number = (name: Exclude<keyof typeof preset, "from">) => {
    const written = given[name];
    if (written === undefined) return preset[name];
    if (/^\d+(\.\d+)?$/.test(written)) return Number(written);
    throw new RangeError(`--workload generated: ${name} is "${written}"; write a number`);
  };
  return {
    jobs: number("jobs"),
    load: number("load"),
    days: number("days"),
    tenants: number("tenants"),
    kinds: number("kinds"),
    from: dayOf(given["from"] ?? preset.from, timeZone),
  };
}

function dayOf(text: string, timeZone: string): Temporal.Instant {
  try {
    return Temporal.PlainDate.from(text).toZonedDateTime(timeZone).toInstant();
  } catch {
    throw new RangeError(`--workload generated: from is "${text}"; write a day, like 2026-03-02`);
  }
}

function pairsOf(
  text: string,
  { option, names }: { option: string; names: readonly string[] },
): [string, string][] {
  const pairs = text.split(",").filter((part) => part !== "");
  const seen = new Set<string>();
  return pairs.map((part) => {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    if (at < 0 || !names.includes(name)) {
      throw new RangeError(`${option} "${part}"; write NAME=VALUE with one of ${names.join(", ")}`);
    }
    if (seen.has(name)) throw new RangeError(`${option} names ${name} twice; name it once`);
    seen.add(name);
    return [name, part.slice(at + 1)];
  });
}
