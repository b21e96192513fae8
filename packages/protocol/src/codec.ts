import { z } from "zod";
import {
  asId,
  bytes,
  formatDuration,
  formatRate,
  formatYuan,
  mebibytes,
  milliCores,
  parseDuration,
  parseRate,
  parseYuan,
  slugPattern,
  type Bytes,
  type CardSeconds,
  type Duration,
  type Id,
  type Mebibytes,
  type MicroYuan,
  type MilliCores,
  type Rate,
  type WorkUnits,
} from "@wadi/core/units";

/*
 * How values look on the wire. Each codec decodes JSON into the domain's own value and encodes it
 * back; `wire` is what OpenAPI says of the JSON form.
 */

/** Yuan as an exact decimal string, at most six decimals: "12.50". */
export const money = z
  .codec(z.string(), z.custom<MicroYuan>(isBigint), {
    decode: (text, ctx) =>
      parseYuan(text) ?? refuse(ctx, text, 'yuan as a decimal string, "12.50"'),
    encode: (amount) => formatYuan(amount),
  })
  .meta({
    wire: {
      type: "string",
      pattern: "^-?\\d+(\\.\\d{1,6})?$",
      examples: ["12.50"],
      description: "Yuan, exact, at most six decimals.",
    },
  });

/** Money that is not negative. */
export const amount = money
  .refine((value) => value >= 0n, "is below zero; amounts are positive")
  .meta({
    wire: {
      type: "string",
      pattern: "^\\d+(\\.\\d{1,6})?$",
      examples: ["12.50"],
      description: "Yuan, exact, at most six decimals, not negative.",
    },
  });

/** A share as a decimal fraction: "0.3" is 30 %. */
export const share = z
  .codec(z.string(), z.custom<Rate>(isBigint), {
    decode: (text, ctx) => {
      const value = parseRate(text);
      const good = value !== undefined && value >= 0n && value <= 1_000_000n;
      return good ? value : refuse(ctx, text, 'a fraction from "0" to "1", "0.3" for 30 %');
    },
    encode: (value) => formatRate(value),
  })
  .meta({
    wire: {
      type: "string",
      pattern: "^(0(\\.\\d{1,6})?|1(\\.0{1,6})?)$",
      examples: ["0.3"],
      description: "A share; 1 is all of it.",
    },
  });

/** A count that is not negative, exact: "1250"; a bare number is read as well. */
export const wholeNumber = <Q extends bigint>(what: string) =>
  z
    .codec(z.union([z.string(), z.int().min(0)]), z.custom<Q>(isBigint), {
      decode: (value, ctx) =>
        /^\d{1,30}$/.test(String(value))
          ? (BigInt(value) as Q)
          : refuse(ctx, String(value), `a whole number of ${what} as a string`),
      encode: (value) => value.toString(),
    })
    .meta({ wire: { type: "string", pattern: "^\\d+$", description: `Whole ${what}.` } });

export const byteCount = wholeNumber<Bytes>("bytes");
export const cardSecondCount = wholeNumber<CardSeconds>("card-seconds");
export const workUnitCount = wholeNumber<WorkUnits>("units of 0.1 TFLOPS·second");
/** Whole card-hours, tokens. */
export const inKindCount = wholeNumber<bigint>("units");
/** A position in an ever-growing sequence. */
export const sequence = wholeNumber<bigint>("steps");

/** A duration: "90s", "2h30m", "1d"; the domain has milliseconds. */
export const duration = z
  .codec(z.string(), z.custom<Duration>(isNumber), {
    decode: (text, ctx) =>
      parseDuration(text) ?? refuse(ctx, text, 'a duration such as "90s", "2h30m" or "1d"'),
    encode: (value) => formatDuration(value),
  })
  .meta({ wire: { type: "string", examples: ["2h30m"], description: "Units d h m s ms." } });

/** Of a reading. */
export const busyTime = duration
  .optional()
  .describe(
    "Card time in which the cards worked, since the run began: two cards that worked for an hour " +
      "are two hours. Left out where the centre cannot say it of all that time.",
  );

/** A point in time: RFC 3339 with an offset. Written in UTC. */
export const instant = z
  .codec(z.string(), z.custom<Temporal.Instant>(isInstant), {
    decode: (text, ctx) => {
      const value = attempt(() => Temporal.Instant.from(text));
      if (value !== undefined && isOfOurTimes(value)) return value;
      return refuse(ctx, text, 'a time with its offset, "2026-12-01T08:00:00+08:00"');
    },
    encode: (value) => value.toString(),
  })
  .meta({ wire: { type: "string", format: "date-time" } });

/** A local date: "2026-10-01". */
export const plainDate = z
  .codec(z.string(), z.custom<Temporal.PlainDate>(isPlainDate), {
    decode: (text, ctx) => {
      const value = attempt(() => Temporal.PlainDate.from(text, { overflow: "reject" }));
      const isOfOurTimes = value !== undefined && fourDigitYear.test(value.toString());
      return isOfOurTimes ? value : refuse(ctx, text, 'a date, "2026-10-01"');
    },
    encode: (value) => value.toString(),
  })
  .meta({ wire: { type: "string", format: "date" } });

