import { sentence, sentences, type Language, type Reason } from "@wadi/core/dispatch";

/** A reason as it came from the hub. */
export interface SaidReason {
  readonly code: string;
  readonly sentence: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The reason in the reader's language; what only a newer hub knows, in the hub's own. */
export function say(reason: SaidReason, language: Language): string {
  if (language === "en" || !Object.hasOwn(sentences, reason.code)) return reason.sentence;
  return sentence(reason as unknown as Reason, language);
}
