import { asId, deciTflops } from "../../units/index.ts";
import { known, unknown, type CardModel, type Source } from "../card-model.ts";

const s4000Page: Source = {
  grade: "vendor-sheet",
  title: "MTT S4000 (product page)",
  publisher: "Moore Threads",
  year: null,
  url: "https://www.mthreads.com/product/S4000",
  via: "a list of accelerators that quotes the page; launch coverage of 2023 says the same",
};
const s5000Article: Source = {
  grade: "press",
  title: "Новый китайский GPU MTT S5000 впервые представлен",
  publisher: "rutab.net",
  year: 2026,
  url: null,
  via: null,
};

const common = { vendor: "Moore Threads", origin: "domestic", stack: "musa" } as const;

export const mooreThreads: readonly CardModel[] = [
  {
    ...common,
    id: asId("mtt-s4000"),
    name: "MTT S4000",
    peak: known(deciTflops(1000), s4000Page),
    memoryGiB: known(48, s4000Page),
    note: "Press of 2025 quotes 98 TFLOPS from the maker's own later tables.",
  },
  {
    ...common,
    id: asId("mtt-s5000"),
    name: "MTT S5000",
    peak: unknown("published as 1 PFLOPS of FP8; no FP16 figure was found"),
    memoryGiB: known(80, s5000Article),
    note: null,
  },
];
