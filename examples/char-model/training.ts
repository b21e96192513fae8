import { findCheckpoint, runName, saveCheckpoint, type Store } from "./checkpoint.ts";
import { batchLoss, createModel, type Batch, type Model } from "./model.ts";
import { adamStep, createAdam, learningRate, type Adam } from "./optimiser.ts";
import { below, createPrng, type Prng } from "./prng.ts";
import type { Settings } from "./settings.ts";
import type { Corpus } from "./text.ts";

const EMBEDDING = 16;
const PROGRESS_LINES = 20;
/** Windows that judge the model: evenly over the held-out text, or all where it is short. */
const JUDGED_MAX = 4096;
const JUDGED_AT_ONCE = 256;

/** A training under way. All of it but `store` and `gradient` is in each checkpoint. */
export interface Training {
  readonly settings: Settings;
  readonly corpus: Corpus;
  readonly store: Store;
  readonly model: Model;
  readonly adam: Adam;
  readonly gradient: Float64Array;
  step: number;
  recentLoss: { sum: number; count: number };
}

/** A training at its newest valid checkpoint, or at step 0; `notes` are lines for the reader. */
export function openTraining(settings: Settings, corpus: Corpus, text: string) {
  const { seed, steps, context, hidden, batch } = settings;
  const run = runName({ text, seed, steps, context, hidden, batch });
  const shape = { vocabulary: corpus.characters.length, context, embedding: EMBEDDING, hidden };
  const model = createModel(shape, createPrng({ seed, stream: -1 }));
  const training: Training = {
    settings,
    corpus,
    store: { folder: settings.checkpointFolder, run },
    model,
    adam: createAdam(model.weights.length),
    gradient: new Float64Array(model.weights.length),
    step: 0,
    recentLoss: { sum: 0, count: 0 },
  };
  const { checkpoint, ignored } = findCheckpoint(training.store);
  if (checkpoint) {
    training.step = checkpoint.step;
    training.recentLoss = { ...checkpoint.recentLoss };
    stateOf(training).forEach((array, i) => array.set(checkpoint.arrays[i]!));
  }
  return { training, notes: ignored.map((line) => `checkpoint ignored: ${line}`) };
}

/** One step. The loss is the mean over the batch, before the weights move. */
export function trainStep(training: Training): void {
  const { settings, corpus, model, adam, gradient, recentLoss } = training;
  const step = ++training.step;
  const next = createPrng({ seed: settings.seed, stream: step });
  const batch = randomBatch(corpus.training, settings, next);
  recentLoss.sum += batchLoss(model, batch, gradient);
  recentLoss.count += 1;
  adamStep(adam, model.weights, gradient, {
    step,
    rate: learningRate({ step, steps: settings.steps }),
  });
}

/** Whether a progress line is due after this step; the last step always has one. */
export function isProgressStep({ step, settings }: Training): boolean {
  const every = Math.min(500, Math.max(1, Math.round(settings.steps / PROGRESS_LINES)));
  return step % every === 0 || step === settings.steps;
}

/** The mean loss since it was last taken, in nats per character; counts from zero again. */
export function takeRecentLoss(training: Training): number {
  const { sum, count } = training.recentLoss;
  training.recentLoss = { sum: 0, count: 0 };
  return sum / count;
}

export function writeCheckpoint(training: Training): void {
  const { store, step, recentLoss } = training;
  saveCheckpoint(store, { step, recentLoss, arrays: stateOf(training) });
}

/** The mean loss on text that was never trained on, in nats per character. */
export function heldOutLoss({ model, corpus }: Training): number {
  const { context } = model.shape;
  const windows = corpus.heldOut.length - context;
  const judged = Math.min(windows, JUDGED_MAX);
  const starts = Array.from({ length: judged }, (_, i) => Math.floor((i * windows) / judged));
  let sum = 0;
  for (let i = 0; i < judged; i += JUDGED_AT_ONCE) {
    const some = starts.slice(i, i + JUDGED_AT_ONCE);
    sum += batchLoss(model, batchAt(corpus.heldOut, some, context)) * some.length;
  }
  return sum / judged;
}

function stateOf({ model, adam }: Training): Float64Array[] {
  return [model.weights, adam.mean, adam.square];
}

function randomBatch(
  codes: Int32Array,
  { batch, context }: { batch: number; context: number },
  next: Prng,
): Batch {
  const starts = Array.from({ length: batch }, () => below(codes.length - context, next));
  return batchAt(codes, starts, context);
}

/** The windows that begin at `starts`, each with the character that follows it. */
function batchAt(codes: Int32Array, starts: readonly number[], context: number): Batch {
  const inputs = new Int32Array(starts.length * context);
  starts.forEach((start, i) => inputs.set(codes.subarray(start, start + context), i * context));
  return { inputs, targets: Int32Array.from(starts, (start) => codes[start + context]!) };
}
