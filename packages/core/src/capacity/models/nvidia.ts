import { asId, deciTflops } from "../../units/index.ts";
import { known, type CardModel, type Source } from "../card-model.ts";

const ampereNotes = "Glenn K. Lockwood's notes on the A100 (glennklockwood.com)";
const hopperNotes = "Glenn K. Lockwood's notes on the H100 (glennklockwood.com)";

const a100Sheet: Source = {
  grade: "vendor-sheet",
  title: "NVIDIA A100 Tensor Core GPU datasheet",
  publisher: "NVIDIA",
  year: null,
  url: "https://www.nvidia.com/content/dam/en-zz/Solutions/Data-Center/a100/pdf/nvidia-a100-datasheet-us-nvidia-1758950-r4-web.pdf",
  via: ampereNotes,
};
const hopperPaper: Source = {
  grade: "vendor-sheet",
  title: "NVIDIA H100 Tensor Core GPU Architecture",
  publisher: "NVIDIA",
  year: 2022,
  url: "https://resources.nvidia.com/en-us-tensor-core/gtc22-whitepaper-hopper",
  via: hopperNotes,
};
const h100Page: Source = {
  grade: "vendor-sheet",
  title: "NVIDIA H100 Tensor Core GPU (product page)",
  publisher: "NVIDIA",
  year: null,
  url: "https://www.nvidia.com/en-us/data-center/h100/",
  via: "the hardware table of LLM-Viewer (github.com/hahnyuan/LLM-Viewer)",
};
const a800Article: Source = {
  grade: "press",
  title: "NVIDIA A800",
  publisher: "AI Wiki",
  year: 2026,
  url: "https://aiwiki.ai/wiki/nvidia_a800",
  via: null,
};
const h800Article: Source = {
  grade: "press",
  title: "NVIDIA H800",
  publisher: "AI Wiki",
  year: 2026,
  url: "https://aiwiki.ai/wiki/nvidia_h800",
  via: null,
};
const h20Article: Source = {
  grade: "press",
  title: "New Nvidia AI GPUs designed to get around U.S. export bans come to China",
  publisher: "Tom's Hardware",
  year: 2024,
  url: "https://www.tomshardware.com/pc-components/gpus/new-nvidia-ai-gpus-designed-to-get-around-us-export-bans-come-to-china-h20-l20-and-l2-to-fill-void-left-by-restricted-models",
  via: null,
};
const l40sSheet: Source = {
  grade: "vendor-sheet",
  title: "NVIDIA L40S datasheet",
  publisher: "NVIDIA",
  year: null,
  url: "https://www.nvidia.com/en-us/data-center/l40s/",
  via: "a dealer's copy of the specification table (mullet.se, product 355414)",
};
const adaPaper: Source = {
  grade: "vendor-sheet",
  title: "NVIDIA Ada GPU Architecture",
  publisher: "NVIDIA",
  year: 2022,
  url: "https://images.nvidia.com/aem-dam/Solutions/Data-Center/l4/nvidia-ada-gpu-architecture-whitepaper-v2.1.pdf",
  via: "WareDB, NVIDIA GeForce RTX 4090 (waredb.com)",
};

const common = { vendor: "NVIDIA", origin: "foreign", stack: "cuda", note: null } as const;

export const nvidia: readonly CardModel[] = [
  {
    ...common,
    id: asId("a100-40g"),
    name: "A100 40 GB",
    peak: known(deciTflops(3120), a100Sheet),
    memoryGiB: known(40, a100Sheet),
    note: "The sheet also gives 624 TFLOPS with sparsity, which is not counted.",
  },
  {
    ...common,
    id: asId("a100-80g"),
    name: "A100 80 GB",
    peak: known(deciTflops(3120), a100Sheet),
    memoryGiB: known(80, a100Sheet),
    note: "The sheet also gives 624 TFLOPS with sparsity, which is not counted.",
  },
  {
    ...common,
    id: asId("a800-80g"),
    name: "A800 80 GB",
    peak: known(deciTflops(3120), a800Article),
    memoryGiB: known(80, a800Article),
    note: "An A100 whose NVLink is cut to 400 GB/s; compute and memory are those of the A100.",
  },
  {
    ...common,
    id: asId("h100-sxm"),
    name: "H100 SXM 80 GB",
    peak: known(deciTflops(9894), hopperPaper),
    memoryGiB: known(80, hopperPaper),
    note: "The product page's 1,979 TFLOPS is with sparsity; the paper gives 989.4 without.",
  },
  {
    ...common,
    id: asId("h100-pcie"),
    name: "H100 PCIe 80 GB",
    peak: known(deciTflops(7565), h100Page),
    memoryGiB: known(80, h100Page),
    note: "The page gives 1,513 TFLOPS with sparsity; halved here.",
  },
  {
    ...common,
    id: asId("h800-sxm"),
    name: "H800 SXM 80 GB",
    peak: known(deciTflops(9894), h800Article),
    memoryGiB: known(80, h800Article),
    note: "The H100's chip with NVLink and FP64 cut; the H100 SXM's figures are taken over.",
  },
  {
    ...common,
    id: asId("h20"),
    name: "H20 96 GB",
    peak: known(deciTflops(1480), h20Article),
    memoryGiB: known(96, h20Article),
    note: "The maker publishes no sheet; the figures are those that dealers list.",
  },
  {
    ...common,
    id: asId("l40s"),
    name: "L40S 48 GB",
    peak: known(deciTflops(3620), l40sSheet),
    memoryGiB: known(48, l40sSheet),
    note: "The sheet gives 362.05 TFLOPS, cut to tenths here; its 733 is with sparsity.",
  },
  {
    ...common,
    id: asId("rtx-4090"),
    name: "GeForce RTX 4090",
    peak: known(deciTflops(1652), adaPaper),
    memoryGiB: known(24, adaPaper),
    note: "With FP32 sums, as the other figures of this maker hold; twice that with FP16 sums.",
  },
];
