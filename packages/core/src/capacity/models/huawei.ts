import { asId, deciTflops } from "../../units/index.ts";
import { known, unknown, type CardModel, type Source } from "../card-model.ts";

const ascendOverview: Source = {
  grade: "press",
  title: "华为昇腾 Ascend 910B 一览及对应整机",
  publisher: "FlintyLemming (blog)",
  year: 2025,
  url: null,
  via: null,
};
const flagPerf: Source = {
  grade: "press",
  title: "FlagPerf, computation-FP16, Ascend: Atlas 800T A2",
  publisher: "BAAI (FlagOpen)",
  year: null,
  url: "https://github.com/FlagOpen/FlagPerf/blob/main/base/benchmarks/computation-FP16/ascend/README.md",
  via: null,
};
const modeling: Source = {
  grade: "vendor-sheet",
  title: "MindStudio Modeling, tensor_cast/device.py, profile ATLAS_800_A3_752T_128G_DIE",
  publisher: "Huawei Ascend",
  year: 2026,
  url: "https://github.com/Ascend/msmodeling",
  via: null,
};

const common = { vendor: "Huawei", origin: "domestic", stack: "cann" } as const;

export const huawei: readonly CardModel[] = [
  {
    ...common,
    id: asId("ascend-910b1"),
    name: "Ascend 910B1",
    peak: unknown("the maker publishes none, and others disagree: 378.9 and 414 TFLOPS"),
    memoryGiB: known(64, ascendOverview),
    note: null,
  },
  {
    ...common,
    id: asId("ascend-910b2"),
    name: "Ascend 910B2",
    peak: known(deciTflops(3760), ascendOverview),
    memoryGiB: known(64, ascendOverview),
    note: "The maker's MindStudio Modeling has an Atlas 800 A2 of 376 TFLOPS and 64 GiB.",
  },
  {
    ...common,
    id: asId("ascend-910b3"),
    name: "Ascend 910B3",
    peak: known(deciTflops(3130), flagPerf),
    memoryGiB: known(64, ascendOverview),
    note: "The rated figure of the Atlas 800T A2; MindStudio Modeling has the same 313 and 64 GiB.",
  },
  {
    ...common,
    id: asId("ascend-910b4"),
    name: "Ascend 910B4",
    peak: known(deciTflops(2800), ascendOverview),
    memoryGiB: known(32, ascendOverview),
    note: "The maker's MindStudio Modeling has an Atlas 800 A2 of 280 TFLOPS and 32 GiB.",
  },
  {
    ...common,
    id: asId("ascend-910c"),
    name: "Ascend 910C",
    peak: known(deciTflops(7520), modeling),
    memoryGiB: known(128, modeling),
    note: "One card is a package of two dies, 376 TFLOPS and 64 GiB each; tools show two devices.",
  },
];
