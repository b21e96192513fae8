/** An identifier that cannot be passed for another kind: a JobId is not a CentreId. */
export type Id<K extends string> = string & { readonly __id: K };

/** Made by the hub: UUIDs of version 7, which sort by the time they were made. */
export type JobId = Id<"job">;
export type RunId = Id<"run">;
export type HoldId = Id<"hold">;
export type KeyId = Id<"key">;
export type AgentId = Id<"agent">;

/** Chosen by people: short names of lower-case letters, digits and hyphens. */
export type CentreId = Id<"centre">;
export type PoolId = Id<"pool">;
export type HostId = Id<"host">;
export type PlaceId = Id<"place">;
export type CardModelId = Id<"card-model">;
export type ProviderId = Id<"provider">;
export type TenantId = Id<"tenant">;
export type FundId = Id<"fund">;
export type ProgrammeId = Id<"programme">;

/** What a chosen name must look like: 1 to 63 characters, no hyphen at either end. */
export const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The text as an id of the kind that the caller knows it to be; nothing is checked. */
export const asId = <I extends Id<string>>(text: string) => text as I;
