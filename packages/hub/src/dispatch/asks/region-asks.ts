import type { Hub } from "../../context.ts";
import { TooBusy } from "../../db/index.ts";
import type { Asks } from "../../jobs/index.ts";
import { isWaitingMoreThan } from "../../jobs/index.ts";
import { readRegion } from "../../centres/index.ts";
import { openThread, type Thread } from "../thread.ts";
import { answers, type About, type Answers, type Questions } from "./answers.ts";
import {
  arrivedAnswer,
  carried,
  type AskSetting,
  type CarriedAnswer,
  type CarriedQuestion,
} from "./portable-question.ts";

/** Answers what is asked of the whole region. */
export interface RegionAsks extends Asks {
  report(asked: Questions["report"]): Promise<Answers["report"]>;
  diff(asked: Questions["diff"]): Promise<Answers["diff"]>;
  close(): Promise<void>;
}

export interface AskOptions {
  /** A region with more hosts, or more jobs that wait, is looked at in a thread of its own. */
  readonly hereMax?: number;
  /** Questions that may wait for the thread; more are refused at once. */
  readonly waitingMax?: number;
  readonly thread?: AskThread;
}

export type AskThread = Thread<CarriedQuestion, CarriedAnswer>;

/** Looking at so much takes some milliseconds. */
const hereMaxUsual = 300;
/** The thread keeps what it has read for the next question, but not for ever. */
const idleMs = 300_000;

/**
 * Small regions are looked at here, at once. Large ones in a thread, one question after the other;
 * who asks what another waits to ask already shares its answer.
 */
export function openRegionAsks(
  hub: Pick<Hub, "db" | "clock" | "config">,
  options: AskOptions = {},
): RegionAsks {
  const { hereMax = hereMaxUsual, waitingMax = 64, thread = openAskThread(hub) } = options;
  /** Not begun yet: what they will see is not older than whoever asks now. */
  const notBegun = new Map<unknown, Promise<unknown>>();
  let last: Promise<unknown> = Promise.resolve();

  async function ask<A extends About>(about: A, asked: Questions[A]): Promise<Answers[A]> {
    if (!(await isLarge(hub, hereMax))) {
      const here = answers[about] as unknown as Answerer<A>;
      return here(hub, asked);
    }
    const name = about === "report" ? JSON.stringify(asked) : asked;
    const known = notBegun.get(name);
    if (known) return known as Promise<Answers[A]>;
    if (notBegun.size >= waitingMax) throw new TooBusy(`${waitingMax} questions wait already`);
    const answer = last.then(async () => {
      notBegun.delete(name);
      const question = carried(about, asked, hub.clock.now().epochMilliseconds);
      return arrivedAnswer(about, await thread.ask(question).catch(failed(about)));
    });
    notBegun.set(name, answer);
    last = answer.catch(() => undefined);
    return answer;
  }

  return {
    report: (asked) => ask("report", asked),
    diff: (asked) => ask("diff", asked),
    explainWait: (asked) => ask("explainWait", asked),
    quote: (asked) => ask("quote", asked),
    close: () => thread.close(),
  };
}

/** Begun at the first question. */
export function openAskThread({ db, config }: Pick<Hub, "db" | "config">): AskThread {
  const { leaseMs, certifyMs } = config.timings;
  const data: AskSetting = { url: db.url, timings: { leaseMs, certifyMs } };
  return openThread(new URL("./ask-main.ts", import.meta.url), "asks", { data, idleMs });
}

const failed =
  (about: About) =>
  (cause: unknown): never => {
    throw new Error(`answering "${about}" about the region`, { cause });
  };

type Answerer<A extends About> = (
  hub: Pick<Hub, "db" | "clock" | "config">,
  asked: Questions[A],
) => Promise<Answers[A]>;

async function isLarge(hub: Pick<Hub, "db">, hereMax: number): Promise<boolean> {
  const { pools } = await readRegion(hub);
  const hosts = pools.reduce((sum, pool) => sum + pool.hosts.length, 0);
  return hosts > hereMax || isWaitingMoreThan(hub.db.sql, hereMax);
}
