import path from "node:path";
import { parseArgs } from "node:util";

/** How large a month is played, and where what comes of it goes. */
export interface Options {
  readonly tenants: number;
  readonly centres: number;
  readonly days: number;
  /** Submitted on each day, all tenants together. */
  readonly jobs: number;
  readonly seed: number;
  /** Absolute. */
  readonly out: string;
  /** An empty folder for the hub, which is kept; undefined: one that is removed at the end. */
  readonly state: string | undefined;
}

/** @throws RangeError that names the option, what was read and what it may be */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tenants: { type: "string", default: "100" },
      centres: { type: "string", default: "10" },
      days: { type: "string", default: "30" },
      jobs: { type: "string", default: "40" },
      seed: { type: "string", default: "1" },
      out: { type: "string", default: path.join(import.meta.dirname, "out") },
      state: { type: "string" },
    },
  });
  const whole = (name: "tenants" | "centres" | "days" | "jobs" | "seed", span: Span) => {
    const value = Number(values[name]);
    if (/^\d+$/.test(values[name]) && value >= span.from && value <= span.to) return value;
    const right = `a whole number from ${span.from} to ${span.to}`;
    throw new RangeError(`--${name} must be ${right}; read "${values[name]}"`);
  };
  return {
    tenants: whole("tenants", { from: 6, to: 1000 }),
    centres: whole("centres", { from: 2, to: 100 }),
    days: whole("days", { from: 2, to: 30 }),
    jobs: whole("jobs", { from: 4, to: 1000 }),
    seed: whole("seed", { from: 0, to: 2 ** 32 }),
    out: path.resolve(values.out),
    state: values.state === undefined ? undefined : path.resolve(values.state),
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}
