import { createHash } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { rmSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { JobId } from "@wadi/core/units";
import { routes } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { findJob } from "../find-job.ts";
import { size } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";

export interface OutputsInput {
  readonly job: string;
  readonly path: readonly string[];
  /** The folder to store them in; without it they are listed. */
  readonly to?: string;
}

interface Output {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: bigint;
}

/** Lists the files that a job left, or fetches them. */
export async function outputs(context: Context, input: OutputsInput): Promise<void> {
  const id = await findJob(context, input.job);
  const { json, value } = await context.ask(routes.listOutputs, { params: { id } });
  const wanted = pick(value.items, input.path);
  if (input.to !== undefined) {
    for (const output of wanted) await fetchOutput(context, id, { output, folder: input.to });
  } else if (context.json) context.printJson(json);
  else if (wanted.length === 0) context.note("the job left no files");
  else context.print(...table(wanted, columns, context));
}

function pick(all: readonly Output[], paths: readonly string[]): readonly Output[] {
  const missing = paths.find((path) => !all.some((output) => output.path === path));
  if (missing !== undefined) {
    const there = all.map(({ path }) => `  ${path}`);
    throw new Failure("notFound", `the job left no file ${missing}`, there);
  }
  return paths.length === 0 ? all : all.filter(({ path }) => paths.includes(path));
}

/** @throws Failure when the file leaves the folder, or is not what its hash says */
async function fetchOutput(
  context: Context,
  id: JobId,
  { output: { path, sha256 }, folder }: { output: Output; folder: string },
): Promise<void> {
  const target = resolve(folder, path);
  if (relative(resolve(folder), target).split(sep)[0] === "..") {
    throw new Failure("refused", `${path} lies outside the folder; it is not stored`);
  }
  const hub = await context.client();
  const reply = await hub.raw(routes.readOutput, { params: { id, sha256 } });
  const content = new Uint8Array(await context.during(`fetching ${path}`, reply.arrayBuffer()));
  const found = createHash("sha256").update(content).digest("hex");
  if (found !== sha256) {
    throw new Failure("unreachable", `${path} came damaged; its hash is ${found}. Try again`);
  }
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}.part`;
  context.atInterrupt(() => {
    rmSync(draft, { force: true });
    return [];
  });
  try {
    await writeFile(draft, content);
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
  context.print(context.json ? JSON.stringify({ path, sha256, file: target }) : join(folder, path));
}

const columns: readonly Column<Output>[] = [
  { head: "PATH", cell: ({ path }) => path, keep: 9, least: 16 },
  { head: "SIZE", cell: ({ bytes }) => size(bytes), keep: 8, align: "number" },
  { head: "SHA-256", cell: ({ sha256 }) => sha256, keep: 1 },
];
