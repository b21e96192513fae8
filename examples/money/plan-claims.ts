import { hash } from "node:crypto";
import type { routes } from "@wadi/protocol";
import type { z } from "zod";

import type { PlannedTenant, ProgrammeName } from "./plan-tenants.ts";

type Case = Omit<z.input<typeof routes.applyForVoucher.body>, "tenant" | "supplier" | "contract">;

/** A claim as it is sent in on the first day. */
export interface PlannedClaim {
  readonly programme: ProgrammeName;
  readonly tenant: string;
  readonly contract: string;
  /** The line that bills are redeemed for. */
  readonly line: string;
  /**
   * What bills are made out for: what the tenant was charged here; what the supplier bills it
   * outside of the platform, in yuan a bill; or nothing, where vouchers pay jobs by themselves.
   */
  readonly bills: "charges" | "none" | { readonly outside: string };
  readonly case: Case;
  /** What it shows: something lacks, a cap cuts it, it is refused, it is taken back later. */
  readonly shows: "plain" | "incomplete" | "cut" | "refused" | "withdrawn";
}

type Draft = Pick<PlannedClaim, "case" | "shows" | "line" | "bills">;

/** All claims of the month, in the order they come in. */
export const planClaims = (tenants: readonly PlannedTenant[]): PlannedClaim[] =>
  tenants.flatMap(({ id, programme, place }) => {
    if (programme === null) return [];
    const drafts = draftsFor[programme](place);
    return drafts.map((draft, i): PlannedClaim => {
      return { ...draft, programme, tenant: id, contract: `${id}-2026-${i + 1}` };
    });
  });

const draftsFor: Record<ProgrammeName, (place: number) => Draft[]> = {
  "yizhuang-tokens": (place) => {
    const inZone = facts({ "applicant.registeredIn": "110115" });
    const elsewhere = facts({ "applicant.registeredIn": "330106" });
    const compute = line("compute", { metered: `${60_000 + 5000 * place}` });
    if (place % 9 === 1) return [draft("refused", elsewhere, compute)];
    const calls = line("model-calls", { metered: "24000" });
    const [big, small] = [{ outside: `${21_000 + 900 * place}.35` }, { outside: "9800.10" }];
    return [
      { ...draft("plain", inZone, compute), bills: big },
      ...(place % 3 === 0 ? [{ ...draft("plain", inZone, calls), bills: small }] : []),
    ];
  },
  "qingyang-hub": (place) => {
    const where = { "line.place": "621002" };
    // A tenth of the firms want more than the yearly cap of 200万 gives.
    const contract = place % 10 === 0 ? "9000000" : `${40_000 + 7300 * place}.50`;
    const shows = place % 10 === 0 ? "cut" : place % 10 === 4 ? "withdrawn" : "plain";
    return [{ ...draft(shows, facts({}), line("compute", { contract }, where)), bills: "none" }];
  },
  "hangzhou-ai-chain": (place) => {
    const signed = { "contract.signedOn": "2026-05-20" };
    const whole = facts({ ...signed, "applicant.registeredIn": "330106" });
    const origin = place % 2 === 0 ? "domestic" : "other";
    const where = { "line.chipOrigin": origin, "line.registers": ["hangzhou-city-plan"] };
    const contract = place % 10 === 0 ? "30000000" : `${120_000 + 9100 * place}.90`;
    const compute = line("compute", { contract }, where);
    return [
      ...(place % 4 === 0 ? [draft("incomplete", facts(signed), compute)] : []),
      draft(place % 10 === 0 ? "cut" : "plain", whole, compute),
    ];
  },
  "shanghai-compute": (place) => {
    const given = {
      ...{ "applicant.registeredIn": "310115", "contract.signedOn": "2026-05-11" },
      ...{ "contract.startsOn": "2026-06-01", "contract.endsOn": "2027-05-31" },
    };
    const total = `${80_000 + 3700 * place}`;
    const compute = line("compute", { approved: total });
    return [draft("plain", facts({ ...given, "contract.total": total }), compute)];
  },
};

const facts = (more: Case["facts"]): Case["facts"] => ({
  "applicant.legalForm": "company",
  ...more,
});

const line = (
  kind: "compute" | "model-calls",
  amounts: NonNullable<Case["lines"][number]["amounts"]>,
  more: Case["facts"] = {},
): Case["lines"][number] => ({ id: kind, facts: { "line.class": kind, ...more }, amounts });

const draft = (
  shows: PlannedClaim["shows"],
  given: Case["facts"],
  one: Case["lines"][number],
): Draft => ({
  shows,
  line: one.id,
  bills: "charges",
  case: { facts: given, lines: [one], otherMoney: [] },
});

/** A document by its hash, as claims name it. */
export const document = (kind: string, of: string) => ({ kind, sha256: hash("sha256", of) });
