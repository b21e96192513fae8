import * as fc from "fast-check";
import { expect, test } from "vitest";
import { hourOfWeek } from "./item-hours.ts";

test.each(["Asia/Shanghai", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"])(
  "the hour of the week is that of the calendar of %s, also where clocks change",
  (zone) => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 4e9 }), (seconds) => {
        const at = Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
        const local = at.toZonedDateTimeISO(zone);
        const { hour, endNs } = hourOfWeek(at.epochNanoseconds, zone);
        expect(hour).toBe((local.dayOfWeek - 1) * 24 + local.hour);
        const last = Temporal.Instant.fromEpochNanoseconds(endNs - 1n).toZonedDateTimeISO(zone);
        expect([last.dayOfWeek, last.hour]).toEqual([local.dayOfWeek, local.hour]);
        expect(endNs).toBeGreaterThan(at.epochNanoseconds);
      }),
      { numRuns: 300 },
    );
  },
);
