import { defaultPolicy } from "@wadi/core/dispatch";
import { asId, type CentreId } from "@wadi/core/units";
import { expect, test } from "vitest";

import { keepPace } from "./pace-keeper.ts";

const c1 = asId<CentreId>("c1");
const c2 = asId<CentreId>("c2");
const at = (nowMs: number) => ({ centres: [c1, c2], policy: defaultPolicy.pace, nowMs });
const lying = (runs: number, oldestMs = 0) => new Map([[c1, { runs, oldestMs }]]);

test("a centre that takes what it is given is given more; others wait for their turn", () => {
  const pace = keepPace();
  expect(pace.look(new Map(), at(0))).toEqual(
    new Map([
      [c1, 16],
      [c2, 16],
    ]),
  );
  pace.note(new Map([[c1, 16]]));
  expect(pace.look(lying(16), at(20)).get(c1)).toBe(0);
  expect(pace.look(lying(4), at(40)).get(c1)).toBe(28 - 4);
  expect(pace.look(new Map(), at(60)).get(c1)).toBe(32);
  expect(pace.caps().get(c2)).toEqual({ cap: 16, lying: 0 });
});

test("leases that lie halve its cap, once for each such time", () => {
  const pace = keepPace();
  for (let turn = 0; turn < 4; turn += 1) {
    const left = pace.look(new Map(), at(turn)).get(c1)!;
    pace.note(new Map([[c1, left]]));
  }
  pace.look(lying(100, 0), at(30_000));
  const halved = pace.caps().get(c1)!.cap;
  pace.look(lying(100, 0), at(31_000));
  expect(pace.caps().get(c1)!.cap).toBe(halved);
  pace.look(lying(100, 0), at(60_000));
  expect(pace.caps().get(c1)!.cap).toBe(Math.max(16, Math.floor(halved / 2)));
});

test("a centre that is gone is forgotten", () => {
  const pace = keepPace();
  pace.look(new Map(), at(0));
  pace.look(new Map(), { ...at(1), centres: [c2] });
  expect([...pace.caps().keys()]).toEqual([c2]);
});
