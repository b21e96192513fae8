export * from "./spec.ts";
export * from "./state.ts";
export * from "./next.ts";
export * from "./sbatch.ts";
export * from "./facts.ts";
export * from "./laws.ts";
