import { expect, test } from "vitest";

import { stateOf, type Presence } from "./presence.ts";

const now = Temporal.Instant.from("2026-06-01T12:00:00Z");
const leaseMs = 60_000;
const secondsAgo = (seconds: number) => now.subtract({ seconds });

test.each([
  // mode       joined            heard            is
  ["open", null, null, "never-joined"],
  ["draining", null, null, "never-joined"],
  ["open", secondsAgo(90), null, "never-joined"],
  ["open", secondsAgo(90), secondsAgo(60), "up"],
  ["open", secondsAgo(90), secondsAgo(61), "unknown"],
  ["draining", secondsAgo(90), secondsAgo(1), "draining"],
  ["draining", secondsAgo(90), secondsAgo(61), "unknown"],
  ["left", secondsAgo(90), secondsAgo(61), "left"],
] as [Presence["mode"], Presence["joinedAt"], Presence["heardAt"], string][])(
  "%s, joined at %s, heard at %s: %s",
  (mode, joinedAt, heardAt, state) => {
    expect(stateOf({ mode, joinedAt, heardAt }, { now, leaseMs })).toBe(state);
  },
);
