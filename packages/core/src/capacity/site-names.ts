import { asId, type CardModelId } from "../units/index.ts";
import { cardModel, cardModels } from "./card-models.ts";
import { lettersOf } from "./did-you-mean.ts";

/**
 * The card models that a site's name for a type of card stands for, as it is written in batch
 * scripts (`gpu:a100:4`): in catalogue order, at most 16; none where the name is not known, or is
 * another card's that the catalogue lacks. Case, punctuation and the maker's name in front do not
 * count, so `nvidia_a100-sxm4-80gb`, which Slurm's detection makes of what the driver says, is
 * found as well as `A100`. A name that leaves the form open gives every form of it.
 */
export function cardModelsNamed(type: string): readonly CardModelId[] {
  const letters = lettersOf(type);
  return byName.get(letters) ?? byName.get(withoutMaker(letters)) ?? [];
}

/**
 * Names that sites and drivers give, other than the catalogue's own ids. Left out on purpose: what
 * is another card and only looks alike (V100, L40, 4090 D, H100 NVL, MI300A, Ascend 910, Z100).
 */
const names: Readonly<Record<string, readonly string[]>> = {
  "910b": ["ascend-910b1", "ascend-910b2", "ascend-910b3", "ascend-910b4"],
  "910b1": ["ascend-910b1"],
  "910b2": ["ascend-910b2"],
  "910b3": ["ascend-910b3"],
  "910b4": ["ascend-910b4"],
  "910c": ["ascend-910c"],

  mlu370: ["mlu370-s4", "mlu370-x4", "mlu370-x8"],

  z100l: ["dcu-z100l"],
  k100: ["dcu-k100", "dcu-k100-ai"],
  "k100-ai": ["dcu-k100-ai"],

  r200: ["kunlun-r200", "kunlun-r200-8f"],
  "r200-8f": ["kunlun-r200-8f"],
  p800: ["kunlun-p800"],

  s4000: ["mtt-s4000"],
  s5000: ["mtt-s5000"],

  c500: ["metax-c500"],
  mxc500: ["metax-c500"],
  c550: ["metax-c550"],
  mxc550: ["metax-c550"],

  "bi-v100": ["iluvatar-bi-v100"],
  "bi-v150": ["iluvatar-bi-v150"],

  t20: ["enflame-t20"],
  t21: ["enflame-t21"],
  i20: ["enflame-i20"],
  s60: ["enflame-s60"],

  br100: ["biren-br100"],
  br104: ["biren-br104"],
  br106: ["biren-br106"],

  a100: ["a100-40g", "a100-80g"],
  "a100-40gb": ["a100-40g"],
  "a100-80gb": ["a100-80g"],
  "a100-pcie": ["a100-40g", "a100-80g"],
  "a100-pcie-40gb": ["a100-40g"],
  "a100-pcie-80gb": ["a100-80g"],
  "a100-80gb-pcie": ["a100-80g"],
  "a100-sxm": ["a100-40g", "a100-80g"],
  "a100-sxm4": ["a100-40g", "a100-80g"],
  "a100-sxm4-40gb": ["a100-40g"],
  "a100-sxm4-80gb": ["a100-80g"],
  a800: ["a800-80g"],
  "a800-80gb": ["a800-80g"],
  "a800-80gb-pcie": ["a800-80g"],
  "a800-sxm4-80gb": ["a800-80g"],
  h100: ["h100-sxm", "h100-pcie"],
  "h100-80gb": ["h100-sxm", "h100-pcie"],
  "h100-80gb-hbm3": ["h100-sxm"],
  "h100-sxm5": ["h100-sxm"],
  "h100-sxm5-80gb": ["h100-sxm"],
  "h100-pcie-80gb": ["h100-pcie"],
  h800: ["h800-sxm"],
  "h800-sxm5": ["h800-sxm"],
  "h20-96gb": ["h20"],
  "l40s-48gb": ["l40s"],
  "4090": ["rtx-4090"],
  "geforce-rtx-4090": ["rtx-4090"],

  "instinct-mi300x": ["mi300x"],
  "instinct-mi300x-oam": ["mi300x"],
};

/** What a whole make is called: by its maker, or by the maker's word for such a card. */
const makes: Readonly<Record<string, string>> = {
  huawei: "Huawei",
  ascend: "Huawei",
  npu: "Huawei",
  cambricon: "Cambricon",
  mlu: "Cambricon",
  hygon: "Hygon",
  dcu: "Hygon",
  kunlunxin: "Kunlunxin",
  kunlun: "Kunlunxin",
  mthreads: "Moore Threads",
  mtt: "Moore Threads",
  metax: "MetaX",
  iluvatar: "Iluvatar CoreX",
  enflame: "Enflame",
  gcu: "Enflame",
  biren: "Biren",
  nvidia: "NVIDIA",
  amd: "AMD",
};

const byName: ReadonlyMap<string, readonly CardModelId[]> = new Map([
  ...Object.entries(makes).map(([name, vendor]) => [name, ofMaker(vendor)] as const),
  ...cardModels
    .filter(({ stack }) => stack !== "none")
    .map(({ id }) => [lettersOf(id), [id]] as const),
  ...Object.entries(names).map(([name, ids]) => [lettersOf(name), ids.map(existing)] as const),
]);

function ofMaker(vendor: string): readonly CardModelId[] {
  return cardModels.filter((model) => model.vendor === vendor).map(({ id }) => id);
}

function existing(id: string): CardModelId {
  if (!cardModel(id)) throw new Error(`the catalogue has no card model ${id}`);
  return asId<CardModelId>(id);
}

/** The longest maker's name that stands in front is cut; a name that is nothing else stays. */
function withoutMaker(letters: string): string {
  const inFront = Object.keys(makes).filter((make) => letters.startsWith(make));
  const longest = inFront.reduce((a, b) => (b.length > a.length ? b : a), "");
  const rest = letters.slice(longest.length);
  return rest.startsWith("ascend") ? rest.slice("ascend".length) : rest;
}
