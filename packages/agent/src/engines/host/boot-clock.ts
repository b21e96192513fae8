import { readFileSync } from "node:fs";
import { uptime } from "node:os";

/**
 * Milliseconds since the machine started, time asleep included (CLOCK_BOOTTIME; steps of 10 ms on
 * Linux). A lease is a promise to a hub that does not sleep when this machine does, so a clock
 * that stops in suspend (`performance.now`) would keep it too long, and a clock that people set
 * (`Date.now`) could jump either way.
 */
export const bootClockMs = (): number => Math.round(uptime() * 1000);

/** Names this start of the machine: process ids from before another start mean nothing now. */
export function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Not Linux. The time of the start serves, in minutes: a clock that is set moves it a little.
    return `boot-minute-${Math.round((Date.now() - bootClockMs()) / 60_000)}`;
  }
}
