import { parseDuration, type CentreId } from "@wadi/core/units";
import { routes } from "@wadi/protocol";
import { fileURLToPath } from "node:url";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";
import { localTime } from "../show/format.ts";

/** Makes a one-time token with which an agent joins. */
export async function makeToken(
  context: Context,
  input: { readonly centre: CentreId; readonly validFor: string },
): Promise<void> {
  const validFor = parseDuration(input.validFor);
  if (validFor === undefined) {
    throw wrongUse(`--valid-for ${input.validFor}: write a duration such as 30m or 1d`);
  }
  const params = { id: input.centre };
  const { json, value } = await context.ask(routes.makeJoinToken, { params, body: { validFor } });
  if (context.json) return context.printJson(json);
  context.print(value.joinToken);
  context.note(`valid once, until ${localTime(value.expiresAt)}; at the centre:`);
  context.note(`  WADI_JOIN_TOKEN=… wadi agent join --hub ${(await context.hub()).href}`);
}

const agentMain = fileURLToPath(new URL("../../../agent/src/main.ts", import.meta.url));

/** Becomes the agent's own process, so that signals and service managers meet the agent itself. */
export async function runAgent(
  context: Context,
  { act, args }: { readonly act: "join" | "run"; readonly args: readonly string[] },
): Promise<never> {
  const isJoin = act === "join" && !args.includes("--help");
  const hub = isJoin ? ["--hub", (await context.hub()).href] : [];
  const command = [process.execPath, ...process.execArgv, agentMain, act, ...hub, ...args];
  if (!process.execve) throw wrongUse("an agent runs on Linux and macOS only");
  return process.execve(process.execPath, command, context.env.inherited);
}
