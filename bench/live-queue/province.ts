import { createHash } from "node:crypto";
import { shapeOf } from "@wadi/core/dispatch";
import { centreSpec, jobSpec } from "@wadi/protocol";

/*
 * The province whose queue is measured: 100 centres with one pool each, 25,000 hosts, 200,000
 * cards, all of them held by runs of eight; 500 kinds of jobs and 5,000 tenants.
 */

export const province = {
  centres: 100,
  hostsPerPool: 250,
  cardsPerHost: 8,
  tenants: 5000,
  shapes: 500,
} as const;

const models = ["h100-sxm", "h20", "a100-80g", "ascend-910b3", "ascend-910c", "mlu370-x8"];

export const centreId = (i: number) => `centre-${i}`;
export const poolId = (i: number) => `pool-${i}`;
export const modelOf = (i: number) => models[i % models.length]!;
export const hostId = (pool: number, host: number) => `p${pool}-h${host}`;

/** A centre as the database keeps it. */
export function centreText(i: number): string {
  const spec = centreSpec.parse({
    name: { en: centreId(i), zh: centreId(i) },
    kind: "general",
    place: `place-${i}`,
    provider: "bench",
    timeZone: "Asia/Shanghai",
    pools: [
      {
        id: poolId(i),
        model: modelOf(i),
        emulated: true,
        hosts: Array.from({ length: province.hostsPerPool }, (_, host) => ({
          ...{ id: hostId(i, host), cards: province.cardsPerHost, cpu: 128, memory: "1TiB" },
        })),
        prices: {
          timeZone: "Asia/Shanghai",
          periods: [{ rules: [{ perCardHour: `${4 + (i % 7)}.00` }] }],
        },
      },
    ],
  });
  return textOf(centreSpec.encode(spec));
}

/** A kind of job as it is sent; one card to eight of one model. */
export function specOf(i: number) {
  return {
    version: 1,
    name: `kind-${i}`,
    run: { kind: "command", argv: ["true"] },
    cards: {
      options: [
        { model: modelOf(i), count: [1, 1, 2, 8][i % 4], expectedRunTime: `${1 + (i % 12)}h` },
      ],
    },
    cpu: 4,
    memory: "16GiB",
    maxRunTime: `${(2 + (i % 24)) * 3600 + i}s`,
  };
}

/** The same as the hub stores it: its document, and the hash of what dispatch looks at. */
export function storedSpec(i: number): { hash: Buffer; text: string; shape: string } {
  const spec = jobSpec.parse(specOf(i));
  const text = textOf(jobSpec.encode(spec));
  const hash = createHash("sha256").update(text).digest();
  const { key } = shapeOf(spec, { budget: null });
  const hex = createHash("sha256").update(`${key} `).digest("hex").slice(0, 32);
  const shape = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { hash, text, shape };
}

const textOf = (value: unknown) =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}` : inner));
