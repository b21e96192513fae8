import { setImmediate as yieldToSignals } from "node:timers/promises";
import { parameterCount } from "./model.ts";
import { appendMetric, openMetrics, saveModel, saveSample, writeSample } from "./outputs.ts";
import { BadInput, help, OUTPUT_FOLDER, readSettings, type Settings } from "./settings.ts";
import { baselines, encode, readText, type Corpus } from "./text.ts";
import {
  heldOutLoss,
  isProgressStep,
  openTraining,
  takeRecentLoss,
  trainStep,
  type Training,
  writeCheckpoint,
} from "./training.ts";

/** EX_TEMPFAIL of sysexits.h: "try again later", which is just what a stopped run asks for. */
const EXIT_STOPPED = 75;
const EXIT_BY_SIGNAL = { SIGTERM: EXIT_STOPPED, SIGINT: 130 } as const;
type Stop = keyof typeof EXIT_BY_SIGNAL;

const asked: { stop?: Stop } = {};
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => (asked.stop ??= signal));
}

try {
  const settings = readSettings(process.argv.slice(2), process.env);
  if (settings === "help") say(help);
  else process.exitCode = await main(settings);
} catch (error) {
  const wrongInput = error instanceof BadInput;
  console.error(wrongInput ? `train: ${error.message}` : error);
  process.exitCode = wrongInput ? 2 : 1;
}

async function main(settings: Settings): Promise<number> {
  const text = readText(settings.text);
  const corpus = encode(text, settings);
  const { training, notes } = openTraining(settings, corpus, text);
  describe(training, corpus);
  notes.forEach(say);
  if (training.step > 0) say(`goes on from the checkpoint of step ${count(training.step)}`);
  openMetrics(training.step);

  const stopped = await train(training);
  if (stopped) {
    say(`${stopped}: stopped after step ${count(training.step)}; run it again to go on from there`);
    return EXIT_BY_SIGNAL[stopped];
  }
  finish(training, corpus);
  return 0;
}

/** Trains to the last step, or until a signal. A checkpoint follows in either case. */
async function train(training: Training): Promise<Stop | undefined> {
  const { settings } = training;
  const startedAt = performance.now();
  const firstStep = training.step;
  let savedAt = startedAt;
  while (training.step < settings.steps && !asked.stop) {
    trainStep(training);
    const now = performance.now();
    if (isProgressStep(training)) {
      const stepsPerSecond = (training.step - firstStep) / ((now - startedAt) / 1000);
      progress(training, stepsPerSecond);
    }
    if (now - savedAt >= settings.checkpointEverySeconds * 1000) {
      tryCheckpoint(training);
      savedAt = performance.now();
    }
    await yieldToSignals();
  }
  if (training.step > firstStep) tryCheckpoint(training);
  return training.step < settings.steps ? asked.stop : undefined;
}

/** A full disk costs the checkpoint, not the training: the one before it is still there. */
function tryCheckpoint(training: Training): void {
  try {
    writeCheckpoint(training);
  } catch (error) {
    console.error(`checkpoint of step ${training.step} failed: ${(error as Error).message}`);
  }
}

function progress(training: Training, stepsPerSecond: number): void {
  const { step, settings } = training;
  const loss = takeRecentLoss(training);
  const tokensPerSecond = Math.round(stepsPerSecond * settings.batch);
  const secondsLeft = Math.ceil((settings.steps - step) / stepsPerSecond);
  const steps = String(settings.steps);
  say(
    `step ${String(step).padStart(steps.length)}/${steps}  loss ${loss.toFixed(3)}  ` +
      `bits/char ${bits(loss)}  tok/s ${count(tokensPerSecond)}  ${secondsLeft} s left`,
  );
  appendMetric({ step, loss, bitsPerCharacter: loss / Math.LN2, tokensPerSecond });
}

function describe({ model, settings }: Training, corpus: Corpus): void {
  const { uniformBits, unigramBits } = baselines(corpus);
  const length = corpus.training.length + corpus.heldOut.length;
  const rare = (corpus.rareShare * 100).toFixed(2);
  say(`text     ${count(length)} characters, ${corpus.characters.length} kinds (${rare} % rare)`);
  say(`model    ${count(parameterCount(model.shape))} weights; one token is one character`);
  say(`training ${count(settings.steps)} steps of ${settings.batch} tokens, seed ${settings.seed}`);
  say(
    `to beat  ${uniformBits.toFixed(2)} bits/char knowing nothing, ` +
      `${unigramBits.toFixed(2)} knowing how frequent each character is`,
  );
}

function finish(training: Training, corpus: Corpus): void {
  const { model, settings } = training;
  say(`held-out text: ${bits(heldOutLoss(training))} bits/char`);
  const sample = writeSample(model, corpus, {
    length: 400,
    temperature: 0.7,
    seed: settings.seed,
  });
  saveModel(model, corpus.characters);
  saveSample(sample);
  say(`the model writes:\n${sample.replace(/^/gm, "  | ")}`);
  say(`wrote model.json, sample.txt and metrics.jsonl to ${OUTPUT_FOLDER}`);
}

function say(line: string): void {
  console.log(line);
}

function bits(nats: number): string {
  return (nats / Math.LN2).toFixed(3);
}

function count(whole: number): string {
  return whole.toLocaleString("en");
}
