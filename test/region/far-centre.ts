import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import {
  FakeCentre,
  RunRefused,
  type EngineHost,
  type EngineRef,
  type RunReport,
  type RunSpec,
} from "@wadi/agent";
import type { JobId } from "@wadi/core/units";

import { farClock } from "./far-clock.ts";
import { openSpellBook, type OpenSpell, type SpellBook } from "./spells.ts";

/**
 * A fake centre that outlives its agent, as a real one does: it lives here, the agent in a process
 * of its own that may be killed, and speaks with it through a socket.
 */
export interface FarCentre {
  readonly centre: FakeCentre;
  readonly book: SpellBook;
  close(): Promise<void>;
}

export interface FarCall {
  readonly id: number;
  readonly call: string;
  readonly args: readonly unknown[];
}

export type FarReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly refused: { reason: string; detail: string } }
  | { readonly id: number; readonly failed: string };

export async function openFarCentre(
  hosts: readonly EngineHost[],
  at: { readonly name: string; readonly socket: string },
): Promise<FarCentre> {
  const clock = farClock();
  const centre = new FakeCentre(hosts, clock);
  const book = openSpellBook();
  const watch = watchSpells(centre, { book, name: at.name, catchUp: clock.catchUp });
  const calls = callsOf(centre, watch);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => sockets.delete(socket));
    const lines = createInterface(socket).on("error", () => {}); // the socket's own
    lines.on("line", (line) => {
      const asked = JSON.parse(line) as FarCall;
      void answer(calls, asked).then((reply) => socket.write(`${JSON.stringify(reply)}\n`));
    });
  });
  await new Promise<void>((resolve) => server.listen(at.socket, resolve));
  return {
    centre,
    book: {
      ...book,
      all: () => {
        watch.look();
        return book.all();
      },
      alive: () => {
        watch.look();
        return book.alive();
      },
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Calls = Readonly<Record<string, (...args: never[]) => unknown>>;

async function answer(calls: Calls, { id, call, args }: FarCall): Promise<FarReply> {
  try {
    return { id, value: (await calls[call]!(...(args as never[]))) ?? null };
  } catch (error) {
    if (error instanceof RunRefused) {
      return { id, refused: { reason: error.reason, detail: error.detail } };
    }
    return { id, failed: String(error) };
  }
}

function callsOf(centre: FakeCentre, watch: SpellWatch): Calls {
  const reachable = <A extends never[], T>(act: (...args: A) => T) => {
    return (...args: A) => {
      if (!centre.isReachable) throw new Error("the fake centre is out of reach");
      return act(...args);
    };
  };
  return {
    describe: reachable(() => centre.describe()),
    start: reachable((spec: RunSpec) => {
      watch.look();
      const ref = centre.start(spec);
      watch.began(spec, ref);
      return ref;
    }),
    observe: reachable((refs: EngineRef[]) => centre.observe(refs)),
    stop: reachable((ref: EngineRef) => centre.stop(ref)),
    holding: reachable(() => centre.holding()),
    changes: reachable(async (seen: number) => {
      if (seen === centre.mark) await centre.changed;
      return centre.mark;
    }),
    output: reachable((ref: EngineRef, piece: Parameters<FakeCentre["output"]>[1]) =>
      Buffer.from(centre.output(ref, piece)).toString("base64"),
    ),
    renewLease: reachable(({ untilMs }: { untilMs: number }) => centre.renewLease(untilMs)),
    forget: reachable((ref: EngineRef) => {
      watch.look();
      centre.forget(ref);
    }),
    forgetJob: reachable((job: JobId) => centre.forgetJob(job)),
  };
}

interface SpellWatch {
  began(spec: RunSpec, ref: EngineRef): void;
  /** Notes which runs have ended, and when; to be called before any is forgotten. */
  look(): void;
}

function watchSpells(
  centre: FakeCentre,
  { book, name, catchUp }: { book: SpellBook; name: string; catchUp: () => void },
): SpellWatch {
  const open = new Map<string, { ref: EngineRef; spells: OpenSpell[] }>();
  const known = new Set<string>();
  const reportOf = (ref: EngineRef): RunReport | undefined => centre.observe([ref])[0];
  return {
    began: ({ job, run, replicas }, ref) => {
      const report = reportOf(ref);
      const fromMs = report?.startedAtMs ?? null;
      if (known.has(ref.handle) || fromMs === null) return;
      known.add(ref.handle);
      const spells = Array.from({ length: replicas }, (_, replica) =>
        book.begin({ job, run, replica, centre: name, fromMs }),
      );
      open.set(ref.handle, { ref, spells });
    },
    look: () => {
      catchUp();
      for (const [handle, { ref, spells }] of open) {
        const report = reportOf(ref);
        if (report && report.endedAtMs === null) continue;
        for (const spell of spells) spell.end(report?.endedAtMs ?? Date.now());
        open.delete(handle);
      }
    },
  };
}
