// Everything the screen knows, shared by its parts.
import { Deck } from "./deck";
import { shortAge } from "./controls";
import { label, t } from "./texts";
import { isWholeLane, type View } from "./view";
import { Refused } from "./api";
import type { Action, Counts, Decision, Item, Me, SiteReason } from "./wire";

export class State {
  readonly me: Me;
  readonly deck = new Deck();
  view: View;
  counts: Counts = { pending: 0, reported: 0, new: 0, escalated: 0, sample: 0 };
  /** Ids that came into this list since it was loaded. */
  readonly fresh = new Set<string>();
  /** Why an item is back in the list, or what somebody else did with it; by id. */
  readonly trouble = new Map<string, string>();
  /** Ids whose leaving is our own doing, so that its event says nothing new. */
  readonly leaving = new Set<string>();
  loading = true;
  problem = "";
  live: "on" | "polling" | "off" = "polling";

  constructor(me: Me, view: View) {
    this.me = me;
    this.view = view;
  }

  /** Whether one site's counts are the counts on the screen. */
  countsAre(site: string): boolean {
    return this.view.site === site || (!this.view.site && this.me.sites.length < 2);
  }

  /** A decision changes its lane's count before the server says so. */
  shift(lane: string, by: number): void {
    if (lane in this.counts) this.counts = { ...this.counts, [lane]: Math.max(0, this.counts[lane as keyof Counts] + by) };
  }

  /** How many comments the list has in all, or null when only the server knows. */
  get total(): number | null {
    const loaded = this.deck.items.length;
    if (this.deck.next === null) return loaded;
    const { lane } = this.view;
    if (!isWholeLane(this.view)) return null;
    return Math.max(loaded, lane === "all" ? allWaiting(this.counts) : this.counts[lane]);
  }

  reasons(site: string): readonly SiteReason[] {
    return this.me.sites.find((candidate) => candidate.key === site)?.reasons ?? [];
  }

  siteName(key: string): string {
    return this.me.sites.find((candidate) => candidate.key === key)?.name ?? key;
  }
}

/** How many comments wait in all; those of the sample are among the new ones. */
export function allWaiting(counts: Counts): number {
  return counts.pending + counts.reported + counts.new + counts.escalated;
}

/** The labels that rules put on a comment, each once. */
export function tagsOf(item: Item): readonly string[] {
  return [...new Set((item.why ?? []).map((why) => why.tag).filter(Boolean))];
}

/** What is said of a comment's priority; "" for a normal one. */
export function urgency(item: Item): string {
  const { priority } = item.comment;
  return priority >= 20 ? t("priority.urgent") : priority >= 10 ? t("priority.high") : "";
}

export function authorName(item: Item): string {
  return item.comment.author?.name || item.author?.name || t("row.anonymous");
}

/** The name for the middle of a sentence, whichever way it is written: set apart by directional isolates. */
export function nameInText(item: Item): string {
  return `\u2068${authorName(item)}\u2069`;
}

/** The text that the rules looked at: a stopped edit, else the comment. */
export function judgedText(item: Item): string {
  return item.comment.edit?.text ?? item.comment.text;
}

/** What can be decided for an item in its state. */
export function allowed(item: Item): readonly Action[] {
  const { status, reviewed, lane } = item.comment;
  if (status === "removed") return ["approve", "spam"];
  if (status === "spam") return ["approve", "remove"];
  if (status === "deleted") return [];
  if (status === "approved" && reviewed && !lane) return ["remove", "spam", "escalate"];
  return lane === "escalated" ? ["approve", "remove", "spam"] : ["approve", "remove", "spam", "escalate"];
}

/** What a decision was, in words: "Removed (off topic), 3m ago". */
export function outcome(decision: Pick<Decision, "action" | "reason" | "created_at">, reasons: readonly SiteReason[]): string {
  const reason = reasons.find((candidate) => candidate.key === decision.reason)?.label ?? decision.reason;
  return `${label("did", decision.action)}${reason ? ` (${reason})` : ""}, ${t("ago", { age: shortAge(decision.created_at) })}`;
}

/** What went wrong, in a sentence for the moderator. */
export function explain(error: unknown): string {
  if (!(error instanceof Refused)) return t("problem.server");
  if (error.problem.status === 0) return t("problem.network");
  return error.problem.detail || error.problem.title || t("problem.server");
}
