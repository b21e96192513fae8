import { readFile } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { cardModel, cardModelsLike } from "@wadi/core/capacity";
import type { CardModelId, HostId } from "@wadi/core/units";
import { dataSize, duration, memory, slug } from "@wadi/protocol";
import { hostDefaults } from "./engines/host/config.ts";

/*
 * What the provider says of the centre, in one YAML file. Nothing in it is secret. Every field has
 * a default but the hosts, and without a file the centre is this machine, its processor only.
 */

const model = slug<CardModelId>().superRefine((id, ctx) => {
  if (cardModel(id)) return;
  const like = cardModelsLike(id);
  const cure = like.length > 0 ? `did you mean ${like.join(" or ")}?` : "see the catalogue";
  ctx.addIssue({ code: "custom", message: `"${id}" is no card model; ${cure}` });
});

const host = z.strictObject({
  id: slug<HostId>(),
  cpu: z.number().positive().max(65_536),
  memory,
  cards: z
    .array(z.strictObject({ model, count: z.int().min(1).max(4096) }))
    .max(64)
    .default([]),
});

const absolute = z.string().refine(isAbsolute, "must be an absolute path");
const bytes = (text: string) => dataSize.transform(Number).prefault(text);
const span = (text: string) => duration.prefault(text);

const fileSchema = z.strictObject({
  engine: z.enum(["host", "fake"]).default("host"),
  /** Null: this machine as it is, without cards. */
  hosts: z.array(host).min(1).max(25_000).nullable().default(null),
  runs: z
    .strictObject({
      most: z.int().min(1).max(200_000).default(20_000),
      stopGrace: span("10s"),
      network: z.enum(["shared", "none"]).default(hostDefaults.network),
      user: z.enum(["own", "own-or-agents"]).default(hostDefaults.user),
      processes: z.int().min(1).max(4_000_000).default(hostDefaults.processesMax),
      path: z.string().min(1).default(hostDefaults.jobPath),
      mustReach: z.array(absolute).max(100).default([]),
    })
    .prefault({}),
  /** How the cards that are really there are looked at. */
  cards: z
    .strictObject({
      look: span("10s").refine((ms) => ms === 0 || ms >= 1000, "must be 0s, or 1s or more"),
      path: z.string().min(1).default(hostDefaults.cards.path),
    })
    .prefault({}),
  inputs: z
    .strictObject({
      urls: z.enum(["public", "any", "none"]).default("public"),
      urlBytes: bytes("1TB"),
    })
    .prefault({}),
  datasets: z
    .record(
      z.string().min(1).max(256),
      z.strictObject({ path: absolute, as: z.enum(["link", "copy"]).default("link") }),
    )
    .default({}),
  logs: z.strictObject({ bytesPerStream: bytes("16MiB") }).prefault({}),
  outputs: z.strictObject({ files: z.int().min(1).max(10_000).default(1000) }).prefault({}),
  readings: z.strictObject({ every: span("30s") }).prefault({}),
  buffer: z.strictObject({ bytes: bytes("256MiB"), reserve: bytes("4MiB") }).prefault({}),
});

export type AgentConfig = z.output<typeof fileSchema>;

export type Environment = Readonly<Record<string, string | undefined>>;

export const environment = (): Environment => process.env;

/** The file cannot be used. The message names the file, every wrong field, and what is right. */
export class WrongConfig extends Error {
  override readonly name = "WrongConfig";
}

/** @throws WrongConfig */
export async function readConfig(path: string | null): Promise<AgentConfig> {
  if (path === null) return fileSchema.parse({});
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new WrongConfig(`the configuration ${path} cannot be read`, { cause });
  }
  return parseConfig(text, path);
}

/** @throws WrongConfig */
export function parseConfig(text: string, path: string): AgentConfig {
  let written: unknown;
  try {
    written = parse(text) ?? {};
  } catch (cause) {
    const why = cause instanceof YAMLParseError ? cause.message : "it is no YAML";
    throw new WrongConfig(`the configuration ${path} cannot be read: ${why}`, { cause });
  }
  const read = fileSchema.safeParse(written);
  if (!read.success) {
    const wrong = read.error.issues.map(
      ({ path: at, message }) => `${at.join(".") || "the file"}: ${message}`,
    );
    throw new WrongConfig(`the configuration ${path} is wrong:\n  ${wrong.join("\n  ")}`);
  }
  const ids = read.data.hosts?.map(({ id }) => id) ?? [];
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice === undefined) return read.data;
  throw new WrongConfig(`the configuration ${path} is wrong:\n  hosts: "${twice}" is there twice`);
}
