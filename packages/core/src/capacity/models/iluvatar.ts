import { asId, deciTflops } from "../../units/index.ts";
import { known, unknown, type CardModel, type Source } from "../card-model.ts";

const launchArticle: Source = {
  grade: "press",
  title: "La empresa china Tianshu Zhixin empieza la producción de su GPGPU a 7 nm",
  publisher: "Geektopia, after TechPowerUp",
  year: 2021,
  url: "https://geektopia.es/es/technology/2021/04/05/noticias/amp/la-empresa-china-tianshu-zhixin-empieza-la-produccion-de-su-gpgpu-a-7-nm-alcanza-los-37-tflops.html",
  via: null,
};
const v150Page: Source = {
  grade: "vendor-sheet",
  title: "天垓150 (product page)",
  publisher: "Iluvatar CoreX",
  year: null,
  url: "https://www.iluvatar.com/productDetails?fullCode=cpjs-yj-xlxl-tg150",
  via: "a report on Iluvatar's generations that quotes the page (2026)",
};

const common = { vendor: "Iluvatar CoreX", origin: "domestic", stack: "corex" } as const;

export const iluvatar: readonly CardModel[] = [
  {
    ...common,
    id: asId("iluvatar-bi-v100"),
    name: "BI-V100 (天垓100)",
    peak: known(deciTflops(1470), launchArticle),
    memoryGiB: known(32, launchArticle),
    note: null,
  },
  {
    ...common,
    id: asId("iluvatar-bi-v150"),
    name: "BI-V150 (天垓150)",
    peak: unknown(
      "the maker's page gives none; the 192 TFLOPS that others repeat is less than the 196.5 " +
        "that BAAI's FlagPerf measured",
    ),
    memoryGiB: known(64, v150Page),
    note: "Tools may show one card as two devices of 32 GiB.",
  },
];
