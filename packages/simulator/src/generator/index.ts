export { generate } from "./generate.ts";
export { type GeneratorOptions } from "./options.ts";
export { random, type Random } from "./random.ts";
export { factorWithin, logNormal, pareto, picker, zipfWeights } from "./chance.ts";
