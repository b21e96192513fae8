import { asId } from "../../units/index.ts";
import { known, unknown, type CardModel, type Source } from "../card-model.ts";

const flagPerf = (card: string, folder: string): Source => ({
  grade: "press",
  title: `FlagPerf, computation-FP16, MetaX: ${card} 64G`,
  publisher: "BAAI (FlagOpen)",
  year: null,
  url: `https://github.com/FlagOpen/FlagPerf/blob/main/base/benchmarks/computation-FP16/metax/${folder}README.md`,
  via: null,
});

const common = { vendor: "MetaX", origin: "domestic", stack: "maca", note: null } as const;

export const metax: readonly CardModel[] = [
  {
    ...common,
    id: asId("metax-c500"),
    name: "C500",
    peak: unknown("others disagree, perhaps by form: 240 and 280 TFLOPS"),
    memoryGiB: known(64, flagPerf("曦云 C500", "")),
  },
  {
    ...common,
    id: asId("metax-c550"),
    name: "C550",
    peak: unknown("the maker publishes no figure by precision; others give 240 and 280 TFLOPS"),
    memoryGiB: known(64, flagPerf("曦云 C550", "C550/")),
  },
];
