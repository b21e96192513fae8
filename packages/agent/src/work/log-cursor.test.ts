import { expect, test } from "vitest";
import { afterPiece, leaveOut, newCursor, nextStep } from "./log-cursor.ts";

const limits = { pieceBytes: 100, bytesMax: 250 };

test("output goes in pieces, each following on the last", () => {
  const first = nextStep(newCursor, { size: 130, ...limits });
  expect(first).toEqual({ kind: "read", from: 0, bytes: 100 });
  const cursor = afterPiece(newCursor, 100);
  expect(nextStep(cursor, { size: 130, ...limits })).toEqual({
    kind: "read",
    from: 100,
    bytes: 30,
  });
  expect(nextStep(afterPiece(cursor, 30), { size: 130, ...limits })).toBeUndefined();
});

test("above its bound a stream ends with a line that says so, and nothing more is sent", () => {
  const cursor = afterPiece(newCursor, 250);
  const step = nextStep(cursor, { size: 1000, ...limits });
  expect(step).toMatchObject({ kind: "mark", text: expect.stringContaining("750 bytes or more") });
  if (step?.kind !== "mark") throw new Error("no mark");
  expect(step.cursor).toEqual({ read: 1000, sent: 250 + step.text.length, isFull: true });
  expect(nextStep(step.cursor, { size: 5000, ...limits })).toBeUndefined();
});

test("what is left out is counted and explained", () => {
  const { text } = leaveOut(afterPiece(newCursor, 10), { size: 30, why: "no room" });
  expect(text).toBe("\n[20 bytes or more left out: no room]\n");
});