const sizeUnits: Record<string, number> = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Memory: "16GiB", "512MiB", "64GB"; the domain has MiB, rounded up. */
export const memory = z
  .codec(z.string(), z.custom<Mebibytes>(isNumber), {
    decode: (text, ctx) => {
      const [, count, unit] = /^(\d{1,9}(?:\.\d{1,3})?)([MGT]i?B)$/.exec(text) ?? [];
      if (count === undefined || unit === undefined) {
        return refuse(ctx, text, 'a size such as "16GiB" or "512MiB"');
      }
      return mebibytes(Math.ceil((Number(count) * (sizeUnits[unit] ?? 0)) / 2 ** 20));
    },
    encode: (count) => (count % 1024 === 0 && count > 0 ? `${count / 1024}GiB` : `${count}MiB`),
  })
  .meta({ wire: { type: "string", examples: ["16GiB"] } });

/** Processor share in cores, at most three decimals: 0.5, 4; the domain has thousandths. */
export const cores = z
  .codec(z.number(), z.custom<MilliCores>(isNumber), {
    decode: (count, ctx) => {
      const thousandths = Math.round(count * 1000);
      const good = Math.abs(thousandths - count * 1000) < 1e-6 && thousandths >= 1;
      return good
        ? milliCores(thousandths)
        : refuse(ctx, String(count), "cores above 0 with at most three decimals");
    },
    encode: (thousandths) => thousandths / 1000,
  })
  .meta({ wire: { type: "number", exclusiveMinimum: 0, examples: [0.5, 4] } });

/** A part of one card, at most three decimals: 0.25, 1; the domain has thousandths. */
export const cardShare = z
  .codec(z.number(), z.custom<number>(isNumber), {
    decode: (part, ctx) => {
      const thousandths = Math.round(part * 1000);
      const isExact = Math.abs(thousandths - part * 1000) < 1e-6;
      return isExact && thousandths >= 1 && thousandths <= 1000
        ? thousandths
        : refuse(ctx, String(part), "a part of a card, above 0 and at most 1, three decimals");
    },
    encode: (thousandths) => thousandths / 1000,
  })
  .meta({ wire: { type: "number", exclusiveMinimum: 0, maximum: 1, examples: [0.25, 1] } });

/** Data: "20GB" or "1.5GiB"; the domain has bytes. */
export const dataSize = z
  .codec(z.string(), z.custom<Bytes>(isBigint), {
    decode: (text, ctx) => {
      const [, count, unit] = /^(\d{1,12}(?:\.\d{1,3})?)(B|[MGT]i?B)$/.exec(text) ?? [];
      if (count === undefined || unit === undefined) {
        return refuse(ctx, text, 'a size such as "20GB", "1.5GiB" or "300B"');
      }
      return bytes(Math.ceil(Number(count) * (unit === "B" ? 1 : (sizeUnits[unit] ?? 0))));
    },
    encode: (value) => `${value}B`,
  })
  .meta({ wire: { type: "string", examples: ["20GB"] } });

/** A name chosen by people: lower-case letters, digits and hyphens. */
export const slug = <I extends Id<string>>() =>
  z
    .codec(z.string(), z.custom<I>(isString), {
      decode: (text, ctx) =>
        slugPattern.test(text)
          ? asId<I>(text)
          : refuse(ctx, text, "1 to 63 lower-case letters, digits and inner hyphens"),
      encode: (id) => id,
    })
    .meta({ wire: { type: "string", pattern: slugPattern.source, maxLength: 63 } });

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An id made by the hub. */
export const uuid = <I extends Id<string>>() =>
  z
    .codec(z.string(), z.custom<I>(isString), {
      decode: (text, ctx) =>
        uuidPattern.test(text) ? asId<I>(text) : refuse(ctx, text, "a UUID in lower case"),
      encode: (id) => id,
    })
    .meta({ wire: { type: "string", format: "uuid" } });

/** An Ed25519 public key, raw, and a signature by one; both in base64. */
export const ed25519Key = z.base64().length(44);
export const ed25519Signature = z.base64().length(88);

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits");

/** A relative path that stays below its folder. */
export const innerPath = z
  .string()
  .min(1)
  .max(512)
  .refine(
    (path) => !path.startsWith("/") && !path.includes("\0") && !path.split("/").includes(".."),
    'must be a path inside the run\'s folder: no leading "/", no ".."',
  );

interface RefuseContext {
  issues: unknown[];
}

function refuse(ctx: RefuseContext, read: string, right: string): never {
  const shown = read.length > 60 ? `${read.slice(0, 60)}…` : read;
  const message = `must be ${right}; read ${JSON.stringify(shown)}`;
  ctx.issues.push({ code: "custom", message, input: read });
  return z.NEVER;
}

const timesMs = {
  from: Date.parse("0001-01-01T00:00:00Z"),
  to: Date.parse("9999-12-31T23:59:59.999Z"),
} as const;

/** The same of instants, without writing each of them out: there are many. */
const isOfOurTimes = ({ epochMilliseconds }: Temporal.Instant) =>
  epochMilliseconds >= timesMs.from && epochMilliseconds <= timesMs.to;

/** Years 1 to 9999: RFC 3339 has no others, and neither do databases. */
const fourDigitYear = /^(?!0000)\d{4}-/;

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function isBigint(value: unknown) {
  return typeof value === "bigint";
}

function isNumber(value: unknown) {
  return typeof value === "number";
}

function isString(value: unknown) {
  return typeof value === "string";
}

function isInstant(value: unknown) {
  return value instanceof Temporal.Instant;
}

function isPlainDate(value: unknown) {
  return value instanceof Temporal.PlainDate;
}
