import type { Link } from "@wadi/core/capacity";
import type { PoolNow } from "@wadi/core/dispatch";
import { endRun } from "../play/run-end.ts";
import { rankOf, type Play, type Run } from "../play/state.ts";
import { nameOf, type FaultEvent } from "./fault-times.ts";
import type { Breakable } from "./faults.ts";

/**
 * Something breaks or is whole again: ends the runs it hits, and tells the pools and links as they
 * are from now on. What is down twice is up when both are over.
 *
 * @param onEnd  told of each run that it hits, before that is ended
 */
export function applyFault(
  play: Play,
  { what, isDown, next }: FaultEvent,
  onEnd: (run: Run) => void,
): void {
  const name = nameOf(what);
  const before = play.down.get(name) ?? 0;
  const now = before + (isDown ? 1 : -1);
  play.down.set(name, now);
  if (before === 0 || now === 0) change(play, { what, isDown }, onEnd);
  const after = next?.();
  if (after)
    play.events.push({ kind: "fault", rank: rankOf.fault, atMs: after.atMs, fault: after });
}

function change(
  play: Play,
  { what, isDown }: { what: Breakable; isDown: boolean },
  onEnd: (run: Run) => void,
): void {
  for (const run of isDown ? [...play.running] : []) {
    if (!isHit(run, { what, play })) continue;
    onEnd(run);
    endRun(play, run, "fault");
  }
  if (what.kind === "host") play.rooms.setDown(what.pool, what.host, isDown);
  if (what.kind === "link") tellLinks(play);
  else tellPools(play, what);
  play.isDirty = true;
}

function isHit(run: Run, { what, play }: { what: Breakable; play: Play }): boolean {
  if (what.kind === "centre") return run.pool.centre === what.centre;
  if (what.kind === "host") {
    return run.pool.id === what.pool && run.placement.hosts.some(({ host }) => host === what.host);
  }
  const isMoving = play.nowMs < run.beginMs;
  return isMoving && run.over.some(({ from, to }) => from === what.from && to === what.to);
}

function tellLinks(play: Play): void {
  const all = play.setting.fleet.links;
  const isUp = ({ from, to }: Link) => !play.down.get(nameOf({ kind: "link", from, to }));
  const links = all.every(isUp) ? all : all.filter(isUp);
  play.links = links;
  play.changes.push({ kind: "links", links });
}

function tellPools(play: Play, what: Exclude<Breakable, { kind: "link" }>): void {
  for (const whole of play.setting.fleet.pools) {
    const isIts = what.kind === "host" ? whole.id === what.pool : whole.centre === what.centre;
    if (!isIts) continue;
    const pool = asItIs(play, whole);
    play.pools.set(pool.id, pool);
    play.changes.push({ kind: "pool", pool });
  }
}

function asItIs({ down, nowMs }: Play, whole: PoolNow): PoolNow {
  const { id, centre } = whole;
  const isAway = down.get(nameOf({ kind: "centre", centre }));
  const heardAt = Temporal.Instant.fromEpochMilliseconds(nowMs).toString();
  const closed = isAway ? ({ code: "centre-unknown", facts: { centre, heardAt } } as const) : null;
  const hosts = whole.hosts.filter(
    ({ id: host }) => !down.get(nameOf({ kind: "host", pool: id, host })),
  );
  return { ...whole, hosts, closed: whole.closed ?? closed };
}
