import type { Stack } from "@wadi/core/capacity";

/** How one maker's tool is asked about the cards of a host, and how its answer is laid out. */
export interface CardTool {
  /** Looked for on the tools' path. */
  readonly program: string;
  /** One call tells how busy all cards are. */
  readonly args: readonly string[];
  readonly layout: Layout;
  /** Where that call tells no serial numbers: a call for each board, made seldom. */
  readonly serial?: {
    readonly args: (board: number) => readonly string[];
    /** What stands before the colon of the line that has it. */
    readonly label: string;
  };
  /** What is known of it, and from where. */
  readonly source: string;
}

export type Layout =
  /** A line for each card, its fields in this order. */
  | { readonly kind: "csv"; readonly columns: readonly ("device" | "serial" | "uuid" | "busy")[] }
  /**
   * A drawn table with two lines for each card: its number and name; then its chip, perhaps with
   * the chip's own number, its address on the bus, and how busy it is.
   */
  | { readonly kind: "two-lines"; readonly head: string };

/**
 * By stack. A stack whose tool nobody here has seen the output of, in the maker's own documents or
 * in more than one place, is not in it: of its cards nothing is said.
 */
export const cardTools: Partial<Readonly<Record<Stack, CardTool>>> = {
  cuda: {
    program: "nvidia-smi",
    args: ["--query-gpu=index,serial,uuid,utilization.gpu", "--format=csv,noheader,nounits"],
    layout: { kind: "csv", columns: ["device", "serial", "uuid", "busy"] },
    source:
      "nvidia-smi(1), manpages.ubuntu.com/manpages/plucky/man1/nvidia-smi.1.html: the serial " +
      "number is the one printed on the board; busy is the share of the last sampling period, a " +
      "second at most, in which a kernel ran",
  },
  cann: {
    program: "npu-smi",
    args: ["info"],
    layout: { kind: "two-lines", head: "AICore(%)" },
    serial: {
      args: (board) => ["info", "-t", "board", "-i", String(board)],
      label: "Serial Number",
    },
    source:
      "hiascend.com document/detail/zh/Atlas 200I A2/24.1.RC3/re/npu/npusmi_008 (serial number) " +
      "and Atlas 300I Pro Inference Card/300Ipro_015 (AICore(%)); outputs of 21.0.4 and 24.1.rc3 " +
      "as printed in installation guides of PaddlePaddle and in reports to vLLM",
  },
};

/** What a tool says of one card. */
export interface SeenCard {
  readonly device: number;
  /** The tool's number of the board that it is on: its own where each card is a board. */
  readonly board: number;
  /** Of its time, from 0 to 1; null: not said. */
  readonly busy: number | null;
  readonly serial: string | null;
  /** The chip's own number, where a board with several has one serial number. */
  readonly uuid: string | null;
}

/**
 * What a tool's answer says, by device. A field that makes no sense counts as not said.
 * @throws Error when the answer is of another layout, or names a card twice
 */
export function readCards(layout: Layout, answer: string): Map<number, SeenCard> {
  const lines = answer.split("\n").filter((line) => line.trim() !== "");
  const cards = layout.kind === "csv" ? readCsv(layout, lines) : readTwoLines(layout, lines);
  const byDevice = new Map(cards.map((card) => [card.device, card]));
  if (cards.length === 0) throw new Error(`no card is in it: ${shown(answer)}`);
  if (byDevice.size < cards.length) throw new Error(`a card is in it twice: ${shown(answer)}`);
  return byDevice;
}

/** The value of the line with that label; null where there is none, or no serial number. */
export function readSerial(label: string, answer: string): string | null {
  for (const line of answer.split("\n")) {
    const at = line.indexOf(":");
    if (at > 0 && line.slice(0, at).trim() === label) return numberIn(line.slice(at + 1));
  }
  return null;
}

function readCsv(
  { columns }: Extract<Layout, { kind: "csv" }>,
  lines: readonly string[],
): SeenCard[] {
  return lines.map((line) => {
    const fields = line.split(",").map((field) => field.trim());
    const field = (name: (typeof columns)[number]) => fields[columns.indexOf(name)] ?? "";
    const device = field("device");
    if (fields.length !== columns.length || !/^\d{1,4}$/.test(device)) {
      throw new Error(`not a line of ${columns.join(", ")}: ${shown(line)}`);
    }
    const [serial, uuid] = [numberIn(field("serial")), numberIn(field("uuid"))];
    const number = Number(device);
    return { device: number, board: number, busy: shareIn(field("busy")), serial, uuid };
  });
}

/** `| 0     910B1 | OK | 101.0 …`, then `| 0 | 0000:C1:00.0 | 37  0 / 0  7324 / 65536 |`. */
function readTwoLines(
  { head }: Extract<Layout, { kind: "two-lines" }>,
  lines: readonly string[],
): SeenCard[] {
  if (!lines.some((line) => line.includes(head))) throw new Error(`there is no ${head} in it`);
  let board: string | undefined;
  return lines.flatMap((line) => {
    const [, first = "", second = "", third = ""] = line.split("|").map((cell) => cell.trim());
    const isAddress = /^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]$/i.test(second);
    if (!isAddress) {
      board = /^(\d{1,4})\s+\S/.exec(first)?.[1];
      return [];
    }
    // Where boards have several chips these are numbered through; else as their boards are.
    const [chip, own = chip === "0" ? board : undefined] = first.split(/\s+/);
    if (board === undefined || own === undefined || !/^\d{1,4}$/.test(own)) return [];
    const busy = shareIn(/^\S+/.exec(third)?.[0] ?? "");
    return [{ device: Number(own), board: Number(board), busy, serial: null, uuid: null }];
  });
}

/** A whole percentage as a share. */
function shareIn(field: string): number | null {
  const percent = /^\d{1,3}$/.test(field) ? Number(field) : Infinity;
  return percent <= 100 ? percent / 100 : null;
}

/** Tools write `[N/A]`, `NA`, `Unknown Error` or only zeros where there is no number. */
function numberIn(field: string): string | null {
  const text = field.trim();
  const isWord = /^[A-Za-z0-9][A-Za-z0-9._:/-]{3,63}$/.test(text);
  return isWord && /\d/.test(text) && /[A-Za-z1-9]/.test(text) ? text : null;
}

const shown = (text: string) => JSON.stringify(text.slice(0, 120));
