// The writing half of what the widget remembers: drafts, the guest's name when asked to, the reader's own comments and likes.
import type { Memory, Own } from "../storage";

export interface Draft {
  readonly text: string;
  /** The key of the last attempt to post, and what was posted with it: the same attempt again must bear the same key. */
  readonly key?: string | undefined;
  readonly sent?: string | undefined;
  readonly at: number;
}

export interface Guest {
  readonly name: string;
  readonly email: string;
}

const draftAge = 60 * 86_400_000;
const maxOwn = 60;
const maxLikes = 500;

/** The draft of a place (article and parent), unless it is two months old. */
export function readDraft(memory: Memory, place: string, now: number): Draft | null {
  const draft = memory.get<Draft>(`draft:${place}`);
  return draft && now - draft.at < draftAge ? draft : null;
}

/** Keeps a draft; an empty one is forgotten. */
export function keepDraft(memory: Memory, place: string, draft: Draft | null): void {
  memory.set(`draft:${place}`, draft?.text.trim() ? draft : null);
}

/** The newest edit token: it says that the next comment has the same author. */
export function authorToken(memory: Memory): string | undefined {
  return memory.owned.filter((own) => own.token).at(-1)?.token;
}

export function keepOwn(memory: Memory, own: Own): void {
  writeOwn(memory, [...memory.owned.filter((other) => other.id !== own.id), own]);
}

/** The comment is public now: its waiting copy goes, the right to edit stays. */
export function settleOwn(memory: Memory, id: string): void {
  writeOwn(memory, memory.owned.map((own) => (own.id === id ? { ...own, waiting: undefined } : own)));
}

export function dropOwn(memory: Memory, id: string): void {
  writeOwn(memory, memory.owned.filter((own) => own.id !== id));
}

/** What has a token stays on the device; the rest belongs to whoever is signed in. */
function writeOwn(memory: Memory, owned: readonly Own[]): void {
  memory.session = owned.filter((own) => !own.token);
  memory.set("own", owned.filter((own) => own.token).slice(-maxOwn));
}

export function keepLike(memory: Memory, id: string, liked: boolean): void {
  const others = (memory.get<string[]>("likes") ?? []).filter((other) => other !== id);
  memory.set("likes", (liked ? [...others, id] : others).slice(-maxLikes));
}

/** A key for one attempt to post: unique, unguessable, of letters, digits and hyphens. */
export function attemptKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
