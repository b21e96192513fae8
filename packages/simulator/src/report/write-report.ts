import { createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SimResult } from "../result.ts";
import type { About } from "./about.ts";
import { documentOf, form } from "./document.ts";
import { measuredOf } from "./measured.ts";
import { pageOf } from "./page.ts";
import { jobsCsv, resultsCsv } from "./tables.ts";
import { wordsIn, type Language } from "./words.ts";

export interface ReportOptions {
  readonly folder: string;
  readonly about: About;
  /** Of the page; English where nothing is said. */
  readonly language?: Language;
}

/** A file of a report, in pieces. */
export interface ReportFile {
  readonly name: string;
  readonly pieces: Iterable<string>;
}

/**
 * What a report consists of: the same results and words give the same bytes. results.json, by which
 * a folder is known to hold a report, comes last.
 * @throws Error where two results have one name, or there are none
 */
export function reportFiles(
  results: readonly SimResult[],
  { about, language = "en" }: Omit<ReportOptions, "folder">,
): readonly ReportFile[] {
  const all = measuredOf(results);
  return [
    { name: "index.html", pieces: [pageOf(all, { about, words: wordsIn(language) })] },
    { name: "results.csv", pieces: [resultsCsv(all)] },
    { name: "jobs.csv", pieces: jobsCsv(all) },
    { name: "results.json", pieces: [documentOf(all, about)] },
  ];
}

/**
 * Writes a report into a folder. All files are written beside it first and moved in when they are
 * whole; what else is in the folder stays. Whether it may be used is for `stateOfFolder` to tell.
 * @returns where the page is
 */
export async function writeReport(
  results: readonly SimResult[],
  options: ReportOptions,
): Promise<string> {
  const { folder } = options;
  const files = reportFiles(results, options);
  const part = partOf(folder);
  await mkdir(dirname(part), { recursive: true });
  await rm(part, { recursive: true, force: true });
  await mkdir(part);
  try {
    for (const { name, pieces } of files) {
      await pipeline(Readable.from(pieces), createWriteStream(join(part, name)));
    }
    await mkdir(folder, { recursive: true });
    for (const { name } of files) await rename(join(part, name), join(folder, name));
    await rmdir(part);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
  return join(folder, "index.html");
}

/** Where a report is written until it is whole. */
export const partOf = (folder: string) => join(dirname(folder), `.${basename(folder)}.part`);

/** What stands where a report is to be: nothing, an older report, or what is none. */
export async function stateOfFolder(folder: string): Promise<"free" | "report" | "other"> {
  const names = await namesIn(folder);
  if (names === null) return "other";
  if (names.length === 0) return "free";
  if (!names.includes("results.json")) return "other";
  const file = await open(join(folder, "results.json"));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0);
    return buffer.toString("utf8", 0, bytesRead).includes(`"form": "${form}"`) ? "report" : "other";
  } finally {
    await file.close();
  }
}

/** Null where it is no folder. */
async function namesIn(folder: string): Promise<readonly string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") return null;
    throw error;
  }
}
