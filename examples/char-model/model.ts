import { addProduct, addProductTransposed, addTransposedProduct } from "./matrix.ts";
import { normal, type Prng } from "./prng.ts";

/**
 * A neural character model after Bengio and others (2003): the last `context` characters, each as a
 * vector of `embedding` numbers, feed one layer of `hidden` tanh units; these give a probability to
 * each character of the vocabulary.
 */
export interface Shape {
  readonly vocabulary: number;
  readonly context: number;
  readonly embedding: number;
  readonly hidden: number;
}

/** All weights in one array, so that the optimiser and the checkpoint need not know the layers. */
export interface Model {
  readonly shape: Shape;
  readonly weights: Float64Array;
}

/** `targets[i]` follows the window `inputs[i * context … (i + 1) * context - 1]`. */
export interface Batch {
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
}

/** Weights drawn small enough that the first prediction is nearly uniform. */
export function createModel(shape: Shape, next: Prng): Model {
  const weights = new Float64Array(parameterCount(shape));
  const layers = layersOf(shape, weights);
  const fill = (layer: Float64Array, deviation: number) => {
    for (let i = 0; i < layer.length; i++) layer[i] = normal(next) * deviation;
  };
  fill(layers.embedding, 0.5);
  fill(layers.hiddenWeights, 1 / Math.sqrt(shape.context * shape.embedding));
  fill(layers.outputWeights, 0.1 / Math.sqrt(shape.hidden));
  return { shape, weights };
}

export function parameterCount({ vocabulary, context, embedding, hidden }: Shape): number {
  return (
    vocabulary * embedding +
    context * embedding * hidden +
    hidden +
    hidden * vocabulary +
    vocabulary
  );
}

/**
 * The mean cross-entropy of the batch, in nats per character. With `gradient` given, that array is
 * overwritten with the derivative of the loss by each weight.
 */
export function batchLoss({ shape, weights }: Model, batch: Batch, gradient?: Float64Array) {
  const layers = layersOf(shape, weights);
  const pass = forward(shape, layers, batch.inputs);
  const loss = toErrors(pass.output, batch.targets);
  if (gradient) backward(shape, { layers, batch, pass, gradient });
  return loss;
}

/** The scores (before softmax) of the character that follows one window. */
export function scores({ shape, weights }: Model, window: Int32Array): Float64Array {
  return forward(shape, layersOf(shape, weights), window).output;
}

type Layers = ReturnType<typeof layersOf>;
type Pass = ReturnType<typeof forward>;
interface Backward {
  layers: Layers;
  batch: Batch;
  pass: Pass;
  gradient: Float64Array;
}

/** Views of the one array, layer by layer. */
function layersOf({ vocabulary, context, embedding, hidden }: Shape, flat: Float64Array) {
  let start = 0;
  const take = (length: number) => flat.subarray(start, (start += length));
  return {
    embedding: take(vocabulary * embedding),
    hiddenWeights: take(context * embedding * hidden),
    hiddenBias: take(hidden),
    outputWeights: take(hidden * vocabulary),
    outputBias: take(vocabulary),
  };
}

/** A window of `context` vectors laid side by side is one row, so each layer is one product. */
function forward(shape: Shape, layers: Layers, inputs: Int32Array) {
  const { vocabulary, context, embedding, hidden } = shape;
  const rows = inputs.length / context;
  const input = new Float64Array(inputs.length * embedding);
  for (let i = 0; i < inputs.length; i++) {
    const from = inputs[i]! * embedding;
    for (let e = 0; e < embedding; e++) input[i * embedding + e] = layers.embedding[from + e]!;
  }

  const state = repeat(layers.hiddenBias, rows);
  const width = context * embedding;
  addProduct(state, input, layers.hiddenWeights, { rows, inner: width, columns: hidden });
  for (let i = 0; i < state.length; i++) state[i] = Math.tanh(state[i]!);

  const output = repeat(layers.outputBias, rows);
  addProduct(output, state, layers.outputWeights, { rows, inner: hidden, columns: vocabulary });
  return { input, state, output };
}

/**
 * Turns scores into errors in place: (softmax − 1 at the target) / rows, which is the derivative of
 * the mean loss. The largest score is taken off first, so that nothing overflows.
 */
function toErrors(output: Float64Array, targets: Int32Array): number {
  const width = output.length / targets.length;
  let loss = 0;
  for (let row = 0; row < targets.length; row++) {
    const line = output.subarray(row * width, (row + 1) * width);
    let top = -Infinity;
    for (let i = 0; i < width; i++) top = Math.max(top, line[i]!);
    const target = targets[row]!;
    loss += top - line[target]!;
    let sum = 0;
    for (let i = 0; i < width; i++) sum += line[i] = Math.exp(line[i]! - top);
    loss += Math.log(sum);
    for (let i = 0; i < width; i++) line[i]! /= sum * targets.length;
    line[target]! -= 1 / targets.length;
  }
  return loss / targets.length;
}

function backward(shape: Shape, { layers, batch, pass, gradient }: Backward): void {
  const { vocabulary, context, embedding, hidden } = shape;
  const rows = batch.targets.length;
  const slopes = layersOf(shape, gradient.fill(0));
  const errors = pass.output;

  const toOutput = { rows, inner: hidden, columns: vocabulary };
  addTransposedProduct(slopes.outputWeights, pass.state, errors, toOutput);
  addColumnSums(slopes.outputBias, errors);
  const stateErrors = new Float64Array(rows * hidden);
  addProductTransposed(stateErrors, errors, layers.outputWeights, toOutput);
  for (let i = 0; i < stateErrors.length; i++) stateErrors[i]! *= 1 - pass.state[i]! ** 2;

  const toState = { rows, inner: context * embedding, columns: hidden };
  addTransposedProduct(slopes.hiddenWeights, pass.input, stateErrors, toState);
  addColumnSums(slopes.hiddenBias, stateErrors);
  const inputErrors = new Float64Array(pass.input.length);
  addProductTransposed(inputErrors, stateErrors, layers.hiddenWeights, toState);

  for (let i = 0; i < batch.inputs.length; i++) {
    const to = batch.inputs[i]! * embedding;
    for (let e = 0; e < embedding; e++) {
      slopes.embedding[to + e]! += inputErrors[i * embedding + e]!;
    }
  }
}

function repeat(bias: Float64Array, rows: number): Float64Array {
  const out = new Float64Array(rows * bias.length);
  for (let row = 0; row < rows; row++) out.set(bias, row * bias.length);
  return out;
}

function addColumnSums(sums: Float64Array, matrix: Float64Array): void {
  for (let i = 0; i < matrix.length; i++) sums[i % sums.length]! += matrix[i]!;
}
