import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { asId, mebibytes, type CardModelId, type HostId } from "@wadi/core/units";
import type { EngineHost } from "../../engine.ts";
import { CardWatch, type CardLook } from "./card-watch.ts";
import { playedTool, type PlayedTool } from "./played-tool.ts";

const everyMs = 10;
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const hostOf = (model: string, { real, counted = 0 }: { real: number; counted?: number }) => ({
  id: asId<HostId>("h1"),
  cpuCores: 64,
  memory: mebibytes(65_536),
  emulated: false,
  cards: Array.from({ length: real + counted }, (_, device) => ({
    slot: 100 + device,
    device,
    model: asId<CardModelId>(model),
    emulated: device >= real,
  })),
});

function watching(host: EngineHost, program = "nvidia-smi", timeoutMs = 5000) {
  const tool = playedTool(program);
  const looks: CardLook[] = [];
  const looksOf = { everyMs, timeoutMs, path: tool.path };
  const watch = new CardWatch([host], looksOf, (look) => looks.push(look));
  let nowMs = 0;
  const look = async (afterMs = 3_600_001) => {
    const before = looks.length;
    watch.tick((nowMs += afterMs), { isInUse: true });
    await vi.waitFor(() => expect(looks.length).toBeGreaterThan(before), 10_000);
    return looks.at(-1)!;
  };
  ends.push(() => {
    watch.close();
    tool.remove();
  });
  return { tool, watch, looks, look };
}

const aCard = (device: number, busy: number | string = 50, serial = `16543210000${device}`) =>
  `${device}, ${serial}, GPU-uuid-${device}, ${busy}`;

test("one call tells of all cards, whatever runs there are", async () => {
  const { tool, watch, look } = watching(hostOf("a800-80g", { real: 2 }));
  tool.says(`${aCard(0, 97)}\n${aCard(1, 0)}`);
  const { busy } = await look();
  expect([busy("cuda", 0), busy("cuda", 1), busy("cuda", 2)]).toEqual([0.97, 0, null]);
  expect([watch.serialOf("cuda", 0), watch.serialOf("cann", 0)]).toEqual([
    "165432100000",
    undefined,
  ]);
});

test("of cards that the host does not offer, or only counts, nothing is said", async () => {
  const { tool, watch, look } = watching(hostOf("a800-80g", { real: 1, counted: 1 }));
  tool.says([0, 1, 2, 3].map((device) => aCard(device)).join("\n"));
  const { busy } = await look();
  expect([0, 1, 2, 3].map((device) => busy("cuda", device))).toEqual([0.5, null, null, null]);
  expect([0, 1, 2, 3].map((device) => watch.serialOf("cuda", device))).toEqual([
    "165432100000",
    undefined,
    undefined,
    undefined,
  ]);
});

test.each([
  ["is not there", (tool: PlayedTool) => tool.remove()],
  ["fails", (tool: PlayedTool) => tool.fails()],
  ["is killed", (tool: PlayedTool) => tool.does("kill -9 $$")],
  ["hangs", (tool: PlayedTool) => tool.does("sleep 600")],
  ["hangs, and will not hear", (tool: PlayedTool) => tool.does("trap '' TERM; sleep 600")],
  ["starts what hangs", (tool: PlayedTool) => tool.does("sleep 600 & wait")],
  ["writes without end", (tool: PlayedTool) => tool.does("yes 0, 1, GPU-1, 1")],
  ["writes what is no answer", (tool: PlayedTool) => tool.does("head -c 5000 /dev/urandom")],
  ["says nothing", (tool: PlayedTool) => tool.does("exit 0")],
  ["cannot be started", (tool: PlayedTool) => tool.does("exit 0; #\u0000")],
])("of a tool that %s nothing is said, but the serial numbers stay", async (_what, goesWrong) => {
  const { tool, watch, look } = watching(hostOf("a800-80g", { real: 1 }), "nvidia-smi", 300);
  tool.says(aCard(0));
  await look();
  goesWrong(tool);
  expect((await look()).busy("cuda", 0)).toBeNull();
  expect(watch.serialOf("cuda", 0)).toBe("165432100000");
});

test("a tool that fails is asked less often, and heard when it works again", async () => {
  const { tool, watch, looks, look } = watching(hostOf("a800-80g", { real: 1 }));
  tool.fails();
  await look(10_000_000);
  watch.tick(10_000_000 + everyMs, { isInUse: true });
  await sleep(50);
  expect(looks).toHaveLength(1);
  tool.says(aCard(0));
  expect((await look(2 * everyMs)).busy("cuda", 0)).toBe(0.5);
  expect((await look(everyMs)).busy("cuda", 0)).toBe(0.5);
});

test("a tool that failed on cards at rest is asked at once when they are used", async () => {
  const { tool, watch, looks } = watching(hostOf("a800-80g", { real: 1 }));
  tool.fails();
  watch.tick(1_000_000, { isInUse: false });
  await vi.waitFor(() => expect(looks).toHaveLength(1));
  watch.tick(1_000_000 + 61_000, { isInUse: false });
  await sleep(50);
  expect(looks).toHaveLength(1);
  tool.says(aCard(0));
  watch.tick(1_000_000 + 62_000, { isInUse: true });
  await vi.waitFor(() => expect(looks).toHaveLength(2));
  expect(looks[1]?.busy("cuda", 0)).toBe(0.5);
});

