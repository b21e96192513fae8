import type { Policy } from "@wadi/core/dispatch";
import { policyDocumentOf, routes } from "@wadi/protocol";
import { readPolicy, WrongInput } from "@wadi/simulator/readers";
import { stringify } from "yaml";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { localTime } from "../show/format.ts";
import { diffLines } from "../show/policy-diff.ts";
import { checkEach } from "../spec/check-each.ts";
import { readSource } from "../spec/source.ts";

/** The policy that holds, or an earlier version of it, as a file that can be edited and put. */
export async function showPolicy(context: Context, { number }: { number?: string }): Promise<void> {
  if (number !== undefined && !/^\d{1,9}$/.test(number)) {
    throw wrongUse(`"${number}" is no version; write a whole number`);
  }
  const query = number === undefined ? {} : { version: Number(number) };
  const { json, value } = await context.ask(routes.readPolicy, { query });
  if (context.json) return context.printJson(json);
  const since = value.madeAt === null ? "from the beginning" : `since ${localTime(value.madeAt)}`;
  context.note(`version ${value.version}, ${since}`);
  context.write(stringify((json as { policy: unknown }).policy));
}

/** Tells every mistake of every file by its line; asks no hub. */
export async function checkPolicies(
  context: Context,
  { file: files }: { file: readonly string[] },
): Promise<void> {
  await checkEach(context, files, async (file) => {
    await policyIn(file);
    return { words: `${file} is a policy`, json: {} };
  });
}

/** What the plan of the present queue would change to; changes nothing. */
export async function diffPolicy(
  context: Context,
  { file, limit }: { file: string; limit: number },
): Promise<void> {
  const body = policyDocumentOf(await policyIn(file));
  const { json, value } = await context.ask(routes.diffPolicy, { query: { limit }, body });
  if (context.json) return context.printJson(json);
  context.print(...diffLines(value, context));
}

/** Makes the file the policy from the next round on. */
export async function putPolicy(context: Context, { file }: { file: string }): Promise<void> {
  const body = policyDocumentOf(await policyIn(file));
  const { json, value } = await context.ask(routes.putPolicy, { body });
  if (context.json) return context.printJson(json);
  context.print(`version ${value.version} holds from the next round on`);
}

/** @throws Failure that tells every mistake with its line */
async function policyIn(file: string): Promise<Policy> {
  const { name, text } = await readSource(file);
  try {
    return readPolicy({ file: name, text });
  } catch (error) {
    if (!(error instanceof WrongInput)) throw error;
    const [first = "", ...rest] = error.message.split("\n");
    throw wrongUse(first, ...rest);
  }
}
