import { jobSpec, type JobSpecJson } from "@wadi/protocol/job-spec";
import { refusals, type FieldProblem, type RefusalCode } from "@wadi/protocol";
import { z } from "zod";

import type { Reading } from "../../context.ts";
import { DatabaseUnavailable, isOutage } from "../../db/index.ts";
import { Refused } from "../../refused.ts";
import { forms, type About, type Answers, type Questions } from "./answers.ts";

/** What the thread that answers is begun with. */
export interface AskSetting {
  /** Of the database; holds its password, if there is one. */
  readonly url: string;
  readonly timings: Reading["config"]["timings"];
}

/** A question that goes to another thread: specs, which hold instants, go as JSON. */
export interface CarriedQuestion {
  readonly about: About;
  readonly nowMs: number;
  readonly asked: unknown;
}

export function carried<A extends About>(
  about: A,
  asked: Questions[A],
  nowMs: number,
): CarriedQuestion {
  const portable = "spec" in asked ? { ...asked, spec: jobSpec.encode(asked.spec) } : asked;
  return { about, nowMs, asked: portable };
}

export function arrivedQuestion(asked: unknown): Questions[About] {
  const question = asked as Questions[About] & { readonly spec?: JobSpecJson };
  return question.spec === undefined
    ? question
    : { ...question, spec: jobSpec.decode(question.spec) };
}

/** An answer on its way back. Errors of other kinds end the thread. */
export type CarriedAnswer =
  | { readonly kind: "answered"; readonly json: unknown }
  | {
      readonly kind: "refused";
      readonly code: RefusalCode;
      readonly facts: Record<string, unknown>;
      readonly detail: string;
      readonly fields: readonly FieldProblem[];
    }
  | { readonly kind: "outage"; readonly message: string };

export async function carriedAnswer<A extends About>(
  about: A,
  answer: Promise<Answers[A]>,
): Promise<CarriedAnswer> {
  try {
    return { kind: "answered", json: z.encode(forms[about] as z.ZodType, await answer) };
  } catch (error) {
    if (isOutage(error)) return { kind: "outage", message: error.message };
    if (!(error instanceof Refused)) throw error;
    const { code, facts, fields, message } = error;
    return { kind: "refused", code, facts, fields, detail: message || refusals[code].title };
  }
}

/** @throws what the thread threw: Refused, or DatabaseUnavailable */
export function arrivedAnswer<A extends About>(about: A, answer: CarriedAnswer): Answers[A] {
  switch (answer.kind) {
    case "answered":
      return z.decode(forms[about] as z.ZodType, answer.json) as Answers[A];
    case "refused":
      throw new Refused(answer.code, answer.facts, answer.detail, answer.fields);
    case "outage":
      throw new DatabaseUnavailable(answer.message);
  }
}
