import type { Context } from "../context.ts";
import { measure, store } from "../stored-file.ts";

/** Stores files at the hub; prints what to write into a job spec for each. */
export async function upload(context: Context, { file: all }: { file: string[] }): Promise<void> {
  for (const file of all) {
    const local = await measure(file);
    await store(context, local);
    const { sha256, bytes } = local;
    context.print(context.json ? JSON.stringify({ file, sha256, bytes }) : `${sha256}  ${file}`);
  }
}
