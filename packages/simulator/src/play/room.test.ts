import { asId, mebibytes, milliCores, type HostId, type PoolId } from "@wadi/core/units";
import { expect, test } from "vitest";
import { aHost, aPool } from "./builders.testing.ts";
import { roomsOf, type Taking } from "./room.ts";

const pool = aPool("east", { hosts: [aHost("one", { cards: 2 }), aHost("two", { cards: 2 })] });

const taking = (
  hosts: Taking["hosts"],
  need: { cards?: number; share?: number; cpu?: number } = {},
): Taking => ({
  pool: asId("east"),
  need: {
    cards: need.cards ?? 1,
    share: need.share ?? 1000,
    cpu: milliCores(need.cpu ?? 1000),
    memory: mebibytes(1024),
  },
  hosts,
});
const on = (host: string, replicas: number, card?: number) => ({
  host: asId<HostId>(host),
  replicas,
  ...(card === undefined ? {} : { card }),
});

test("cards, parts of cards and cores are bounded; what is given back is free again", () => {
  const rooms = roomsOf([pool]);
  const part = taking([on("one", 1, 0)], { share: 600 });
  rooms.take(part);
  expect(() => rooms.take(part)).toThrow("1200 thousandths of card 0 would be taken");
  expect(() => rooms.take(taking([on("one", 2)]))).toThrow("3 cards would be taken of 2");
  rooms.take(taking([on("one", 1)]));
  expect(() => rooms.take(taking([on("two", 1)], { cpu: 65_000 }))).toThrow("65000 milli-cores");
  expect(() => rooms.take(taking([on("two", 1, 2)], { share: 100 }))).toThrow("no card 2");
  rooms.give(part);
  rooms.take(taking([on("one", 1)]));
});

test("a gang that does not fit whole takes nothing", () => {
  const rooms = roomsOf([pool]);
  expect(() => rooms.take(taking([on("one", 2), on("two", 3)]))).toThrow("3 cards");
  rooms.take(taking([on("one", 2), on("two", 2)]));
});

test("a host that is down or unknown gives no room", () => {
  const rooms = roomsOf([pool]);
  const east = asId<PoolId>("east");
  rooms.setDown(east, asId("one"), true);
  expect(() => rooms.take(taking([on("one", 1)]))).toThrow("host one of pool east: it is down");
  expect(() => rooms.take(taking([on("six", 1)]))).toThrow("pool east has no host six");
  rooms.setDown(east, asId("one"), false);
  rooms.take(taking([on("one", 1)]));
});
