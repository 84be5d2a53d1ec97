// Holding comments for this moderator: a few at a time from the lane, renewed while they are being worked on, given back on leaving.
import type { Api } from "./api";
import type { Item } from "./wire";
import type { View } from "./view";
import { isWholeLane } from "./view";

/** Comments held at a time. */
const batch = 5;
/** Seconds a claim lasts, and milliseconds between renewals. */
const lease = 60;
const renewal = 30000;

export class Claims {
  readonly #api: Api;
  readonly #claimed: (items: readonly Item[]) => void;
  readonly #dropped: (ids: readonly string[]) => void;
  /** From a claim's token to the ids it still holds. */
  readonly #tokens = new Map<string, Set<string>>();
  #asking = false;
  /** Decided while a claim was on its way: its answer may still name them. */
  readonly #overtaken = new Set<string>();
  /** Set by hand-back: nothing is claimed until the moderator moves to another view or asks again. */
  #paused = false;
  #emptyUntil = 0;

  constructor(api: Api, claimed: (items: readonly Item[]) => void, dropped: (ids: readonly string[]) => void) {
    this.#api = api;
    this.#claimed = claimed;
    this.#dropped = dropped;
    setInterval(() => void this.#renew(), renewal);
    addEventListener("pagehide", () => void this.release());
    document.addEventListener("visibilitychange", () => void this.#renew()); // back in the tab: is it still ours?
  }

  /** The token that holds an item, or "". */
  tokenOf(id: string): string {
    for (const [token, ids] of this.#tokens) if (ids.has(id)) return token;
    return "";
  }

  get held(): number {
    let n = 0;
    for (const ids of this.#tokens.values()) n += ids.size;
    return n;
  }

  /** An item is decided: its claim has no use for it any more. */
  done(id: string): void {
    if (this.#asking) this.#overtaken.add(id);
    for (const [token, ids] of this.#tokens) {
      if (ids.delete(id) && ids.size === 0) this.#tokens.delete(token);
    }
  }

  /** Claims the next few when hardly any are left. Only a whole lane, oldest first, is handed out by the server. */
  async fill(view: View, wanted = false): Promise<void> {
    if (wanted) this.#paused = false;
    const possible = isWholeLane(view) && view.lane !== "all" && view.sort === "oldest" && document.visibilityState === "visible";
    if (!possible || this.#asking || this.#paused || this.held > 1 || (!wanted && Date.now() < this.#emptyUntil)) return;
    this.#asking = true;
    try {
      const claimed = await this.#api.claim(view.site, view.lane, batch, lease);
      const items = claimed.items.filter((item) => !this.#overtaken.has(item.comment.id));
      if (claimed.items.length === 0) this.#emptyUntil = Date.now() + 10000;
      else if (items.length > 0) this.#tokens.set(claimed.claim, new Set(items.map((item) => item.comment.id)));
      this.#claimed(items);
    } catch {
      this.#emptyUntil = Date.now() + 10000; // the queue works without claims; the version check still guards every decision
    } finally {
      this.#asking = false;
      this.#overtaken.clear();
    }
  }

  /** Gives everything back. */
  async release(pause = false): Promise<void> {
    this.#paused = pause;
    const tokens = [...this.#tokens];
    this.#tokens.clear();
    for (const [, ids] of tokens) this.#dropped([...ids]);
    await Promise.allSettled(tokens.map(([token]) => this.#api.release(token)));
  }

  async #renew(): Promise<void> {
    if (document.visibilityState === "hidden") return; // a forgotten tab lets go by itself
    for (const [token, ids] of [...this.#tokens]) {
      try {
        await this.#api.renew(token, lease);
      } catch {
        this.#tokens.delete(token);
        this.#dropped([...ids]);
      }
    }
  }
}
