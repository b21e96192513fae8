import { expect, test } from "vitest";
import { nextAfter, type RunEnd } from "./next.ts";

const spec = { retry: { times: 1, exitCodes: [75], rerunWhenLost: true }, checkpoint: null };
const end = (what: Partial<RunEnd>): RunEnd => ({
  state: "failed",
  exitCode: 75,
  cancelRequested: false,
  preempted: false,
  failures: 1,
  ...what,
});

test("success ends the job, whatever else was asked", () => {
  const next = nextAfter(spec, end({ state: "succeeded", exitCode: 0, cancelRequested: true }));
  expect(next).toEqual({ kind: "final", state: "succeeded", why: "exit-zero" });
});

test("an exit code that is to be retried runs again, as often as the spec says", () => {
  expect(nextAfter(spec, end({ failures: 1 }))).toEqual({ kind: "again", why: "exit-code" });
  expect(nextAfter(spec, end({ failures: 2 }))).toMatchObject({ kind: "final", state: "failed" });
});

test("another exit code, or a signal, is not retried where codes are listed", () => {
  expect(nextAfter(spec, end({ exitCode: 1 }))).toMatchObject({ kind: "final", why: "exit-code" });
  expect(nextAfter(spec, end({ exitCode: null }))).toMatchObject({ kind: "final", why: "signal" });
});

test("where no codes are listed, any failure of the job's own is retried", () => {
  const any = { ...spec, retry: { ...spec.retry, exitCodes: [] } };
  expect(nextAfter(any, end({ exitCode: null }))).toMatchObject({ kind: "again" });
  expect(nextAfter(any, end({ state: "out-of-memory" }))).toMatchObject({ kind: "again" });
});

test("a time-out is retried only with a checkpoint, for it would time out again", () => {
  const timedOut = end({ state: "timed-out", exitCode: null });
  expect(nextAfter(spec, timedOut)).toMatchObject({ kind: "final", why: "timed-out" });
  const resumes = { retry: { ...spec.retry, exitCodes: [] }, checkpoint: "state" };
  expect(nextAfter(resumes, timedOut)).toMatchObject({ kind: "again" });
});

test.each(["stopped", "refused", "withdrawn", "lost", "lease-lost"] as const)(
  "a run that is %s is the centre's doing: the job runs again without using up its retries",
  (state) => {
    const none = { ...spec, retry: { times: 0, exitCodes: [], rerunWhenLost: true } };
    expect(nextAfter(none, end({ state, exitCode: null, failures: 0 })).kind).toBe("again");
  },
);

test("a lost run that must not be rerun ends its job", () => {
  const once = { ...spec, retry: { ...spec.retry, rerunWhenLost: false } };
  const next = nextAfter(once, end({ state: "lost", exitCode: null }));
  expect(next).toEqual({ kind: "final", state: "failed", why: "run-lost" });
});

test("once its end was asked for, no run is followed by another", () => {
  for (const state of ["failed", "stopped", "lost", "refused"] as const) {
    const next = nextAfter(spec, end({ state, cancelRequested: true }));
    expect(next).toEqual({ kind: "final", state: "cancelled", why: "cancelled" });
  }
});

test("a run that a round stopped is run again, however often, and told apart", () => {
  const next = nextAfter(spec, end({ state: "stopped", preempted: true, failures: 0 }));
  expect(next).toEqual({ kind: "again", why: "preempted" });
  const asked = { state: "stopped", preempted: true, cancelRequested: true } as const;
  expect(nextAfter(spec, end(asked))).toMatchObject({ kind: "final", state: "cancelled" });
});
