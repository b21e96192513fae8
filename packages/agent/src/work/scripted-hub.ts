import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { durationOf } from "@wadi/core/units";
import { refusals, syncReply, type RefusalCode, type SyncReply } from "@wadi/protocol";

/** What becomes of one request and its reply. */
export type Fault =
  | "fine"
  /** The connection breaks before the hub has read it, or after it has done all of it. */
  | "lost-request"
  | "lost-reply"
  /** The hub does it once more, as when the network delivers it twice. */
  | "twice"
  /** It is cut off now and arrives only after the requests that follow. */
  | "late"
  /** Half of the reply arrives. */
  | "torn-reply"
  | RefusalCode;

/** As much of a hub as the link needs, with a real server and faults on demand; for tests. */
export interface ScriptedHub {
  readonly url: URL;
  /** The entries taken, in order: each once if the agent and the hub keep their promises. */
  readonly taken: { readonly seq: string; readonly [field: string]: unknown }[];
  readonly requests: SyncBody[];
  /** For the next requests, one each. */
  readonly faults: Fault[];
  /** What the next reply hands out. */
  next: Partial<SyncReply>;
  acked: bigint;
  journal: string | undefined;
  close(): Promise<void>;
}

interface SyncBody {
  readonly journal: string;
  readonly entries: { readonly seq: string }[];
  readonly holding: unknown;
  readonly inventory: unknown;
  readonly wait: string;
  readonly room: number;
}

export async function startScriptedHub(): Promise<ScriptedHub> {
  const late: SyncBody[] = [];
  const server = createServer((request, reply) => void answer(request, reply));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const hub: ScriptedHub = {
    url: new URL(`http://127.0.0.1:${port}`),
    taken: [],
    requests: [],
    faults: [],
    next: {},
    acked: 0n,
    journal: undefined,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return hub;

  async function answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const body = JSON.parse(await text(request)) as SyncBody;
    if (request.url === "/v1/agent/join") return join(body, reply);
    const fault = hub.faults.shift() ?? "fine";
    if (fault === "lost-request") return void request.socket.destroy();
    if (fault === "late") {
      late.push(body);
      return void request.socket.destroy();
    }
    if (fault in refusals) return refuse(reply, fault as RefusalCode);
    hub.requests.push(body);
    const handed = take(body);
    if (fault === "twice") take(body);
    for (const one of late.splice(0)) take(one);
    if (fault === "lost-reply") return void request.socket.destroy();
    const content = JSON.stringify(z.encode(syncReply, handed));
    reply.writeHead(200, { "content-type": "application/json" });
    if (fault !== "torn-reply") return void reply.end(content);
    reply.write(content.slice(0, content.length / 2), () => request.socket.destroy());
  }

  /** As the hub's own `takeSync` does: what was taken is dropped, a gap takes nothing. */
  function take(body: SyncBody): SyncReply {
    if (body.journal !== hub.journal && (body.entries[0]?.seq ?? "1") === "1") {
      hub.journal = body.journal;
      hub.acked = 0n;
    }
    if (body.journal === hub.journal) {
      const fresh = body.entries.filter(({ seq }) => BigInt(seq) > hub.acked);
      if (fresh[0] === undefined || BigInt(fresh[0].seq) === hub.acked + 1n) {
        hub.taken.push(...fresh);
        hub.acked += BigInt(fresh.length);
      }
    }
    const handed = hub.next;
    hub.next = {};
    return {
      ackedThrough: hub.acked,
      leaseFor: durationOf(60_000),
      leases: [],
      stops: [],
      mode: "open",
      ...handed,
    };
  }
}

/** Every token but "refused" is good. */
function join(body: unknown, reply: ServerResponse): void {
  const { joinToken } = body as { joinToken: string };
  if (joinToken.startsWith("refused")) return refuse(reply, "join-token-invalid");
  const credential = `wadiagent_abcdefghijkm_${"s".repeat(43)}`;
  reply.writeHead(201, { "content-type": "application/json" });
  const agent = "01990000-0000-7000-8000-00000000a9e7";
  reply.end(JSON.stringify({ agent, centre: "c1", credential }));
}

function refuse(reply: ServerResponse, code: RefusalCode): void {
  const { status, title } = refusals[code];
  reply.writeHead(status, { "content-type": "application/problem+json" });
  reply.end(JSON.stringify({ type: code, title, status, code, detail: title, instance: "1" }));
}
