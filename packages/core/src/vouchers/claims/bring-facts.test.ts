import { describe, expect, test } from "vitest";
import { aCase, aLine, day, money } from "../builders.testing.ts";
import { bringFacts, type Told } from "../index.ts";

const nothing: Told = {
  ...{ facts: {}, lines: [], otherMoney: null, registrations: null },
  relations: { holdings: null, controllers: null, officers: null },
};
const of = aCase({
  facts: { "contract.signedOn": day("2024-03-15"), "applicant.lists": ["a", "b"] },
  lines: [aLine("compute", "100.00", {}, { amounts: { contract: money("100.00") } })],
  ...{ otherMoney: null, registrations: [] },
  relations: { holdings: null, controllers: [], officers: null },
});
const bring = (differs: Partial<Told>) => bringFacts(of, { ...nothing, ...differs });
const aMoreOf = (id: string, differs: Partial<Told["lines"][number]>) => ({
  ...{ id, facts: {}, amounts: {}, quantities: {}, ...differs },
});

describe("facts that are brought later", () => {
  test("are added where nothing was known, wherever they belong", () => {
    const { told, added, corrected, problems } = bring({
      facts: { "applicant.staff": 12n, "applicant.lastDiscreditedOn": null },
      lines: [
        aMoreOf("compute", {
          facts: { "line.chipOrigin": "domestic" },
          ...{ amounts: { approved: money("90.00") }, quantities: { "card-hours": 7n } },
        }),
      ],
      ...{ otherMoney: [], relations: { ...nothing.relations, officers: [] } },
    });
    expect([corrected, problems]).toEqual([[], []]);
    expect(added.map(({ line, name, to }) => [line, name, to].join(" "))).toEqual([
      ...[" applicant.staff 12", " applicant.lastDiscreditedOn none"],
      ...["compute line.chipOrigin domestic", "compute amounts.approved 90.00"],
      ...["compute quantities.card-hours 7", " relations.officers []", " otherMoney []"],
    ]);
    expect(told.facts).toEqual({
      ...of.facts,
      ...{ "applicant.staff": 12n, "applicant.lastDiscreditedOn": null },
    });
    expect(told.lines[0]!.amounts).toEqual({ contract: money("100.00"), approved: money("90.00") });
    expect(told.relations).toEqual({ holdings: null, controllers: [], officers: [] });
  });

  test("are nothing new where they were told before, in whatever order", () => {
    const { added, corrected } = bring({
      facts: { "contract.signedOn": day("2024-03-15"), "applicant.lists": ["b", "a"] },
      lines: [aMoreOf("compute", { amounts: { contract: money("100.00") } })],
      registrations: [],
    });
    expect([added, corrected]).toEqual([[], []]);
  });

  test("are corrections where something else was told, or follows from it", () => {
    const { corrected, added } = bring({
      facts: { "contract.signedOn": day("2024-03-16"), "contract.total": money("101.00") },
      lines: [aMoreOf("compute", { amounts: { contract: money("99.50") } })],
      relations: { ...nothing.relations, controllers: [{ party: "x", controller: "y" }] },
    });
    expect(added).toEqual([]);
    expect(corrected.map(({ path, from, to }) => `${path}: ${from} to ${to}`)).toEqual([
      "/facts/contract.signedOn: 2024-03-15 to 2024-03-16",
      "/facts/contract.total: 100.00 to 101.00",
      "/lines/0/amounts/contract: 100.00 to 99.50",
      '/relations/controllers: [] to [{controller: "y", party: "x"}]',
    ]);
  });

  test("that contradict themselves, or are of no line, are told by field", () => {
    const { problems } = bring({
      facts: { "line.class": "compute" },
      lines: [aMoreOf("storage", {}), aMoreOf("compute", { facts: { "applicant.staff": 4n } })],
    });
    expect(problems.map(({ path }) => path)).toEqual([
      ...["/lines/1/facts/applicant.staff", "/facts/line.class", "/lines/0/id"],
    ]);
    expect(problems.at(-1)!.message).toContain("its lines are compute");
  });
});
