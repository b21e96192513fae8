import { asId, deciTflops } from "../../units/index.ts";
import { known, type CardModel, type Source } from "../card-model.ts";

const r200Page: Source = {
  grade: "vendor-sheet",
  title: "昆仑芯 R200 系列 (product page)",
  publisher: "Kunlunxin",
  year: null,
  url: "https://www.kunlunxin.com/product/274.html",
  via: "a report on Kunlunxin's generations that quotes the page (2026)",
};
const p800Article: Source = {
  grade: "press",
  title: "Kunlunxin P800 (2024)",
  publisher: "MirrorFrog card archive",
  year: null,
  url: "https://mirrorfrog.com/docs/cards/others/kunlun-p800",
  via: null,
};

const common = { vendor: "Kunlunxin", origin: "domestic", stack: "xpu", note: null } as const;

export const kunlunxin: readonly CardModel[] = [
  {
    ...common,
    id: asId("kunlun-r200"),
    name: "R200",
    peak: known(deciTflops(1280), r200Page),
    memoryGiB: known(16, r200Page),
  },
  {
    ...common,
    id: asId("kunlun-r200-8f"),
    name: "R200-8F",
    peak: known(deciTflops(1280), r200Page),
    memoryGiB: known(32, r200Page),
  },
  {
    ...common,
    id: asId("kunlun-p800"),
    name: "P800",
    peak: known(deciTflops(3450), p800Article),
    memoryGiB: known(96, p800Article),
    note: "The maker has no page with figures; 345 TFLOPS is what industry reports repeat.",
  },
];
