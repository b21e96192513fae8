export {
  gavelExperiment,
  gavelPublished,
  type GavelOptions,
  type GavelOutcome,
} from "./experiment.ts";
export { fifoBySpeed } from "./fifo-by-speed.ts";
export { gavelFleet } from "./fleet.ts";
export { gavelCards, readThroughputs, type GavelCard, type JobType } from "./throughputs.ts";
export { gavelWorkload, type GavelDraft } from "./workload.ts";
