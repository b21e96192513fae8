import { asId } from "../../units/index.ts";
import { unknown, type CardModel } from "../card-model.ts";

/** No accelerator: for this model a card is one core of the host. */
export const cpu: readonly CardModel[] = [
  {
    id: asId("cpu"),
    vendor: "any",
    name: "CPU core",
    origin: "unknown",
    stack: "none",
    peak: unknown("a core has no FP16 nameplate; P is counted for accelerators only"),
    memoryGiB: unknown("a core has no memory of its own; the host's is listed at the host"),
    note: "Cores differ by host, so their origin is not known here.",
  },
];
