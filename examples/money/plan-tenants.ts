/** Which programme a tenant applies to; null: none. Files of programmes/ by their names. */
export const programmes = {
  "yizhuang-tokens": "instant",
  "qingyang-hub": "advance-deduct",
  "hangzhou-ai-chain": "claim-then-redeem",
  "shanghai-compute": "reimburse",
} as const;
export type ProgrammeName = keyof typeof programmes;

export interface PlannedTenant {
  readonly id: string;
  readonly name: string;
  readonly programme: ProgrammeName | null;
  /** Its place among those of its programme, from 0. */
  readonly place: number;
  /** How much of the jobs it submits, beside others. */
  readonly weight: number;
}

const firsts = ["Amber", "Bright", "Cedar", "Dawn", "Evergreen", "Falcon", "Grand", "Horizon"];
const more = ["Island", "Jade"];
const seconds = ["Vision", "Speech", "Drive", "Gene", "Weather"];
const others = ["Robotics", "Films", "Materials", "Language", "Maps"];

const names = [...seconds, ...others].flatMap((second) =>
  [...firsts, ...more].map((first) => `${first} ${second}`),
);
const byTurns: readonly (ProgrammeName | null)[] = [
  "yizhuang-tokens",
  "qingyang-hub",
  "hangzhou-ai-chain",
  "shanghai-compute",
  null,
];

/** So many tenants: their programmes by turns, a few of them large. */
export const planTenants = (count: number): PlannedTenant[] =>
  Array.from({ length: count }, (_, i) => {
    const round = Math.floor(i / names.length);
    const name = `${names[i % names.length]}${round === 0 ? "" : ` ${round + 1}`}`;
    return {
      id: name.toLowerCase().replaceAll(" ", "-"),
      name,
      programme: byTurns[i % byTurns.length]!,
      place: Math.floor(i / byTurns.length),
      weight: i % 7 === 0 ? 4 : 1,
    };
  });
