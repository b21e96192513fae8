import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { parse } from "yaml";
import { jobSpec, routes, type Client } from "@wadi/protocol";
import type { JobSpec } from "@wadi/core/job";

/** A file that a job brings along. */
interface Attachment {
  readonly file: string;
  /** Where it stands in the run's folder. */
  readonly to: string;
}

/**
 * Reads the job to run, and uploads what it brings: for the project's example its program and the
 * project's docs as the text to learn.
 * @throws Error naming the file and the field when the spec is wrong
 */
export async function prepareJob(
  tenant: Client,
  { jobFile, repository }: { jobFile: string | null; repository: string },
): Promise<JobSpec> {
  const example = join(repository, "examples/char-model");
  const spec = await readSpec(jobFile ?? join(example, "job.yaml"));
  if (jobFile !== null) return spec;
  const attachments = [...(await programOf(example)), ...(await docsOf(repository))];
  const uploads = await Promise.all(attachments.map((one) => upload(tenant, one)));
  return { ...spec, inputs: [...spec.inputs, ...uploads] };
}

async function readSpec(file: string): Promise<JobSpec> {
  let document: unknown;
  try {
    document = parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new Error(`the job file ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  const read = jobSpec.safeParse(document);
  if (read.success) return read.data;
  const faults = read.error.issues.map(
    ({ path, message }) => `  ${path.join(".") || "the file"}: ${message}`,
  );
  throw new Error(`the job file ${file} does not fit (docs/job-spec.md):\n${faults.join("\n")}`);
}

async function programOf(folder: string): Promise<Attachment[]> {
  const names = await readdir(folder);
  return names
    .filter(
      (name) => name === "package.json" || (name.endsWith(".ts") && !name.endsWith(".test.ts")),
    )
    .toSorted()
    .map((name) => ({ file: join(folder, name), to: name }));
}

async function docsOf(repository: string): Promise<Attachment[]> {
  const docs = join(repository, "docs");
  const inside = await readdir(docs, { recursive: true });
  const files = [join(repository, "README.md"), ...inside.map((name) => join(docs, name))];
  return files
    .filter((file) => file.endsWith(".md"))
    .toSorted()
    .map((file) => ({
      file,
      to: `text/${relative(docs, file).replaceAll(/[./]*\//g, "-") || basename(file)}`,
    }));
}

async function upload(tenant: Client, { file, to }: Attachment) {
  const content = await readFile(file);
  const sha256 = createHash("sha256").update(content).digest("hex");
  await tenant.call(routes.upload, { params: { sha256 }, content });
  return { kind: "upload", sha256, to, bytes: null } as const;
}
