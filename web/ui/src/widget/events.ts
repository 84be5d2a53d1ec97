// What a live event means for the thread on the page. Pure: the caller does it.
import type { Comment } from "../shared/wire";

/** What is known of a comment that an event is about. */
export interface Known {
  /** It is on the page. */
  readonly shown: boolean;
  /** This reader wrote it. */
  readonly own: boolean;
  /** It is behind the pill. */
  readonly arrived: boolean;
}

export type Effect = "show" | "replace" | "arrive" | "remove" | "none";

/** A new public comment goes behind the pill, unless this reader wrote it or it is on the page already. */
export function onComment(known: Known): Effect {
  if (known.shown) return "replace";
  return known.own ? "show" : "arrive";
}

/** An edit, or a comment that is now a tombstone. What is not on the page needs nothing, but behind the pill the newer text must wait. */
export function onUpdate(comment: Comment, known: Known): Effect {
  if (known.shown) return "replace";
  if (!known.arrived) return "none";
  return comment.state === "tombstone" ? "remove" : "arrive";
}

/** What a fresh first page adds to what is shown: comments that are not here yet and are newer than the newest one shown. */
export function missed(fresh: readonly Comment[], isShown: (id: string) => boolean, newest: string): Comment[] {
  return fresh.filter((comment) => !isShown(comment.id) && comment.created_at > newest && comment.state !== "tombstone");
}
