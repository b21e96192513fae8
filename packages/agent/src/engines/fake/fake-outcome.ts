import { refusals, RunRefused, type RefusalReason, type RunSpec } from "../engine.ts";

/** What a fake run does, read from its environment: the same spec always does the same. */
export interface FakeOutcome {
  /** FAKE_RUN_MS: how long it goes on when nobody stops it; 1000. */
  readonly runMs: number;
  /** FAKE_EXIT: its exit code; 0. */
  readonly exitCode: number;
  /** FAKE_SIGNAL: ended by that signal and not by an exit code. */
  readonly signal: string | null;
  /** FAKE_END: what befalls it: "out-of-memory" or "lost". */
  readonly end: "out-of-memory" | "lost" | null;
  /** FAKE_STOP_MS: how long it takes to end when asked to; 0. */
  readonly stopMs: number;
  /** FAKE_BUSY: how much its cards work, in thousandths of their time; null: nobody can say. */
  readonly busy: number | null;
  /** FAKE_STDOUT, FAKE_STDERR: what it writes, all of it at its start. */
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws RunRefused when FAKE_REFUSE names a reason, or a setting makes no sense */
export function fakeOutcome({ env }: RunSpec): FakeOutcome {
  const { FAKE_REFUSE: reason, FAKE_END: end = null } = env;
  if (reason !== undefined) {
    const known = reason in refusals ? (reason as RefusalReason) : "bad-spec";
    throw new RunRefused(known, `FAKE_REFUSE is ${reason}`);
  }
  if (end !== null && end !== "out-of-memory" && end !== "lost") {
    throw new RunRefused("bad-spec", `FAKE_END is "${end}"; it must be out-of-memory or lost`);
  }
  return {
    runMs: whole(env, "FAKE_RUN_MS", 1000),
    exitCode: whole(env, "FAKE_EXIT", 0),
    signal: env["FAKE_SIGNAL"] ?? null,
    end,
    stopMs: whole(env, "FAKE_STOP_MS", 0),
    busy: env["FAKE_BUSY"] === undefined ? null : whole(env, "FAKE_BUSY", 0),
    stdout: env["FAKE_STDOUT"] ?? "",
    stderr: env["FAKE_STDERR"] ?? "",
  };
}

function whole(env: RunSpec["env"], name: string, otherwise: number): number {
  const text = env[name];
  if (text === undefined) return otherwise;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new RunRefused("bad-spec", `${name} is "${text}"; it must be a whole number`);
}
