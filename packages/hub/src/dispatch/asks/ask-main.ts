/**
 * A thread that answers questions about a large region, one after the other. It reads the database
 * over connections of its own: handing it a snapshot would take the hub as long as the answer.
 */
import { parentPort, workerData } from "node:worker_threads";

import type { Reading } from "../../context.ts";
import { connectDb } from "../../db/index.ts";
import { answers, type About, type Answers } from "./answers.ts";
import {
  arrivedQuestion,
  carriedAnswer,
  type AskSetting,
  type CarriedQuestion,
} from "./portable-question.ts";

/** Several at once: what a snapshot is made of is read side by side. */
const connectionsMax = 6;

const { url, timings } = workerData as AskSetting;
const db = connectDb(url, { connectionsMax });

async function answer({ about, asked, nowMs }: CarriedQuestion): Promise<void> {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs);
  const hub: Reading = { db, clock: { now: () => now }, config: { timings } };
  const by = answers[about] as (on: Reading, question: unknown) => Promise<Answers[About]>;
  const told = await carriedAnswer(about, by(hub, arrivedQuestion(asked)));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
  parentPort!.postMessage(told);
}

// What is thrown here ends the thread, and whoever asked is told.
parentPort!.on("message", (question: CarriedQuestion) => void answer(question));
