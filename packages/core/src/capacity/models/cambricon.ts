import { asId, deciTflops } from "../../units/index.ts";
import { known, unknown, type CardModel, type Source } from "../card-model.ts";

const productPage = (card: string, page: number): Source => ({
  grade: "vendor-sheet",
  title: `${card} (product page)`,
  publisher: "Cambricon",
  year: null,
  url: `https://www.cambricon.com/index.php?m=content&c=index&a=lists&catid=${page}`,
  via: "a report on Cambricon's architectures that quotes the page (2026)",
});
const x4Page = productPage("思元370 MLU370-X4", 371);
const x8Page = productPage("思元370 MLU370-X8", 406);
const s4Page = productPage("思元370 MLU370-S4/S8", 365);

const common = {
  vendor: "Cambricon",
  origin: "domestic",
  stack: "neuware",
  note: "The page does not say whether the figure counts sparsity.",
} as const;

export const cambricon: readonly CardModel[] = [
  {
    ...common,
    id: asId("mlu370-s4"),
    name: "MLU370-S4",
    peak: known(deciTflops(720), s4Page),
    memoryGiB: known(24, s4Page),
  },
  {
    ...common,
    id: asId("mlu370-x4"),
    name: "MLU370-X4",
    peak: known(deciTflops(960), x4Page),
    memoryGiB: known(24, x4Page),
  },
  {
    ...common,
    id: asId("mlu370-x8"),
    name: "MLU370-X8",
    peak: known(deciTflops(960), x8Page),
    memoryGiB: known(48, x8Page),
    note: "Two chips on one card; the page gives the whole card, and says nothing of sparsity.",
  },
  {
    ...common,
    id: asId("mlu590"),
    name: "MLU590",
    peak: unknown("the maker publishes none, and others disagree: 125 to 345 TFLOPS"),
    memoryGiB: unknown("the maker publishes none, and others disagree: 64, 80 and 96 GB"),
    note: null,
  },
];
