import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cardModel, cardModels } from "./card-models.ts";
import { cardModelsNamed } from "./site-names.ts";

describe("a site's name for a type of card", () => {
  test.each([
    ["a100", ["a100-40g", "a100-80g"]],
    ["A100", ["a100-40g", "a100-80g"]],
    ["a100_80g", ["a100-80g"]],
    ["nvidia_a100-sxm4-80gb", ["a100-80g"]],
    ["nvidia_a100_80gb_pcie", ["a100-80g"]],
    ["NVIDIA-A100-PCIE-40GB", ["a100-40g"]],
    ["a800", ["a800-80g"]],
    ["h100", ["h100-sxm", "h100-pcie"]],
    ["nvidia_h100_80gb_hbm3", ["h100-sxm"]],
    ["h800", ["h800-sxm"]],
    ["h20", ["h20"]],
    ["l40s", ["l40s"]],
    ["4090", ["rtx-4090"]],
    ["rtx4090", ["rtx-4090"]],
    ["nvidia_geforce_rtx_4090", ["rtx-4090"]],
    ["910b", ["ascend-910b1", "ascend-910b2", "ascend-910b3", "ascend-910b4"]],
    ["Ascend910B3", ["ascend-910b3"]],
    ["huawei-ascend-910c", ["ascend-910c"]],
    ["mlu370", ["mlu370-s4", "mlu370-x4", "mlu370-x8"]],
    ["MLU370-X8", ["mlu370-x8"]],
    ["dcu", ["dcu-z100l", "dcu-k100", "dcu-k100-ai"]],
    ["k100_ai", ["dcu-k100-ai"]],
    ["kunlunxin_p800", ["kunlun-p800"]],
    ["mtt_s4000", ["mtt-s4000"]],
    ["mxc500", ["metax-c500"]],
    ["bi_v100", ["iluvatar-bi-v100"]],
    ["mi300x", ["mi300x"]],
    ["amd_instinct_mi300x", ["mi300x"]],
  ])("%s stands for %j", (name, models) => {
    expect(cardModelsNamed(name)).toStrictEqual(models);
  });

  test.each([
    "",
    "gpu",
    "v100",
    "l40",
    "a10",
    "rtx_4090_d",
    "h100_nvl",
    "mi300a",
    "ascend910",
    "cpu",
  ])("%j is no card of the catalogue, and nothing is guessed", (name) => {
    expect(cardModelsNamed(name)).toStrictEqual([]);
  });

  test("a model's own id always names it, however it is written", () => {
    for (const { id } of cardModels.filter(({ stack }) => stack !== "none")) {
      expect(cardModelsNamed(id)).toContain(id);
      expect(cardModelsNamed(id.toUpperCase().replaceAll("-", "_"))).toContain(id);
    }
  });

  test("whatever is asked, the answer is a short list of models that exist, each once", () => {
    const anyName = fc.oneof(
      fc.string(),
      fc.constantFrom("nvidia", "npu", "mlu", "dcu", "gcu", "a100"),
    );
    fc.assert(
      fc.property(anyName, (name) => {
        const models = cardModelsNamed(name);
        expect(models.length).toBeLessThanOrEqual(16);
        expect(new Set(models).size).toBe(models.length);
        for (const model of models) expect(cardModel(model)?.id).toBe(model);
      }),
    );
  });
});
