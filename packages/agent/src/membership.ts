import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { AgentId, CentreId } from "@wadi/core/units";
import { slug, uuid } from "@wadi/protocol";
import { Ends } from "./exit-codes.ts";

/** What joining has made: which centre this agent is of, and with what it proves it. */
const membership = z.strictObject({
  hub: z.url({ protocol: /^https?$/ }),
  centre: slug<CentreId>(),
  agent: uuid<AgentId>(),
  /** Secret. The file is for this user alone. */
  credential: z.string(),
  /** Secret too: what readings are signed with; null: it joined before there was such a key. */
  signingKey: z.string().nullable().default(null),
  /** As given when joining; used again at each start. */
  config: z.string().nullable(),
});
export type Membership = z.output<typeof membership>;

const fileIn = (state: string) => join(state, "membership.json");

/** The state folder may be passed through by runs, which are other users; its files may not. */
export async function makeStateFolder(state: string): Promise<void> {
  await mkdir(state, { recursive: true, mode: 0o711 });
}

/** Durable when it returns, and never half written. */
export async function saveMembership(state: string, value: Membership): Promise<void> {
  const path = fileIn(state);
  const draft = `${path}.new`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(z.encode(membership, value), null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** @throws Ends `not-joined` */
export async function readMembership(state: string): Promise<Membership> {
  const path = fileIn(state);
  try {
    return membership.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    const cure = "join first: wadi agent join --hub URL, with the token in WADI_JOIN_TOKEN";
    throw new Ends("not-joined", `${path} cannot be read; ${cure}`, { cause });
  }
}
