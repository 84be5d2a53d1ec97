// The reader API's JSON, as far as the front end reads it (web/openapi.yaml is the precise form).
import type { First } from "../widget/messages";

/** A node of a rendered comment: text, or an element from a short list of tags. */
export type BodyNode = string | BodyElement;

export interface BodyElement {
  readonly t: string;
  readonly c?: readonly BodyNode[];
  /** The address of an `a`: http, https or mailto. */
  readonly h?: string;
  /** The first number of an `ol`. */
  readonly s?: number;
}

export interface Author {
  readonly name: string;
  readonly badge: string;
}

export interface Comment {
  readonly id: string;
  readonly parent: string | null;
  readonly depth: number;
  /** Null on a tombstone. */
  readonly author: Author | null;
  readonly created_at: string;
  readonly edited_at: string | null;
  /** Null on a tombstone. */
  readonly body: readonly BodyNode[] | null;
  readonly likes: number;
  readonly replies: number;
  readonly state: string;
  readonly external_id: string | null;
  /** Only for its author. */
  readonly status?: string;
  /** What was typed; only among a reader's own comments. */
  readonly text?: string;
}

export interface Thread {
  readonly article: {
    readonly key: string | null;
    readonly state: string;
    readonly mode: string;
    readonly notice: string | null;
  };
  readonly count: number;
  readonly comments: readonly Comment[];
  readonly next: string | null;
  readonly prev?: string | null;
  /** Where the thread's events come from, relative to the server; null while the article is unknown. */
  readonly stream?: string | null;
  /** The texts of the language that was asked for with `lang`, if there are any. */
  readonly texts?: First;
  readonly site?: { readonly name?: string; readonly max_length?: number; readonly guests?: boolean };
}

export interface Posted {
  readonly comment: Comment;
  readonly message?: string;
  readonly edit_token?: string;
}

export interface FieldError {
  readonly field: string;
  readonly detail: string;
}

/** A refusal (RFC 9457). Code "network" means that no answer came, "server" that the answer was not one of ours. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** Seconds until another attempt makes sense. */
  readonly retry_after?: number;
}
