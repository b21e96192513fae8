import type { Permission, Role } from "@wadi/protocol";
import type { AgentId, CentreId, FundId, KeyId, ProviderId, TenantId } from "@wadi/core/units";

/** Who signs a request: a person's key, or the agent of one centre. */
export interface Signer {
  /** Of an agent: its credential's id. */
  readonly key: KeyId;
  readonly role: Role;
  /** What the key may do: the role's permissions, or fewer. */
  readonly permissions: ReadonlySet<Permission>;
  readonly tenant: TenantId | null;
  readonly provider: ProviderId | null;
  readonly fund: FundId | null;
  readonly agent: { readonly id: AgentId; readonly centre: CentreId } | null;
}

/**
 * Signs in with the secret of a request; undefined when there is no such secret, or none that is
 * valid now. Each kind of credential has its own check; secrets tell theirs by their prefix.
 */
export interface CredentialCheck {
  /** What secrets of this kind start with: "wadi_". */
  readonly prefix: string;
  signIn(secret: string): Promise<Signer | undefined>;
}

/** Whether the signer may know of what belongs to a tenant, if its key has the permission. */
export const seesTenant = (signer: Signer, tenant: TenantId) =>
  seesAll(signer) || signer.tenant === tenant;

/** The same for a provider. */
export const seesProvider = (signer: Signer, provider: ProviderId) =>
  seesAll(signer) || signer.provider === provider;

/** The same for a fund. */
export const seesFund = (signer: Signer, fund: FundId) => seesAll(signer) || signer.fund === fund;

/** Whether the signer's role stands above tenants, providers and funds. */
export const seesAll = ({ role }: Signer) => role === "operator" || role === "auditor";
