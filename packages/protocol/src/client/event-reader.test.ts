import fc from "fast-check";
import { expect, test } from "vitest";
import { eventReader, type ServerEvent } from "./event-reader.ts";

const readAll = (pieces: readonly string[]): ServerEvent[] => {
  const reader = eventReader();
  return pieces.flatMap((piece) => reader.take(piece));
};

test.each([
  ["data: a\n\n", [{ event: "message", data: "a", id: null }]],
  ["data:a\n\n", [{ event: "message", data: "a", id: null }]],
  ["data:  a\n\n", [{ event: "message", data: " a", id: null }]],
  ["data: a\ndata: b\n\n", [{ event: "message", data: "a\nb", id: null }]],
  ["data\n\n", [{ event: "message", data: "", id: null }]],
  ["id: 7\nevent: log\ndata: x\n\n", [{ event: "log", data: "x", id: "7" }]],
  ["\uFEFFdata: a\r\rdata: b\r\n\r\n", ["a", "b"].map((data) => message(data))],
  ["event: log\n\ndata: a\n\n", [message("a")]], // an event without data is none
  [": a comment\n\n", []],
  ["data: not ended", []],
  ["nonsense: a\n\n", []],
])("%j is read as %j", (text, events) => {
  expect(readAll([text])).toEqual(events);
});

test("an id holds for the events after it, which may have none", () => {
  const events = readAll(["id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n"]);
  expect(events.map(({ id }) => id)).toEqual(["1", "1", ""]);
});

test("the server's pause is known once it was said, and nonsense is not", () => {
  const reader = eventReader();
  reader.take("retry: soon\n\n");
  expect(reader.retryMs()).toBe(null);
  reader.take("retry: 2000\n\n");
  expect(reader.retryMs()).toBe(2000);
});

test("wherever the text is cut, the events are the same", () => {
  const line = fc.constantFrom("data: a", "data", "data: é洼", "id: 4", "event: e", ": c", "");
  const ending = fc.constantFrom("\n", "\r\n", "\r");
  const text = fc
    .array(fc.tuple(line, ending), { maxLength: 20 })
    .map((lines) => `${lines.map(([words, end]) => words + end).join("")}data: z\n\n`);
  fc.assert(
    fc.property(text, fc.array(fc.nat(80), { maxLength: 8 }), (whole, cuts) => {
      const places = [0, ...cuts.filter((at) => at < whole.length), whole.length].sort(
        (a, b) => a - b,
      );
      const pieces = places.slice(1).map((to, index) => whole.slice(places[index], to));
      expect(readAll(pieces)).toEqual(readAll([whole]));
    }),
  );
});

function message(data: string): ServerEvent {
  return { event: "message", data, id: null };
}
