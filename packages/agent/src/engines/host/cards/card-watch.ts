import type { Stack } from "@wadi/core/capacity";
import type { EngineHost } from "../../engine.ts";
import { stackOf } from "../card-access.ts";
import type { CardLooks } from "../config.ts";
import { complain } from "../keeper-log.ts";
import { askTool } from "./ask-tool.ts";
import { cardTools, readCards, readSerial, type CardTool, type SeenCard } from "./card-tools.ts";

/** What the cards did when they were last looked at. */
export interface CardLook {
  /** Both by `performance.now()`: when the tools were asked, and when they had answered. */
  readonly askedAtMs: number;
  readonly atMs: number;
  /** Of its time, from 0 to 1; null: not said. */
  busy(stack: Stack, device: number): number | null;
}

/** Without any run, looks are only for serial numbers. */
const restMs = 60_000;
/** Serial numbers that take a call for each card are asked for again after so long. */
const serialsMs = 3_600_000;
/** A tool that fails is asked less and less often, down to this. */
const slowestMs = 600_000;

/**
 * Looks at the cards of this machine by their makers' tools: one call for all cards, whatever runs
 * there are, beside everything else. A tool that is not there, fails, hangs or makes no sense says
 * nothing, and is told in the log once until it works again.
 */
export class CardWatch {
  readonly #looks: CardLooks;
  readonly #onLook: (look: CardLook) => void;
  readonly #tools: readonly WatchedTool[];
  #lookedAtMs = -Infinity;
  #isLooking = false;
  #wasInUse = false;
  readonly #closed = new AbortController();

  constructor(hosts: readonly EngineHost[], looks: CardLooks, onLook: (look: CardLook) => void) {
    this.#looks = looks;
    this.#onLook = onLook;
    this.#tools = looks.everyMs > 0 ? toolsFor(hosts) : [];
  }

  /** The card's serial number as far as it is known. */
  serialOf(stack: Stack, device: number): string | undefined {
    return this.#tools.find((one) => one.stack === stack)?.serials.get(device);
  }

  /** Begins a look if one is due; at once returns, whatever tools do. */
  tick(nowMs: number, { isInUse }: { isInUse: boolean }): void {
    if (this.#isLooking || this.#tools.length === 0 || this.#closed.signal.aborted) return;
    if (nowMs - this.#lookedAtMs < this.#pauseMs(isInUse)) return;
    this.#lookedAtMs = nowMs;
    this.#wasInUse = isInUse;
    this.#isLooking = true;
    void this.#look().finally(() => (this.#isLooking = false));
  }

  #pauseMs(isInUse: boolean): number {
    const { everyMs } = this.#looks;
    // A tool may be too slow on cards at rest, whose driver sleeps, and well when they are used.
    if (isInUse && !this.#wasInUse) return everyMs;
    const rest = isInUse ? everyMs : Math.max(everyMs, restMs);
    const failures = Math.max(...this.#tools.map((one) => one.failures));
    return Math.min(rest * 2 ** failures, Math.max(rest, slowestMs));
  }

  /** No look is made any more, and no tool is left running. */
  close(): void {
    this.#closed.abort();
  }

  async #look(): Promise<void> {
    const askedAtMs = performance.now();
    const seen = new Map<Stack, ReadonlyMap<number, SeenCard>>();
    await Promise.all(
      this.#tools.map(async (one) => {
        const cards = await this.#ask(one);
        if (cards) seen.set(one.stack, cards);
      }),
    );
    if (this.#closed.signal.aborted) return;
    this.#onLook({
      askedAtMs,
      atMs: performance.now(),
      busy: (stack, device) => seen.get(stack)?.get(device)?.busy ?? null,
    });
  }

  async #ask(one: WatchedTool): Promise<ReadonlyMap<number, SeenCard> | undefined> {
    const { tool, devices } = one;
    try {
      const cards = readCards(tool.layout, await this.#call(tool, tool.args));
      if (tool.serial === undefined) keepSerials(one, [...cards.values()]);
      else await this.#askSerials(one, tool.serial, [...cards.values()]);
      one.failures = 0;
      // What the host has beside the cards that it offers is nobody's here.
      return new Map([...cards].filter(([device]) => devices.has(device)));
    } catch (error) {
      if (this.#closed.signal.aborted) return undefined;
      const about = `cards are not looked at: asking ${tool.program}`;
      if (one.failures === 0) complain(about, String(error)); // A line: no fault of ours.
      one.failures += 1;
      return undefined;
    }
  }

  /** Without them it is still told how busy cards are. */
  async #askSerials(
    one: WatchedTool,
    serial: NonNullable<CardTool["serial"]>,
    seen: readonly SeenCard[],
  ): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - one.serialsAtMs < serialsMs) return;
    one.serialsAtMs = nowMs;
    try {
      const own = seen.filter(({ device }) => one.devices.has(device));
      const ofBoards = new Map<number, string | null>();
      for (const { board } of own) {
        if (ofBoards.has(board)) continue;
        const answer = await this.#call(one.tool, serial.args(board));
        ofBoards.set(board, readSerial(serial.label, answer));
      }
      keepSerials(
        one,
        own.map((card) => ({ ...card, serial: ofBoards.get(card.board) ?? null })),
      );
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      complain(`serial numbers are not known: asking ${one.tool.program}`, String(error));
    }
  }

  #call({ program }: CardTool, args: readonly string[]): Promise<string> {
    const { path, timeoutMs } = this.#looks;
    return askTool({ program, args, path, timeoutMs, signal: this.#closed.signal });
  }
}

/** One maker's tool, for the cards of that stack that are really there. */
interface WatchedTool {
  readonly stack: Stack;
  readonly tool: CardTool;
  readonly devices: ReadonlySet<number>;
  /** By device; they stay while the tool says nothing. */
  serials: ReadonlyMap<number, string>;
  serialsAtMs: number;
  /** In a row. */
  failures: number;
}

function toolsFor(hosts: readonly EngineHost[]): WatchedTool[] {
  const real = hosts.flatMap((host) => host.cards).filter(({ emulated }) => !emulated);
  return [...Map.groupBy(real, ({ model }) => stackOf(model))].flatMap(([stack, cards]) => {
    const tool = cardTools[stack];
    if (!tool) return [];
    const devices = new Set(cards.map(({ device }) => device));
    const none = { serials: new Map(), serialsAtMs: -Infinity, failures: 0 };
    return [{ stack, tool, devices, ...none }];
  });
}

/**
 * A board with several chips tells its own number for each of them: then the chip's stands. Cards
 * that are still alike cannot be told apart by it, and have none.
 */
function keepSerials(one: WatchedTool, cards: readonly SeenCard[]): void {
  const own = cards.filter(({ device }) => one.devices.has(device));
  const boards = countBy(own, ({ serial }) => serial);
  const numberOf = ({ serial, uuid }: SeenCard) =>
    serial !== null && boards.get(serial) === 1 ? serial : uuid;
  const numbers = countBy(own, numberOf);
  one.serials = new Map(
    own.flatMap((card): [number, string][] => {
      const number = numberOf(card);
      return number !== null && numbers.get(number) === 1 ? [[card.device, number]] : [];
    }),
  );
}

function countBy<T>(all: readonly T[], by: (one: T) => string | null): Map<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const one of all) counts.set(by(one), (counts.get(by(one)) ?? 0) + 1);
  return counts;
}
