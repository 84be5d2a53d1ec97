// Fetching the list and keeping it true while others work on it too.
import type { Api } from "./api";
import { explain, type State } from "./state";
import { t } from "./texts";
import { listQuery, sameView } from "./view";
import type { Counts, LaneEvent } from "./wire";

/** Comments per page of the list. */
const page = 40;

export class Loader {
  readonly #api: Api;
  readonly #state: State;
  readonly #refresh: () => void;
  #request: AbortController | null = null;
  #loadingMore = false;
  #recount = 0;

  constructor(api: Api, state: State, refresh: () => void) {
    this.#api = api;
    this.#state = state;
    this.#refresh = refresh;
  }

  /** Loads the list anew, as long as it was (100 at most); the open comment stays open if it is still there. */
  async load(): Promise<void> {
    const { view, deck, fresh } = this.#state;
    this.#request?.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    this.#state.loading = deck.items.length === 0;
    this.#state.problem = "";
    this.#refresh();
    try {
      const answer = await this.#api.queue(listQuery(view, Math.min(100, Math.max(page, deck.items.length))), signal);
      fresh.clear();
      deck.replace(answer.items, answer.next);
      this.#state.counts = answer.counts;
    } catch (error) {
      if (signal.aborted) return;
      this.#state.problem = explain(error);
    }
    this.#state.loading = false;
    this.#refresh();
  }

  /** Loads the next page, once at a time. */
  async more(): Promise<void> {
    const { view, deck } = this.#state;
    if (this.#loadingMore || deck.next === null || this.#state.loading) return;
    this.#loadingMore = true;
    const cursor = deck.next;
    try {
      const answer = await this.#api.queue(listQuery(view, page, cursor));
      if (sameView(view, this.#state.view) && deck.next === cursor) deck.append(answer.items, answer.next);
    } catch {
      return; // the end of the list is reached again with the next move
    } finally {
      this.#loadingMore = false;
    }
    this.#refresh();
  }

  /** The server told a site's counts. With several sites on the screen they are asked for again, at most once a second. */
  counted(site: string, counts: Counts): void {
    if (this.#state.countsAre(site)) {
      this.#state.counts = counts;
      return this.#refresh();
    }
    if (this.#recount) return;
    this.#recount = setTimeout(() => void this.recount().finally(() => (this.#recount = 0)), 1000);
  }

  /** Asks for the counts and looks what is new. */
  async recount(): Promise<void> {
    const { view, deck, fresh } = this.#state;
    try {
      const answer = await this.#api.queue(listQuery(view, page));
      if (!sameView(view, this.#state.view)) return;
      this.#state.counts = answer.counts;
      const loadedAll = deck.next === null;
      const last = deck.items[deck.items.length - 1];
      for (const { comment } of answer.items) {
        const beyond = !loadedAll && view.sort === "oldest" && last !== undefined && (comment.queued_at ?? "") > (last.comment.queued_at ?? "");
        if (deck.indexOf(comment.id) < 0 && !beyond) fresh.add(comment.id);
      }
    } catch {
      return; // the next look will tell
    }
    this.#refresh();
  }

  /** A comment came into a lane. It waits behind the pill, so that nothing moves under the moderator's hand; an empty list shows it at once. */
  entered(event: LaneEvent): void {
    const { view, deck, fresh } = this.#state;
    const matches = !view.status && !view.q && !view.article && !view.author && !view.rule && (view.lane === "all" || view.lane === event.lane);
    if (matches && deck.indexOf(event.id) < 0) fresh.add(event.id);
    if (deck.items.length === 0 && fresh.size > 0) void this.load(); // nothing is there that could move
    else this.#refresh();
  }

  /** A comment left a lane: somebody decided. The open one stays, with a word; others go quietly. */
  left(event: LaneEvent): void {
    const { view, deck, fresh } = this.#state;
    fresh.delete(event.id);
    if (this.#state.leaving.delete(event.id)) return;
    const item = deck.find(event.id);
    if (item && !view.status && item.comment.lane === event.lane && !this.#state.trouble.has(event.id)) {
      if (deck.open === event.id) this.#state.trouble.set(event.id, t("detail.elsewhere"));
      else deck.take(event.id);
    }
    this.#refresh();
  }
}
