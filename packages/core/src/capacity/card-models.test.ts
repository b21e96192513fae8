import { describe, expect, test } from "vitest";
import { cardSeconds, deciTflops, formatPHours, slugPattern } from "../units/index.ts";
import {
  gradeOf,
  known,
  origins,
  stacks,
  type CardModel,
  type Figure,
  type Source,
} from "./card-model.ts";
import {
  cardModel,
  cardModels,
  cardModelsLike,
  cpuModel,
  nameplateWork,
  peakTflops,
} from "./card-models.ts";

const named = (id: string): CardModel => {
  const model = cardModel(id);
  if (!model) throw new Error(`no card model ${id}`);
  return model;
};

function isAccounted(figure: Figure<bigint | number>): boolean {
  if (figure.kind === "unknown") return figure.reason !== "";
  const { title, publisher, url } = figure.source;
  return (
    figure.value > 0 && title !== "" && publisher !== "" && (url === null || URL.canParse(url))
  );
}

describe("the catalogue", () => {
  test("gives each model an id of its own", () => {
    const ids = cardModels.map(({ id }) => id);
    expect(ids).toStrictEqual([...new Set(ids)]);
    for (const id of ids) expect(id).toMatch(slugPattern);
  });

  test("knows the makers that the region is built for", () => {
    expect([...new Set(cardModels.map(({ vendor }) => vendor))]).toStrictEqual([
      "Huawei",
      "Cambricon",
      "Hygon",
      "Kunlunxin",
      "Moore Threads",
      "MetaX",
      "Iluvatar CoreX",
      "Enflame",
      "Biren",
      "NVIDIA",
      "AMD",
      "any",
    ]);
  });

  test.each(cardModels)("names a source or a reason for each figure of $id", (model) => {
    expect(origins).toContain(model.origin);
    expect(stacks).toContain(model.stack);
    expect(model.peak).toSatisfy(isAccounted);
    expect(model.memoryGiB).toSatisfy(isAccounted);
  });

  test("calls a figure a vendor's only when the card's own maker published it", () => {
    const publishers = cardModels.flatMap(({ vendor, peak, memoryGiB }) =>
      [peak, memoryGiB].flatMap((figure) =>
        figure.kind === "known" && gradeOf(figure) === "vendor-sheet"
          ? [{ vendor, publisher: figure.source.publisher }]
          : [],
      ),
    );
    expect(publishers.length).toBeGreaterThan(20);
    for (const { vendor, publisher } of publishers) expect(publisher).toContain(vendor);
  });

  test("has no origin for a core, which is therefore never domestic", () => {
    expect(named(cpuModel)).toMatchObject({ origin: "unknown", stack: "none" });
  });
});

describe("a card's peak", () => {
  test.each([
    // id             TFLOPS
    ["a100-80g", 312.0],
    ["a800-80g", 312.0],
    ["h100-sxm", 989.4], // not the 1,979 with sparsity
    ["h100-pcie", 756.5],
    ["h20", 148.0],
    ["l40s", 362.0],
    ["rtx-4090", 165.2],
    ["ascend-910b3", 313.0],
    ["ascend-910c", 752.0],
    ["mlu370-x8", 96.0],
    ["kunlun-p800", 345.0],
    ["mtt-s4000", 100.0],
    ["mi300x", 1_307.0],
  ])("%s: %d TFLOPS, dense FP16", (id, tflops) => {
    expect(peakTflops(named(id))).toStrictEqual({ kind: "known", peak: deciTflops(tflops * 10) });
  });

  test.each(["mlu590", "ascend-910b1", "dcu-k100-ai", "biren-br104", "enflame-s60", "cpu"])(
    "%s: none, and says why",
    (id) => {
      const peak = peakTflops(named(id));
      expect(peak).toMatchObject({ kind: "unknown-peak" });
      expect(peak).toHaveProperty(
        "reason",
        expect.stringContaining(`${id} has no dense FP16 peak:`),
      );
    },
  );
});

describe("nameplate work", () => {
  test("64 cards of 320 TFLOPS for 720 hours are 14,745.6 P·h", () => {
    const source: Source = {
      grade: "press",
      title: "a card of 320 TFLOPS",
      publisher: "nobody",
      year: null,
      url: null,
      via: null,
    };
    const card: CardModel = {
      ...named("ascend-910b3"),
      peak: known(deciTflops(3200), source),
    };
    const held = cardSeconds(64 * 720 * 3600);
    const done = nameplateWork(card, held);
    expect(done).toStrictEqual({ kind: "work", work: 530_841_600_000n });
    expect(done.kind === "work" && formatPHours(done.work)).toBe("14745.600");
  });

  test("cannot be told where the peak is unknown", () => {
    expect(nameplateWork(named("mlu590"), cardSeconds(1))).toMatchObject({ kind: "unknown-peak" });
  });
});

describe("a card model that was typed wrong", () => {
  test.each([
    ["910b3", ["ascend-910b3"]],
    ["Ascend910B", ["ascend-910b1", "ascend-910b2", "ascend-910b3"]],
    ["A100", ["a100-40g", "a100-80g"]],
    ["a10-80g", ["a100-80g"]],
    ["MLU370_X8", ["mlu370-x8"]],
    ["rtx4900", ["rtx-4090"]],
    ["nvidia-h20", ["h20"]],
    ["tpu-v5p", []],
    ["", []],
  ])("%s: did you mean %j?", (typed, meant) => {
    expect(cardModel(typed)).toBeUndefined();
    expect(cardModelsLike(typed)).toStrictEqual(meant);
  });
});
