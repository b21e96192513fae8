import { expect, test } from "vitest";
import { cardTools, readCards, readSerial } from "./card-tools.ts";

const nvidia = (answer: string) => [...readCards(cardTools.cuda!.layout, answer).values()];
const ascend = (answer: string) => [...readCards(cardTools.cann!.layout, answer).values()];

/** In the layout of nvidia-smi with --format=csv,noheader,nounits. */
const eightCards = `0, 1654321000001, GPU-5f0b1b1e-0f0a-11ee-8c99-0242ac120001, 97
1, 1654321000002, GPU-5f0b1b1e-0f0a-11ee-8c99-0242ac120002, 100
2, 1654321000003, GPU-5f0b1b1e-0f0a-11ee-8c99-0242ac120003, 0
`;

/** In the layout that npu-smi 24.1 draws for 910B cards. */
const twoAscends = `
+------------------------------------------------------------------------------------------------+
| npu-smi 24.1.rc3                 Version: 24.1.rc3                                             |
+---------------------------+---------------+----------------------------------------------------+
| NPU   Name                | Health        | Power(W)    Temp(C)           Hugepages-Usage(page)|
| Chip                      | Bus-Id        | AICore(%)   Memory-Usage(MB)  HBM-Usage(MB)        |
+===========================+===============+====================================================+
| 0     910B3               | OK            | 101.0       49                0    / 0             |
| 0                         | 0000:C1:00.0  | 37          0    / 0          7324 / 65536         |
+===========================+===============+====================================================+
| 1     910B3               | OK            | 98.4        47                0    / 0             |
| 0                         | 0000:01:00.0  | 0           0    / 0          3311 / 65536         |
+===========================+===============+====================================================+
+---------------------------+---------------+----------------------------------------------------+
| NPU     Chip              | Process id    | Process name             | Process memory(MB)      |
+===========================+===============+====================================================+
| 0       0                 | 31337         | python3                  | 4013                    |
+===========================+===============+====================================================+
`;

test("of NVIDIA's cards the number, the serial number and the busy share are read", () => {
  const uuid = (end: number) => `GPU-5f0b1b1e-0f0a-11ee-8c99-0242ac12000${end}`;
  expect(nvidia(eightCards)).toEqual([
    { device: 0, board: 0, serial: "1654321000001", uuid: uuid(1), busy: 0.97 },
    { device: 1, board: 1, serial: "1654321000002", uuid: uuid(2), busy: 1 },
    { device: 2, board: 2, serial: "1654321000003", uuid: uuid(3), busy: 0 },
  ]);
});

test.each([
  ["0, [N/A], GPU-1234, [N/A]", null, null],
  ["0, [Not Supported], GPU-1234, 101", null, null],
  ["0, Unknown Error, GPU-1234, -1", null, null],
  ["0, 0000000000000, GPU-1234, 12.5", null, null],
  ["0, 1654321000001, GPU-1234, ERR!", "1654321000001", null],
])("a field that makes no sense counts as not said: %s", (line, serial, busy) => {
  expect(nvidia(line)).toEqual([{ device: 0, board: 0, serial, uuid: "GPU-1234", busy }]);
});

test.each([
  ["", "no card"],
  ["No devices were found", "not a line of device"],
  ["NVIDIA-SMI has failed because it couldn't communicate with the driver.", "not a line"],
  ["0, 1, GPU-1, 5, 6", "not a line"],
  ["-1, 1, GPU-1, 5", "not a line"],
  ["0, 1654, GPU-1, 5\n0, 1655, GPU-2, 6", "twice"],
  ["\u0000\uFFFD\u001B[2J", "not a line"],
])("an answer of another layout is none: %j", (answer, why) => {
  expect(() => nvidia(answer)).toThrow(why);
});

test("of Ascend cards the two lines of each are read together", () => {
  expect(ascend(twoAscends)).toEqual([
    { device: 0, board: 0, serial: null, uuid: null, busy: 0.37 },
    { device: 1, board: 1, serial: null, uuid: null, busy: 0 },
  ]);
});

test("chips that are numbered through have their own numbers", () => {
  const answer = `| NPU     Name | Health       | Power(W)  Temp(C)  |
| Chip    Device | Bus-Id       | AICore(%) Memory-Usage(MB) |
| 8       310P3 | OK           | NA        47           |
| 0       0     | 0000:07:00.0 | 3         3404 / 44280 |
| 8       310P3 | OK           | NA        47           |
| 1       1     | 0000:07:00.0 | NA        263 / 43693  |`;
  expect(ascend(answer).map(({ device, board, busy }) => [device, board, busy])).toEqual([
    [0, 8, 0.03],
    [1, 8, null],
  ]);
});

test("an answer without the column is none", () => {
  expect(() => ascend(twoAscends.replace("AICore(%)", "Cube(%)  "))).toThrow("AICore(%)");
});

test.each([
  [
    "\tNPU ID                         : 3\n\tSerial Number   : 033VLB10P7000275\n",
    "033VLB10P7000275",
  ],
  ["\tSerial Number                  : NA\n", null],
  ["\tProduct Name                   : IT22\n", null],
  ["", null],
])("an Ascend card's serial number stands behind its label: %j", (answer, serial) => {
  expect(readSerial(cardTools.cann!.serial!.label, answer)).toBe(serial);
});
