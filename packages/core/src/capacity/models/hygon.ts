import { asId } from "../../units/index.ts";
import { known, unknown, type CardModel, type Source } from "../card-model.ts";

const cardArchive = (card: string, page: string): Source => ({
  grade: "press",
  title: card,
  publisher: "MirrorFrog card archive",
  year: null,
  url: `https://mirrorfrog.com/docs/cards/others/${page}`,
  via: null,
});
const universityManual: Source = {
  grade: "press",
  title: "AlphaFold 3 page of the computing platform's user manual (K100_AI-64GB)",
  publisher: "Shanghai Jiao Tong University",
  year: null,
  url: null,
  via: null,
};

const common = { vendor: "Hygon", origin: "domestic", stack: "dtk", note: null } as const;

export const hygon: readonly CardModel[] = [
  {
    ...common,
    id: asId("dcu-z100l"),
    name: "DCU Z100L",
    peak: unknown("the maker publishes none, and others disagree: 20.2 to 24.5 TFLOPS"),
    memoryGiB: known(32, cardArchive("Hygon DCU Z100L", "hygon-dcu-z100l")),
  },
  {
    ...common,
    id: asId("dcu-k100"),
    name: "DCU K100",
    peak: unknown("others say about 100 TFLOPS without naming the precision"),
    memoryGiB: known(64, cardArchive("Hygon DCU K100 AI (2024)", "hygon-dcu-k100")),
  },
  {
    ...common,
    id: asId("dcu-k100-ai"),
    name: "DCU K100-AI",
    peak: unknown("the maker publishes none, and others disagree: 180 and 192 TFLOPS"),
    memoryGiB: known(64, universityManual),
  },
];
