/** Who may call the hub, and for what. A key carries one role and may be narrowed further. */
export const roles = {
  /** Runs the region: joins centres, sets prices and links, opens tenants, sees all. */
  operator: [
    "quotes:make",
    "jobs:read",
    "jobs:cancel",
    "centres:read",
    "centres:write",
    "centres:join",
    "tenants:read",
    "tenants:write",
    "keys:write",
    "money:read",
    "money:write",
    "statements:read",
    "programmes:read",
    "programmes:write",
    "claims:read",
    "claims:review",
    "audit:read",
    "ledger:read",
    "metrics:read",
    "dispatch:read",
    "dispatch:write",
    "meters:write",
    "records:read",
    "records:write",
  ],
  /** Runs one centre's provider: sees its own centres, runs and statement. */
  provider: ["centres:read", "centres:join", "keys:write", "statements:read", "meters:write"],
  /** Speaks for one tenant: everything a member may, and its keys and money. */
  "tenant-admin": [
    "quotes:make",
    "jobs:read",
    "jobs:submit",
    "jobs:cancel",
    "uploads:write",
    "centres:read",
    "keys:write",
    "money:read",
    "statements:read",
    "programmes:read",
    "claims:apply",
    "claims:read",
  ],
  /** A person of one tenant. */
  member: [
    "quotes:make",
    "jobs:read",
    "jobs:submit",
    "jobs:cancel",
    "uploads:write",
    "centres:read",
    "programmes:read",
  ],
  /** Funds vouchers of one fund and proves where they went. */
  "programme-officer": [
    "programmes:read",
    "programmes:write",
    "claims:read",
    "claims:review",
    "statements:read",
    "records:read",
  ],
  /** Reads everything, changes nothing. */
  auditor: [
    "jobs:read",
    "centres:read",
    "tenants:read",
    "money:read",
    "statements:read",
    "programmes:read",
    "claims:read",
    "audit:read",
    "ledger:read",
    "metrics:read",
    "dispatch:read",
    "records:read",
  ],
  /** Our process at a centre; its credential is made by joining, never by hand. */
  agent: ["agent:sync", "meters:write"],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof roles;

/**
 * What a route may ask for. `public` asks for nothing; `signed` for any valid key;
 * `join-token` for the one-time token in the body.
 */
export const permissions = [
  "public",
  "signed",
  "join-token",
  "agent:sync",
  "quotes:make",
  "jobs:read",
  "jobs:submit",
  "jobs:cancel",
  "uploads:write",
  "centres:read",
  "centres:write",
  "centres:join",
  "tenants:read",
  "tenants:write",
  "keys:write",
  "money:read",
  "money:write",
  "statements:read",
  "programmes:read",
  "programmes:write",
  "claims:apply",
  "claims:read",
  "claims:review",
  "audit:read",
  "ledger:read",
  "metrics:read",
  "dispatch:read",
  "dispatch:write",
  "meters:write",
  "records:read",
  "records:write",
] as const;
export type Permission = (typeof permissions)[number];

/** Roles that a person can hold, that is all but the agent's. */
export const personRoles = [
  "operator",
  "provider",
  "tenant-admin",
  "member",
  "programme-officer",
  "auditor",
] as const satisfies readonly Role[];
export type PersonRole = (typeof personRoles)[number];

/** Whether a role has a permission of its own. */
export const allows = (role: Role, permission: Permission) =>
  permission === "public" ||
  permission === "signed" ||
  (roles[role] as readonly Permission[]).includes(permission);
