// The English texts of the first render, and the shape that every other language has to fill.
import type { moreEnglish } from "./more/messages";

/** A text, or its plural forms; "{n}" and other names in braces are replaced. */
export type Text = string | ({ readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>);

export const english = {
  comments: { one: "{n} comment", other: "{n} comments" },
  discussion: "Comments",
  sort: "Sort by",
  newest: "Newest",
  oldest: "Oldest",
  top: "Most liked",
  comment: "Comment",
  invite: "Share your thoughts on this article",
  replyTo: "Reply to {name}",
  post: "Post comment",
  reply: "Reply",
  waiting: "Waiting for approval",
  waitingNote: "Only you can see this until a moderator approves it.",
  moderated: "A moderator reads every comment on this article before it appears.",
  closed: "This discussion is closed. You can still read it.",
  slow: "You are writing very fast. Wait a moment.",
  empty: "No comments yet",
  emptyInvite: "Be the first to say something.",
  more: "Show more comments",
  earlier: "Show earlier comments",
  hideReplies: { one: "Hide {n} reply", other: "Hide {n} replies" },
  showReplies: { one: "Show {n} reply", other: "Show {n} replies" },
  like: "Like",
  report: "Report",
  edit: "Edit",
  delete: "Delete",
  edited: "edited",
  anonymous: "Anonymous",
  moderator: "Moderator",
  staff: "Staff",
  tombstone: "This comment was deleted.",
  inReplyTo: "In reply to {name}",
  retry: "Try again",
  failed: "Comments could not be loaded",
  offline: "You seem to be offline. Check your connection, then try again.",
  server: "The comment server cannot be reached right now. Please try again in a moment.",
  unknown: "This page is not set up for comments yet.",
} as const satisfies Record<string, Text>;

export type Key = keyof typeof english | keyof typeof moreEnglish;

/** A complete language. The compiler reports a missing key. */
export type Messages = Readonly<Record<Key, Text>>;
