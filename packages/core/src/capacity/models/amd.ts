import { asId, deciTflops } from "../../units/index.ts";
import { known, type CardModel, type Source } from "../card-model.ts";

const mi300xPage: Source = {
  grade: "vendor-sheet",
  title: "AMD Instinct MI300X (product page)",
  publisher: "AMD",
  year: 2023,
  url: "https://www.amd.com/en/products/accelerators/instinct/mi300/mi300x.html",
  via: "the hardware table of evokernel-spec (github.com/ying-wen/evokernel-spec)",
};

export const amd: readonly CardModel[] = [
  {
    id: asId("mi300x"),
    vendor: "AMD",
    name: "Instinct MI300X",
    origin: "foreign",
    stack: "rocm",
    peak: known(deciTflops(13_070), mi300xPage),
    memoryGiB: known(192, mi300xPage),
    note: "Whole TFLOPS, as read; twice that, with sparsity, is not counted.",
  },
];
