import { asId } from "../../units/index.ts";
import { known, unknown, type CardModel, type Source } from "../card-model.ts";

const s60Manual: Source = {
  grade: "vendor-sheet",
  title: "燧原 S60 product manual",
  publisher: "Enflame",
  year: null,
  url: "https://support.enflame-tech.com/onlinedoc_hw/5-s6x/S60/product_manual/content/source/S60_product_manual.html",
  via: "notes on Enflame's interconnects that quote the manual (2026)",
};

const fromLaunch = (figures: string) =>
  unknown(`launch coverage gives ${figures}, but no FP16 figure`);
const noSheet = unknown("no sheet of the card was found; figures seen are for its chip");

const common = { vendor: "Enflame", origin: "domestic", stack: "topsrider", note: null } as const;

export const enflame: readonly CardModel[] = [
  {
    ...common,
    id: asId("enflame-t20"),
    name: "CloudBlazer T20",
    peak: fromLaunch("the chip 160 TFLOPS of TF32"),
    memoryGiB: noSheet,
  },
  {
    ...common,
    id: asId("enflame-t21"),
    name: "CloudBlazer T21",
    peak: fromLaunch("the chip 160 TFLOPS of TF32"),
    memoryGiB: noSheet,
  },
  {
    ...common,
    id: asId("enflame-i20"),
    name: "CloudBlazer i20",
    peak: fromLaunch("128 TFLOPS of TF32 and 256 TOPS of INT8"),
    memoryGiB: unknown("launch coverage gives the memory's bandwidth, not its size"),
  },
  {
    ...common,
    id: asId("enflame-s60"),
    name: "S60",
    peak: unknown("the product manual names the precisions and gives no peak"),
    memoryGiB: known(48, s60Manual),
  },
];
