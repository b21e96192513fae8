/** Adam's running means of the gradient and of its square, one pair per weight. */
export interface Adam {
  readonly mean: Float64Array;
  readonly square: Float64Array;
}

const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.99;
const EPSILON = 1e-8;

export function createAdam(weights: number): Adam {
  return { mean: new Float64Array(weights), square: new Float64Array(weights) };
}

/** Moves the weights one step against the gradient, in place (Kingma and Ba, 2015). */
export function adamStep(
  adam: Adam,
  weights: Float64Array,
  gradient: Float64Array,
  { step, rate }: { step: number; rate: number },
): void {
  const { mean, square } = adam;
  const meanScale = rate / (1 - MEAN_DECAY ** step);
  const squareScale = 1 / (1 - SQUARE_DECAY ** step);
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i]!;
    const m = (mean[i] = MEAN_DECAY * mean[i]! + (1 - MEAN_DECAY) * g);
    const s = (square[i] = SQUARE_DECAY * square[i]! + (1 - SQUARE_DECAY) * g * g);
    weights[i]! -= (meanScale * m) / (Math.sqrt(s * squareScale) + EPSILON);
  }
}

/** The learning rate of a step (1 … steps): a short rise, then a half cosine to a twentieth. */
export function learningRate({ step, steps }: { step: number; steps: number }): number {
  const peak = 4e-3;
  const rise = Math.max(1, Math.min(50, steps / 10));
  if (step <= rise) return (peak * step) / rise;
  const done = (step - rise) / Math.max(1, steps - rise);
  return peak * (0.05 + 0.95 * 0.5 * (1 + Math.cos(Math.PI * done)));
}
