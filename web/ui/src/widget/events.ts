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

/**
 * Keeps events and answers in the order in which they are true. An answer of the server may be older than an event that is here already, and
 * would undo it: so while one is on its way events wait, and are done after it.
 */
export class Order {
  readonly #held: (() => void)[] = [];
  #fetching = 0;

  /** Does what an event asks for, as soon as nothing is on its way. */
  event(act: () => void): void {
    if (this.#fetching) this.#held.push(act);
    else act();
  }

  /** Asks the server and takes its answer in; throws what either of them throws. */
  async fetch<T>(ask: () => Promise<T>, take: (answer: T) => void): Promise<void> {
    this.#fetching++;
    try {
      take(await ask());
    } finally {
      if (!--this.#fetching) this.#held.splice(0).forEach((act) => act());
    }
  }
}
