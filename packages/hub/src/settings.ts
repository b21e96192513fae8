import { timeZoneNamed } from "@wadi/core/capacity";
import { z } from "zod";

/** One environment variable: how its text is read, what holds without it, what it is for. */
export interface Setting<T> {
  readonly read: z.ZodType<T, string>;
  /** As one would write it; null: nothing is set. */
  readonly default: string | null;
  /** For people; the unit is in the name or in here. */
  readonly means: string;
  readonly group: "Where" | "Money" | "Limits" | "Timing";
  /** Holds a secret: its value is never shown. */
  readonly secret?: true;
}

const setting = <T>(one: Setting<T>) => one;

const wholeNumber = (min: number, max: number) =>
  z.string().transform((text, ctx) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    return refuse(ctx, `a whole number from ${min} to ${max}`);
  });

const address = z.string().transform((text, ctx) => {
  const [, v6, plain, digits] = /^(?:\[([0-9a-fA-F:]+)\]|([^\s:/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? plain;
  const port = Number(digits);
  if (host !== undefined && port <= 65_535) return { host, port };
  return refuse(ctx, "host:port, such as 127.0.0.1:7070 or [::1]:7070; port 0 takes any free one");
});

const databaseUrl = z.string().transform((text, ctx) => {
  const protocol = URL.parse(text)?.protocol;
  if (protocol === "postgresql:" || protocol === "postgres:") return text;
  return refuse(ctx, "a URL, postgresql://user:password@host:5432/database");
});

const origins = z.string().transform((text, ctx) => {
  const all = text.split(",").map((one) => one.trim());
  if (all.every((one) => URL.parse(one)?.origin === one)) return all;
  return refuse(ctx, "origins with commas between, such as https://console.example");
});

const rate = z.string().transform((text, ctx) => {
  if (text === "off") return null;
  const [, perSecond, burst] = /^(\d{1,6})\/(\d{1,7})$/.exec(text) ?? [];
  if (Number(perSecond) >= 1 && Number(burst) >= 1) {
    return { perSecond: Number(perSecond), burst: Number(burst) };
  }
  return refuse(ctx, "requests a second and burst, such as 100/500, or off");
});

const timeZone = z.string().transform((text, ctx) => {
  return timeZoneNamed(text) ?? refuse(ctx, "a named time zone, such as Asia/Shanghai");
});

const path = z.string().min(1);
const list = z.string().transform((text) => text.split(",").map((one) => one.trim()));
const mebibyte = 1_048_576;

/** Every setting of the hub, in the order people read them. */
export const settings = {
  WADI_STATE: setting({
    group: "Where",
    read: path,
    default: ".wadi",
    means: "The folder the hub keeps its files in: the embedded database, operator.key, hub.json.",
  }),
  WADI_LISTEN: setting({
    group: "Where",
    read: address,
    default: "127.0.0.1:7070",
    means: "Where the API is served. With port 0 any free one; hub.json then says which.",
  }),
  DATABASE_URL: setting({
    group: "Where",
    read: databaseUrl,
    default: null,
    secret: true,
    means: "A PostgreSQL of your own, 15 or newer. Not set: the hub runs one in its folder.",
  }),
  WADI_TLS_CERT: setting({
    group: "Where",
    read: path,
    default: null,
    means: "A PEM file with the certificate chain; with it the API is served over HTTPS.",
  }),
  WADI_TLS_KEY: setting({
    group: "Where",
    read: path,
    default: null,
    means: "A PEM file with the certificate's private key.",
  }),
  WADI_TRUSTED_PROXIES: setting({
    group: "Where",
    read: list,
    default: null,
    means:
      "Addresses or networks of proxies, with commas between, whose X-Forwarded-For is believed.",
  }),
  WADI_CORS_ORIGINS: setting({
    group: "Where",
    read: origins,
    default: null,
    means: "Web pages of these origins may call the API. Not set: none may.",
  }),
  WADI_LOG_LEVEL: setting({
    group: "Where",
    read: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
      error: "must be fatal, error, warn, info, debug, trace or silent",
    }),
    default: "info",
    means: "What is logged: lines of this level and above.",
  }),
  WADI_ISSUER: setting({
    group: "Money",
    read: z.string().trim().min(1).max(128),
    default: "Wadi",
    means: "Who issues the invoices: the name that stands on statements and exports.",
  }),
  WADI_PDF_FONT: setting({
    group: "Money",
    read: path,
    default: null,
    means:
      "A font file (TTF, OTF) for statements as PDF. Not set: the reader's own fonts are used.",
  }),
  WADI_TIME_ZONE: setting({
    group: "Where",
    read: timeZone,
    default: "Asia/Shanghai",
    means: "Where days end for the region: the ledger is anchored once a day.",
  }),
  WADI_ANCHORS: setting({
    group: "Where",
    read: path,
    default: null,
    means:
      "The file that each day's anchor of the ledger is added to, for you to publish. Not set: " +
      "anchors.jsonl in WADI_STATE.",
  }),
  WADI_DB_CONNECTIONS: setting({
    group: "Limits",
    read: wholeNumber(2, 1000),
    default: "16",
    means: "Connections to the database at most.",
  }),
  WADI_BODY_BYTES: setting({
    group: "Limits",
    read: wholeNumber(1024, 64 * mebibyte),
    default: String(mebibyte),
    means: "Bytes of a request's body at most.",
  }),
  WADI_SYNC_BYTES: setting({
    group: "Limits",
    read: wholeNumber(mebibyte, 64 * mebibyte),
    default: String(8 * mebibyte),
    means: "Bytes of an agent's sync at most.",
  }),
  WADI_UPLOAD_BYTES: setting({
    group: "Limits",
    read: wholeNumber(1024, 1024 * mebibyte),
    default: String(64 * mebibyte),
    means: "Bytes of an uploaded file at most.",
  }),
  WADI_RATE_KEY: setting({
    group: "Limits",
    read: rate,
    default: "100/500",
    means: "Requests of one key: so many a second, after a burst of so many; or off.",
  }),
  WADI_RATE_OPERATOR: setting({
    group: "Limits",
    read: rate,
    default: "1000/5000",
    means: "The same for keys of operators and auditors.",
  }),
  WADI_RATE_AGENT: setting({
    group: "Limits",
    read: rate,
    default: "500/2000",
    means: "The same for an agent.",
  }),
  WADI_RATE_ANONYMOUS: setting({
    group: "Limits",
    read: rate,
    default: "50/200",
    means: "The same for one address without a valid key.",
  }),
  WADI_STREAMS: setting({
    group: "Limits",
    read: wholeNumber(1, 10_000),
    default: "100",
    means: "Event streams that one key may hold open.",
  }),
  WADI_LEASE_MS: setting({
    group: "Timing",
    read: wholeNumber(500, 86_400_000),
    default: "60000",
    means: "So long a centre may go on without a sync; then its leases run out.",
  }),
  WADI_LEASE_MARGIN_MS: setting({
    group: "Timing",
    read: wholeNumber(0, 86_400_000),
    default: "15000",
    means: "Added to a lease before its run may be started elsewhere.",
  }),
  WADI_LONG_POLL_MS: setting({
    group: "Timing",
    read: wholeNumber(0, 60_000),
    default: "10000",
    means: "So long the hub holds an agent's sync back when it has nothing to hand out.",
  }),
  WADI_ROUND_MS: setting({
    group: "Timing",
    read: wholeNumber(0, 60_000),
    default: "20",
    means: "Rounds of dispatch follow one another no faster.",
  }),
  WADI_CERTIFY_MS: setting({
    group: "Timing",
    read: wholeNumber(0, 86_400_000),
    default: "300000",
    means:
      "The plan's lower bound is worked out so often, and soon after a large change; 0: never.",
  }),
  WADI_LEADER_MS: setting({
    group: "Timing",
    read: wholeNumber(1000, 600_000),
    default: "10000",
    means: "A leading hub that has not renewed its lease for so long is replaced.",
  }),
  WADI_DB_WAIT_MS: setting({
    group: "Timing",
    read: wholeNumber(0, 3_600_000),
    default: "30000",
    means: "So long the hub waits at its start for a database of yours that cannot be reached.",
  }),
  WADI_REQUEST_MS: setting({
    group: "Timing",
    read: wholeNumber(1000, 3_600_000),
    default: "120000",
    means: "A request must have arrived whole within this time.",
  }),
  WADI_DRAIN_MS: setting({
    group: "Timing",
    read: wholeNumber(0, 600_000),
    default: "0",
    means: "When it stops, the hub answers so long that it is not ready before it stops serving.",
  }),
  WADI_STOP_MS: setting({
    group: "Timing",
    read: wholeNumber(0, 600_000),
    default: "10000",
    means: "Requests under way are given so long when the hub stops.",
  }),
} as const;

export type SettingName = keyof typeof settings;

function refuse(ctx: z.RefinementCtx, right: string): never {
  ctx.addIssue({ code: "custom", message: `must be ${right}` });
  return z.NEVER;
}
