import { asId, type CardModelId } from "@wadi/core/units";
import { expect, test } from "vitest";
import { cardAccess, cardVariables } from "./card-access.ts";

const id = (text: string) => asId<CardModelId>(text);

test.each([
  ["a800-80g", { CUDA_VISIBLE_DEVICES: "0,2", NVIDIA_VISIBLE_DEVICES: "0,2" }],
  ["ascend-910b2", { ASCEND_RT_VISIBLE_DEVICES: "0,2" }],
  ["mlu590", { MLU_VISIBLE_DEVICES: "0,2" }],
  ["dcu-k100", { HIP_VISIBLE_DEVICES: "0,2" }],
  ["kunlun-p800", { XPU_VISIBLE_DEVICES: "0,2" }],
  ["mtt-s4000", { MUSA_VISIBLE_DEVICES: "0,2", MTHREADS_VISIBLE_DEVICES: "0,2" }],
  ["mi300x", { HIP_VISIBLE_DEVICES: "0,2" }],
  ["cpu", {}],
])("a run that holds devices 2 and 0 of %s is told so in its stack's own words", (model, told) => {
  const held = { model: id(model), devices: [2, 0] };
  expect(cardVariables(held, [id(model)])).toEqual(told);
});

test("a run without cards is shown none of its host's", () => {
  expect(cardVariables(null, [id("a800-80g"), id("ascend-910b2")])).toEqual({
    CUDA_VISIBLE_DEVICES: "",
    NVIDIA_VISIBLE_DEVICES: "",
    ASCEND_RT_VISIBLE_DEVICES: "",
  });
});

test("a run is shown none of its host's other stacks", () => {
  const held = { model: id("a800-80g"), devices: [1] };
  expect(cardVariables(held, [id("a800-80g"), id("ascend-910b2")])).toEqual({
    CUDA_VISIBLE_DEVICES: "1",
    NVIDIA_VISIBLE_DEVICES: "1",
    ASCEND_RT_VISIBLE_DEVICES: "",
  });
});

test("every stack names where its variables were read", () => {
  for (const access of Object.values(cardAccess)) expect(access.source).not.toBe("");
});
