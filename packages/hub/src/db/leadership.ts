import type { Db } from "./db.ts";
import type { Sql } from "./sql.ts";

/**
 * One hub makes the rounds: the one that holds the lease. The lease is a row of the database, its
 * time is the database's, and each new leader begins a new epoch. A leader that was frozen, or cut
 * off, and does not know yet that it has been replaced, is stopped by `fence`.
 */

/** This hub does not lead, or no longer: what it was about to write belongs to another's epoch. */
export class NotLeader extends Error {
  override readonly name = "NotLeader";
}

/** Long enough for three renewals to fail, short enough to be replaced within 15 s. */
const leaseMsDefault = 10_000;
const renewMsDefault = 3000;

export interface LeaseRequest {
  /** Tells hubs apart; a restarted hub must come with another name. */
  readonly holder: string;
  readonly leaseMs: number;
}

/**
 * Begins a new epoch if nobody holds the lease.
 * @returns the epoch, or undefined when somebody does
 */
export async function tryLead(sql: Sql, request: LeaseRequest): Promise<bigint | undefined> {
  const [row] = await sql<{ epoch: bigint }>`
    update leadership
    set epoch = epoch + 1, holder = ${request.holder},
      expires_at = clock_timestamp() + ${request.leaseMs} * interval '1 ms'
    where expires_at <= clock_timestamp()
    returning epoch`;
  return row?.epoch;
}

/**
 * Extends the lease of this epoch. Also one that ran out, as long as nobody else has begun another.
 * @returns false when somebody has: this hub leads no more
 */
export async function renewLead(
  sql: Sql,
  { epoch, leaseMs }: { epoch: bigint; leaseMs: number },
): Promise<boolean> {
  const renewed = await sql`
    update leadership set expires_at = clock_timestamp() + ${leaseMs} * interval '1 ms'
    where epoch = ${epoch}`;
  return renewed.count === 1;
}

/** Gives the lease back, so that another hub need not wait for it to run out. */
export async function resignLead(sql: Sql, epoch: bigint): Promise<void> {
  await sql`update leadership set expires_at = to_timestamp(0) where epoch = ${epoch}`;
}

/**
 * To be called in each transaction of a round, before its first write. From then on no other hub
 * can begin an epoch until the transaction ends; renewals are not held up.
 * @throws NotLeader when `epoch` is over
 */
export async function fence(sql: Sql, epoch: bigint): Promise<void> {
  const rows = await sql`select from leadership where epoch = ${epoch} for key share`;
  if (rows.count === 0) throw new NotLeader(`epoch ${epoch} is over: another hub leads`);
}

/** Who leads, for people. */
export async function readLeader(sql: Sql): Promise<{ holder: string; epoch: bigint } | undefined> {
  const [row] = await sql<{ holder: string; epoch: bigint }>`
    select holder, epoch from leadership where expires_at > clock_timestamp()`;
  return row;
}

export interface Candidacy {
  /**
   * The epoch this hub leads in; undefined when it does not, or cannot be sure because its last
   * renewal is a lease ago. Only a hint: `fence` decides.
   */
  epoch(): bigint | undefined;
  /** Resigns, and stands no more. */
  stop(): Promise<void>;
}

export interface CandidacyOptions {
  readonly holder: string;
  readonly leaseMs?: number;
  /** How often the lease is renewed, or tried for. */
  readonly renewMs?: number;
  /** Called with the new epoch when this hub begins to lead, with undefined when it stops. */
  readonly onChange?: (epoch: bigint | undefined) => void;
  readonly onTrouble?: (error: unknown) => void;
}

/** Stands for leadership from now on: takes the lease when it is free and renews it. */
export function standForLead(db: Db, options: CandidacyOptions): Candidacy {
  const { holder, leaseMs = leaseMsDefault, renewMs = renewMsDefault } = options;
  const { onChange = () => {}, onTrouble = () => {} } = options;
  let held: { epoch: bigint; sureUntil: number } | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function tick(): Promise<void> {
    const asked = performance.now(); // before asking: the lease began no earlier than this
    const before = held?.epoch;
    try {
      const epoch = await askFor(before);
      held = epoch === undefined ? undefined : { epoch, sureUntil: asked + leaseMs };
    } catch (error) {
      onTrouble(error); // the lease runs on without us; `sureUntil` says how long
    }
    if (held?.epoch !== before) onChange(held?.epoch);
    if (!stopped) timer = setTimeout(next, renewMs).unref();
  }

  async function askFor(epoch: bigint | undefined): Promise<bigint | undefined> {
    if (epoch !== undefined && (await renewLead(db.sql, { epoch, leaseMs }))) return epoch;
    return tryLead(db.sql, { holder, leaseMs });
  }

  let ticking = tick();
  function next(): void {
    ticking = tick();
  }

  return {
    epoch: () => (held && performance.now() < held.sureUntil ? held.epoch : undefined),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await ticking;
      clearTimeout(timer);
      const epoch = held?.epoch;
      held = undefined;
      if (epoch !== undefined) await resignLead(db.sql, epoch).catch(onTrouble);
    },
  };
}
