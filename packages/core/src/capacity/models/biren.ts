import { asId } from "../../units/index.ts";
import { known, unknown, type CardModel, type Source } from "../card-model.ts";

const launchArticle: Source = {
  grade: "press",
  title: "Chinese Biren's New GPUs Have 77 Billion Transistors, 2 PFLOPS of AI Performance",
  publisher: "Tom's Hardware",
  year: 2022,
  url: "https://www.tomshardware.com/news/chinese-biren-rolls-out-new-gpus-with-77-billion-transistors-2-pflops-of-ai-performance",
  via: null,
};

const common = { vendor: "Biren", origin: "domestic", stack: "supa" } as const;

export const biren: readonly CardModel[] = [
  {
    ...common,
    id: asId("biren-br100"),
    name: "BR100",
    peak: unknown("published as 1,024 TFLOPS of BF16; no FP16 figure was found"),
    memoryGiB: known(64, launchArticle),
    note: "Shown in 2022, not made in volume.",
  },
  {
    ...common,
    id: asId("biren-br104"),
    name: "BR104",
    peak: unknown("published as 512 TFLOPS of BF16; no FP16 figure was found"),
    memoryGiB: known(32, launchArticle),
    note: "Shown in 2022, not made in volume.",
  },
  {
    ...common,
    id: asId("biren-br106"),
    name: "BR106 (壁砺106)",
    peak: unknown("the maker's product pages give form and power only"),
    memoryGiB: unknown("the maker's product pages give form and power only"),
    note: null,
  },
];
