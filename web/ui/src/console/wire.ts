// The moderation API's JSON, as far as the queue screen reads it (web/openapi.yaml is the precise form).
import type { BodyNode } from "../shared/wire";

/** Comments of the last lane are drawn at random from the new ones, and are in that lane too. */
export const lanes = ["pending", "reported", "new", "escalated", "sample"] as const;
export type Lane = (typeof lanes)[number];

export const statuses = ["approved", "removed", "spam", "deleted"] as const;
/** Where a comment is that no longer waits. */
export type DoneStatus = (typeof statuses)[number];
export type Status = DoneStatus | "pending";

export const actions = ["approve", "remove", "spam", "escalate"] as const;
export type Action = (typeof actions)[number];

export type Counts = Readonly<Record<Lane, number>>;

export interface QueueComment {
  readonly id: string;
  readonly site: string;
  readonly article: string;
  readonly parent: string | null;
  readonly status: Status;
  readonly version: number;
  readonly reviewed: boolean;
  readonly lane: Lane | "";
  /** 0 normal, 10 high, 20 urgent. */
  readonly priority: number;
  /** Drawn at random from what no rule held. */
  readonly sampled: boolean;
  /** As the reader typed it. */
  readonly text: string;
  readonly format: string;
  readonly body: readonly BodyNode[] | null;
  /** A stopped edit of a public comment; `text` and `body` above are then what readers see. */
  readonly edit: { readonly text: string; readonly body: readonly BodyNode[] | null } | null;
  readonly created_at: string;
  readonly queued_at: string | null;
  readonly edited_at: string | null;
  readonly likes: number;
  readonly replies: number;
  readonly external_id: string | null;
  readonly author: { readonly id: string; readonly name: string; readonly badge: string } | null;
}

export interface Article {
  readonly key: string;
  readonly id: string | null;
  readonly url: string;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly mode: "post" | "pre" | "";
  readonly notice: string | null;
  readonly site: string;
  /** Step of the heat ladder. */
  readonly heat: string;
}

export interface Author {
  readonly id: string;
  readonly name: string;
  readonly email?: string | null;
  readonly kind: string;
  readonly approved: number;
  readonly removed: number;
  readonly spam: number;
  readonly pending: number;
  readonly sanction: { readonly kind: string; readonly until: string | null } | null;
  readonly first_seen: string | null;
}

/** A half-open range of bytes in the UTF-8 of the field's original text. */
export interface Match {
  readonly field: string;
  readonly start: number;
  readonly end: number;
}

export interface Reason {
  readonly rule: string;
  readonly name: string;
  /** Empty for a rule that only watches. */
  readonly action: string;
  /** What a rule that only watches would have done. */
  readonly would: string;
  readonly tag: string;
  readonly detail: string;
  readonly matches: readonly Match[] | null;
}

export interface Report {
  readonly reason: string;
  readonly text: string;
  readonly created_at: string;
}

export interface Claim {
  readonly moderator: string;
  readonly mine: boolean;
  readonly expires_at: string;
}

export interface Decision {
  readonly id: string;
  readonly comment: string;
  readonly action: string;
  readonly reason: string;
  readonly note: string;
  readonly moderator: string | null;
  readonly rule: string | null;
  readonly from: string;
  readonly to: string;
  readonly created_at: string;
  readonly undoes: string | null;
  readonly undone: boolean;
}

export interface Item {
  readonly comment: QueueComment;
  readonly article: Article;
  readonly author: Author | null;
  readonly parent: { readonly id: string; readonly author: string; readonly text: string } | null;
  readonly why: readonly Reason[] | null;
  readonly reports: readonly Report[] | null;
  readonly claim: Claim | null;
  readonly decision: Decision | null;
}

export interface QueuePage {
  readonly items: readonly Item[];
  readonly counts: Counts;
  readonly next: string | null;
}

export interface Claimed {
  readonly items: readonly Item[];
  readonly claim: string;
  readonly expires_at: string;
}

export interface Outcome {
  readonly decision: Decision;
  readonly comment: QueueComment;
  readonly counts: Counts;
}

export interface BatchResult {
  readonly id: string;
  readonly status: number;
  readonly decision: Decision | null;
  readonly problem: Problem | null;
}

export interface History {
  readonly decisions?: readonly Decision[] | null;
}

export interface SiteReason {
  readonly key: string;
  readonly label: string;
}

export interface Site {
  readonly key: string;
  readonly name: string;
  readonly reasons: readonly SiteReason[] | null;
}

export interface Me {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly sites: readonly Site[];
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title?: string;
  readonly detail?: string;
  /** With 409: the comment as it is now, and whose decision it was. */
  readonly comment?: QueueComment;
  readonly decision?: Decision | null;
}

/** Events of the moderation stream. */
export interface CountsEvent {
  readonly site: string;
  readonly counts: Counts;
}

export interface LaneEvent {
  readonly site: string;
  readonly id: string;
  readonly lane: string;
}

export interface ClaimEvent {
  readonly ids: readonly string[];
  readonly moderator?: string;
  readonly expires_at?: string;
}
