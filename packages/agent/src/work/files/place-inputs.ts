import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { cp, open, rename, rm, symlink } from "node:fs/promises";
import { ApiProblem } from "@wadi/protocol";
import type { Input } from "@wadi/core/job";
import type { HubLink } from "../hub-link.ts";
import { fetchUrl, NotFetched } from "./fetch-url.ts";
import { LeadsOutside, placeInside } from "./inside.ts";
import { NotPublic } from "./public-address.ts";

/** A folder or file at the centre that jobs may ask for by name. */
export interface Dataset {
  readonly path: string;
  /** `link`: runs read it where it lies; `copy`: for runs that cannot reach it there. */
  readonly as: "link" | "copy";
}

export interface InputOptions {
  readonly hub: Pick<HubLink, "readInput">;
  readonly datasets: Readonly<Record<string, Dataset>>;
  /** From where URLs are fetched; `none` refuses them. */
  readonly urls: "public" | "any" | "none";
  readonly urlBytesMax: number;
}

/** The input cannot be placed, and trying again would not help. The message is for the tenant. */
export class InputRefused extends Error {
  override readonly name = "InputRefused";
}

/**
 * Places one input below the run's folder; what is there from a try before is replaced.
 * @throws InputRefused; other errors may pass
 */
export async function placeInput(
  folder: string,
  input: Input,
  { options, signal }: { options: InputOptions; signal: AbortSignal },
): Promise<void> {
  try {
    const path = await placeInside(folder, input.to);
    await rm(path, { recursive: true, force: true });
    await place(path, input, { options, signal });
  } catch (error) {
    const why = whyForGood(error);
    if (why === undefined) throw error;
    throw new InputRefused(`the input "${input.to}" cannot be had: ${why}`, { cause: error });
  }
}

async function place(
  path: string,
  input: Input,
  { options, signal }: { options: InputOptions; signal: AbortSignal },
): Promise<void> {
  switch (input.kind) {
    case "upload": {
      const content = await options.hub.readInput(input.sha256, signal);
      return save(path, content, { sha256: input.sha256, bytesMax: Infinity });
    }
    case "url": {
      const { urls, urlBytesMax } = options;
      if (urls === "none") throw new NotFetched("this centre fetches no URLs");
      const bytesMax = Math.min(urlBytesMax, Number(input.bytes ?? Infinity));
      const content = await fetchUrl(input.url, { from: urls, signal });
      return save(path, content, { sha256: null, bytesMax });
    }
    case "dataset": {
      const { datasets } = options;
      const isKnown = Object.hasOwn(datasets, input.dataset);
      const dataset = isKnown ? datasets[input.dataset] : undefined;
      if (!dataset) throw new NotFetched(`this centre has no dataset "${input.dataset}"`);
      if (dataset.as === "link") return symlink(dataset.path, path);
      return cp(dataset.path, path, { recursive: true, mode: constants.COPYFILE_FICLONE });
    }
  }
}

/** Under another name until it is whole and right. */
async function save(
  path: string,
  content: AsyncIterable<Uint8Array>,
  { sha256, bytesMax }: { sha256: string | null; bytesMax: number },
): Promise<void> {
  const draft = `${path}.part`;
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const file = await open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o644);
  try {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of content) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new NotFetched(`it has more than ${bytesMax} bytes`);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    const found = hash.digest("hex");
    if (sha256 !== null && found !== sha256) throw new Error(`its SHA-256 is ${found}`);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function whyForGood(error: unknown): string | undefined {
  if (error instanceof NotFetched || error instanceof NotPublic || error instanceof LeadsOutside) {
    return error.message;
  }
  if (error instanceof ApiProblem && error.status === 404) return "the hub no longer has it";
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOTFOUND") return "its host's name is not known";
  if (code === "ENOENT") return "it is not where this centre's configuration says";
  return undefined;
}
