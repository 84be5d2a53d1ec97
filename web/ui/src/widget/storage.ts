// What the widget remembers on the reader's device, below one name per site: in localStorage of the article's origin, or in memory where
// that is not to be had. No cookie. This half reads what the first render needs; more/remember.ts writes.
import { toJSON } from "../shared/request";
import type { Comment } from "../shared/wire";

/** A comment of this reader. */
export interface Own {
  readonly id: string;
  readonly token: string;
  /** Which article: its id or address. */
  readonly article: string;
  readonly text: string;
  readonly at: number;
  /** The comment itself while only its author can see it. */
  readonly waiting?: Comment | undefined;
}

/** What storage does not take, which lasts as long as the page. */
const kept = new Map<string, string>();

const waitingAge = 14 * 86_400_000;

export class Memory {
  readonly #site: string;
  /** Comments of the reader who is signed in, which have no token of their own; they are kept nowhere. */
  session: readonly Own[] = [];

  constructor(site: string) {
    this.#site = site;
  }

  get sort(): string {
    return this.get<string>("sort") ?? "newest";
  }

  /** This reader's comments, the oldest first. */
  get owned(): readonly Own[] {
    const list = this.get<Own[]>("own");
    return [...(Array.isArray(list) ? list : []), ...this.session];
  }

  own(id: string): Own | undefined {
    return this.owned.find((own) => own.id === id);
  }

  /** This reader's comments of the article that still wait at `now`. */
  waiting(article: string, now: number): Comment[] {
    return this.owned.flatMap((own) => (own.waiting && own.article === article && now - own.at < waitingAge ? [own.waiting] : []));
  }

  likes(id: string): boolean {
    return (this.get<string[]>("likes") ?? []).includes(id);
  }

  get<T>(name: string): T | null {
    const key = `postbag:${this.#site}:${name}`;
    try {
      const value = kept.get(key) ?? localStorage.getItem(key);
      return value ? (JSON.parse(value) as T) : null;
    } catch {
      return null; // storage is closed to us, or someone else wrote there
    }
  }

  /** Keeps a value; null and undefined forget it. */
  set(name: string, value: unknown): void {
    const key = `postbag:${this.#site}:${name}`;
    kept.delete(key);
    try {
      if (value == null) localStorage.removeItem(key);
      else localStorage.setItem(key, toJSON(value));
    } catch {
      if (value != null) kept.set(key, toJSON(value));
    }
  }
}
