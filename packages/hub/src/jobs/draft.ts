import type { Quote, Shape } from "@wadi/core/dispatch";
import type { JobSpec } from "@wadi/core/job";
import type { JobId, TenantId } from "@wadi/core/units";

import type { Signer } from "../http/index.ts";
import type { Refused } from "../refused.ts";
import type { Document } from "./document-store.ts";
import type { StoredJob } from "./store.ts";

/** One request to run a job, or an array of jobs alike. */
export interface Submission {
  readonly tenant: TenantId;
  /** The call that asks for it, for the audit trail. */
  readonly by: { readonly signer: Signer; readonly requestId: string };
  readonly idempotencyKey: string;
  /** Equal for equal requests. */
  readonly fingerprint: Uint8Array;
  readonly spec: JobSpec;
}

export type SubmitOutcome =
  | { readonly kind: "submitted"; readonly job: StoredJob }
  | { readonly kind: "refused"; readonly refused: Refused };

/** A submission on its way in: what it would be stored as. */
export interface Draft extends Submission {
  /** Of the job, or of the first of the array: names the submission and its hold as well. */
  readonly job: JobId;
  readonly document: Document;
  readonly shape: Shape;
  /** What the region says of one of its jobs, empty as it may be one day. */
  readonly quoted: Quote;
}

/** Drafts still to be taken in, and what has become of the others. */
export interface Intake {
  readonly open: () => readonly Draft[];
  readonly refuse: (draft: Draft, refused: Refused) => void;
}
