import { weekdays } from "@wadi/core/capacity";
import {
  asId,
  durationOf,
  mebibytes,
  milliCores,
  yuan,
  type CentreId,
  type PlaceId,
} from "@wadi/core/units";
import { routes, type Client, type PersonRole } from "@wadi/protocol";

import {
  cardsPerHost,
  centreIds,
  fund,
  hostsOf,
  model,
  other,
  perCardHour,
  poolOf,
  programme,
  providerOf,
  tenant,
  voucherRate,
  type CentreName,
} from "./layout.ts";

export interface Clients {
  readonly operator: Client;
  /** A tenant with money and a voucher. */
  readonly tenant: Client;
  /** A tenant with money only. */
  readonly other: Client;
  readonly auditor: Client;
  readonly provider: Client;
  readonly officer: Client;
}

/** Opens what the region needs: providers, centres, tenants with money, a fund and its voucher. */
export async function setUp(operator: Client): Promise<void> {
  for (const id of centreIds) {
    await operator.call(routes.putProvider, { params: { id: providerOf(id) }, body: { name: id } });
    await putCentre(operator, id);
  }
  const quota = { cards: null, queuedJobs: null };
  for (const id of [tenant, other]) {
    await operator.call(routes.putTenant, { params: { id }, body: { name: id, quota } });
    await operator.call(routes.topUp, {
      params: { id },
      idempotencyKey: `top-up/${id}`,
      body: { amount: yuan(1_000_000n), note: "" },
    });
  }
  await operator.call(routes.putFund, { params: { id: fund }, body: { name: "Compute fund" } });
  await operator.call(routes.appropriate, {
    params: { id: fund },
    idempotencyKey: "appropriation",
    body: { amount: yuan(1_000_000n), note: "" },
  });
  await operator.call(routes.putProgramme, {
    params: { id: programme },
    body: {
      fund,
      name: "First steps",
      rate: voucherRate,
      capPerTenant: yuan(500_000n),
      expiresAt: Temporal.Now.instant().add({ hours: 24 * 30 }),
    },
  });
  await operator.call(routes.grantVoucher, {
    params: { id: programme },
    idempotencyKey: "grant",
    body: { tenant, amount: yuan(100_000n), note: "" },
  });
}

async function putCentre(operator: Client, id: CentreName): Promise<void> {
  await operator.call(routes.putCentre, {
    params: { id: asId<CentreId>(id) },
    body: {
      name: { en: id, zh: id },
      kind: "intelligent",
      place: asId<PlaceId>("hangzhou"),
      provider: providerOf(id),
      timeZone: "Asia/Shanghai",
      powerPricePerKwh: null,
      carbonGramsPerKwh: null,
      pools: [
        {
          id: poolOf(id),
          model,
          hosts: hostsOf(id).map((host) => ({
            id: host,
            cards: cardsPerHost,
            cpu: milliCores(64_000),
            memory: mebibytes(65_536),
            domain: null,
            rack: null,
            block: null,
          })),
          emulated: true,
          minimumSlice: 1000,
          maintenance: [],
          wattsPerCard: null,
          reclaimsPer1000Hours: 0,
          prices: {
            timeZone: "Asia/Shanghai",
            periods: [
              { from: null, to: null, rules: [{ ...always, perCardHour: perCardHour[id] }] },
            ],
            specialDates: [],
          },
        },
      ],
    },
  });
}

const always = { days: [...weekdays], fromHour: 0, toHour: 24 };

const nobody = { tenant: null, provider: null, fund: null };

export type Keys = Readonly<Record<keyof Clients, string>>;

/** Has a key made for everybody but the operator, who has one. */
export async function makeKeys(operator: Client): Promise<Omit<Keys, "operator">> {
  const keyed = async (role: PersonRole, scope: Partial<Record<keyof typeof nobody, string>>) => {
    const { secret } = await operator.call(routes.makeKey, {
      body: {
        label: `a ${role} of the test`,
        role,
        scope: { ...nobody, ...scope } as typeof nobody,
        permissions: null,
        validFor: durationOf(86_400_000),
      },
    });
    return secret;
  };
  return {
    tenant: await keyed("tenant-admin", { tenant }),
    other: await keyed("member", { tenant: other }),
    auditor: await keyed("auditor", {}),
    provider: await keyed("provider", { provider: providerOf(centreIds[0]) }),
    officer: await keyed("programme-officer", { fund }),
  };
}
