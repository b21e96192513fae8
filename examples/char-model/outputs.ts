import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scores, type Model } from "./model.ts";
import { createPrng } from "./prng.ts";
import { OUTPUT_FOLDER } from "./settings.ts";
import type { Corpus } from "./text.ts";

export interface Metric {
  readonly step: number;
  /** Mean cross-entropy since the line before, in nats and in bits per character. */
  readonly loss: number;
  readonly bitsPerCharacter: number;
  readonly tokensPerSecond: number;
}

const metricsFile = join(OUTPUT_FOLDER, "metrics.jsonl");

/** Opens the metrics of a run that goes on at `step`: later lines belong to a run that was cut. */
export function openMetrics(step: number): void {
  mkdirSync(OUTPUT_FOLDER, { recursive: true });
  const lines = existsSync(metricsFile) ? readFileSync(metricsFile, "utf8").split("\n") : [];
  const kept = lines.filter((line) => stepOf(line) <= step);
  writeFileSync(metricsFile, kept.map((line) => `${line}\n`).join(""));
}

export function appendMetric(metric: Metric): void {
  appendFileSync(metricsFile, `${JSON.stringify(metric)}\n`);
}

/** Writes the trained model with all that is needed to use it. */
export function saveModel({ shape, weights }: Model, characters: readonly string[]): void {
  const packed = Buffer.from(Float32Array.from(weights).buffer).toString("base64");
  const model = { format: "char-model-1", shape, characters, weightsFloat32Base64: packed };
  writeFileSync(join(OUTPUT_FOLDER, "model.json"), `${JSON.stringify(model)}\n`);
}

export function saveSample(text: string): void {
  writeFileSync(join(OUTPUT_FOLDER, "sample.txt"), `${text}\n`);
}

/**
 * Text that the model writes by itself, one drawn character after the other, going on from the
 * first characters of the held-out text. Below 1, `temperature` favours the likelier characters.
 */
export function writeSample(
  model: Model,
  { characters, heldOut }: Corpus,
  { length, temperature, seed }: { length: number; temperature: number; seed: number },
): string {
  const next = createPrng({ seed, stream: -2 });
  const window = heldOut.slice(0, model.shape.context);
  let text = "";
  for (let i = 0; i < length; i++) {
    const code = draw(scores(model, window), temperature, next());
    text += characters[code];
    window.copyWithin(0, 1);
    window[window.length - 1] = code;
  }
  return text;
}

/** Code 0, the rare character, is never drawn: it stands for many and would say nothing. */
function draw(scored: Float64Array, temperature: number, chance: number): number {
  const top = scored.reduce((a, b) => Math.max(a, b));
  const weights = scored.map((score) => Math.exp((score - top) / temperature));
  weights[0] = 0;
  let rest = chance * weights.reduce((a, b) => a + b);
  return Math.max(
    1,
    weights.findIndex((weight) => (rest -= weight) < 0),
  );
}

/** A line that was cut while it was written, or is empty, sorts behind every step. */
function stepOf(line: string): number {
  try {
    return (JSON.parse(line) as Metric).step;
  } catch {
    return Infinity;
  }
}
