import { expect, test } from "vitest";
import { batchLoss, createModel, parameterCount, scores, type Batch } from "./model.ts";
import { adamStep, createAdam, learningRate } from "./optimiser.ts";
import { below, createPrng } from "./prng.ts";

const shape = { vocabulary: 7, context: 3, embedding: 5, hidden: 6 };
const model = createModel(shape, createPrng({ seed: 3, stream: 0 }));

function randomBatch(rows: number, seed: number): Batch {
  const next = createPrng({ seed, stream: 1 });
  const codes = (length: number) =>
    Int32Array.from({ length }, () => below(shape.vocabulary, next));
  return { inputs: codes(rows * shape.context), targets: codes(rows) };
}

// Rows that are and are not a multiple of four: the matrix products unroll by four.
test.each([1, 4, 5, 11])("the gradient over %d rows is the slope of the loss", (rows) => {
  const batch = randomBatch(rows, rows);
  const gradient = new Float64Array(parameterCount(shape));
  batchLoss(model, batch, gradient);

  const nudge = 1e-5;
  const lossWith = (index: number, by: number) => {
    const weights = model.weights.slice();
    weights[index]! += by;
    return batchLoss({ shape, weights }, batch);
  };
  const worst = model.weights.reduce((most, _, i) => {
    const slope = (lossWith(i, nudge) - lossWith(i, -nudge)) / (2 * nudge);
    return Math.max(most, Math.abs(slope - gradient[i]!));
  }, 0);
  expect(worst).toBeLessThan(1e-8);
  expect(Math.hypot(...gradient)).toBeGreaterThan(0.01);
});

test("an untrained model is about as good as knowing nothing", () => {
  expect(batchLoss(model, randomBatch(500, 9))).toBeCloseTo(Math.log(shape.vocabulary), 1);
});

test("the loss is what softmax over the scores gives", () => {
  const inputs = Int32Array.of(1, 2, 3);
  const scored = scores(model, inputs);
  const sum = scored.reduce((total, score) => total + Math.exp(score), 0);
  const expected = -Math.log(Math.exp(scored[4]!) / sum);
  expect(batchLoss(model, { inputs, targets: Int32Array.of(4) })).toBeCloseTo(expected, 12);
});

test("scores too large for exp still give a finite loss", () => {
  const weights = model.weights.map((weight) => weight * 1e4);
  expect(batchLoss({ shape, weights }, randomBatch(8, 2))).toSatisfy(Number.isFinite);
});

test("Adam's first step moves each weight by the rate, against its gradient", () => {
  const weights = Float64Array.of(1, 1, 1);
  adamStep(createAdam(3), weights, Float64Array.of(0.5, -200, 0), { step: 1, rate: 0.01 });
  expect(weights[0]).toBeCloseTo(0.99, 6);
  expect(weights[1]).toBeCloseTo(1.01, 6);
  expect(weights[2]).toBe(1);
});

test("the learning rate rises, then falls to a twentieth of its peak", () => {
  const rates = Array.from({ length: 100 }, (_, i) => learningRate({ step: i + 1, steps: 100 }));
  const peak = Math.max(...rates);
  expect(rates.indexOf(peak)).toBe(9);
  expect(rates[99]).toBeCloseTo(peak / 20, 12);
  expect(rates.every((rate) => rate > 0)).toBe(true);
});

test("streams of one seed differ, and so do seeds", () => {
  const first = (seed: number, stream: number) => createPrng({ seed, stream })();
  const draws = [first(1, 1), first(1, 2), first(2, 1), first(2, 2), first(0, 0)];
  expect(new Set(draws).size).toBe(draws.length);
});