test("while a tool is waited for it is not asked again", async () => {
  const { tool, watch, looks } = watching(hostOf("a800-80g", { real: 1 }), "nvidia-smi", 400);
  tool.does("sleep 600");
  for (let i = 1; i < 20; i += 1) watch.tick(i * 3_600_000, { isInUse: true });
  await vi.waitFor(() => expect(looks.length).toBeGreaterThan(0), 5000);
  await sleep(50);
  expect(looks).toHaveLength(1);
});

test("a board's number for several chips tells none of them; their own does", async () => {
  const { tool, watch, look } = watching(hostOf("a800-80g", { real: 3 }));
  tool.says(`${aCard(0, 1, "777777")}\n${aCard(1, 1, "777777")}\n${aCard(2, 1, "888888")}`);
  await look();
  expect([0, 1, 2].map((device) => watch.serialOf("cuda", device))).toEqual([
    "GPU-uuid-0",
    "GPU-uuid-1",
    "888888",
  ]);
  tool.says("0, 777777, GPU-same, 1\n1, 777777, GPU-same, 1\n2, 999999, GPU-other, 1");
  await look();
  expect([0, 1, 2].map((device) => watch.serialOf("cuda", device))).toEqual([
    undefined,
    undefined,
    "999999",
  ]);
});

test("a tool that tells serial numbers by card only is asked for each, seldom", async () => {
  const { tool, watch, look } = watching(hostOf("ascend-910b3", { real: 2 }), "npu-smi");
  const row = (npu: number) => `| ${npu}  910B3 | OK | 99 |\n| 0 | 0000:C${npu}:00.0 | 4${npu} 0 |`;
  const table = `| Chip | Bus-Id | AICore(%) |\n${row(0)}\n${row(1)}`;
  const board = 'echo "Serial Number : 033VLB10P700000$5"; echo "$5" >> "$0.asked"';
  tool.does(`if [ "$2" = -t ]; then ${board}; else cat <<'END'\n${table}\nEND\nfi`);
  const first = await look();
  expect([first.busy("cann", 0), first.busy("cann", 1)]).toEqual([0.4, 0.41]);
  expect([0, 1].map((device) => watch.serialOf("cann", device))).toEqual([
    "033VLB10P7000000",
    "033VLB10P7000001",
  ]);
  await look();
  const asked = readFileSync(join(tool.path.split(delimiter)[0]!, "npu-smi.asked"), "utf8");
  expect(asked).toBe("0\n1\n");
});

test("nothing is asked without a real card, a tool, or the wish", async () => {
  const counted = watching(hostOf("a800-80g", { real: 0, counted: 4 }));
  const unknown = watching(hostOf("cpu", { real: 4 }));
  const none = new CardWatch(
    [hostOf("a800-80g", { real: 1 })],
    { everyMs: 0, timeoutMs: 1, path: "" },
    () => expect.unreachable(),
  );
  for (const one of [counted.watch, unknown.watch, none]) one.tick(1e9, { isInUse: true });
  await sleep(50);
  expect([counted.looks, unknown.looks]).toEqual([[], []]);
});

test("chips of one board, that has but one serial number, are not told apart by it", async () => {
  const { tool, watch, look } = watching(hostOf("ascend-910b3", { real: 3 }), "npu-smi");
  const chip = (board: number, place: number, device: number) =>
    `| ${board} 310P3 | OK | 9 |\n| ${place} ${device} | 0000:0${device}:00.0 | 5 0 |`;
  const table = ["| AICore(%) |", chip(8, 0, 0), chip(8, 1, 1), chip(9, 0, 2)].join("\n");
  const board = 'echo "Serial Number : 033VLB10P700000$5"';
  tool.does(`if [ "$2" = -t ]; then ${board}; else cat <<'END'\n${table}\nEND\nfi`);
  const { busy } = await look();
  expect([0, 1, 2].map((device) => busy("cann", device))).toEqual([0.05, 0.05, 0.05]);
  expect([0, 1, 2].map((device) => watch.serialOf("cann", device))).toEqual([
    undefined,
    undefined,
    "033VLB10P7000009",
  ]);
});

test("where serial numbers cannot be had it is still told how busy cards are", async () => {
  const { tool, watch, look } = watching(hostOf("ascend-910b3", { real: 1 }), "npu-smi");
  const table = "| Chip | Bus-Id | AICore(%) |\n| 0  910B3 | OK | 9 |\n| 0 | 0000:C1:00.0 | 7 0 |";
  tool.does(`if [ "$2" = -t ]; then exit 1; fi; cat <<'END'\n${table}\nEND`);
  expect((await look()).busy("cann", 0)).toBe(0.07);
  expect(watch.serialOf("cann", 0)).toBeUndefined();
});
