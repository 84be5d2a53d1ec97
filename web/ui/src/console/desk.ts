// Deciding: at once on the screen, then on the server, and back when the server says no. Every decision can be taken back.
import { Refused, type Api, type Choice } from "./api";
import type { Claims } from "./claims";
import type { Place } from "./deck";
import { nameInText, explain, outcome, type State } from "./state";
import { label, t, tn } from "./texts";
import { sameView, type View } from "./view";
import { setLastReason } from "./settings";
import type { Counts, Item, QueueComment } from "./wire";

/** What deciding needs from the screen. */
export interface Stage {
  refresh(): void;
  /** Shows a sentence for a while, with an Undo button where there is something to undo. */
  toast(text: string, undo: boolean, bad?: boolean): void;
  counted(site: string, counts: Counts): void;
}

interface Done {
  readonly view: View;
  readonly places: readonly Place[];
  /** The decisions' ids in the order of places; null where the server refused. */
  readonly ids: Promise<readonly (string | null)[]>;
}

/** Decisions that can be taken back from the keyboard; older ones from a comment's history. */
const depth = 200;
/** The server's limit for one request. */
const most = 100;

export class Desk {
  readonly #api: Api;
  readonly #state: State;
  readonly #claims: Claims;
  readonly #stage: Stage;
  readonly #done: Done[] = [];

  constructor(api: Api, state: State, claims: Claims, stage: Stage) {
    this.#api = api;
    this.#state = state;
    this.#claims = claims;
    this.#stage = stage;
  }

  get undoable(): boolean {
    return this.#done.length > 0;
  }

  /** Decides about one item. */
  decide(item: Item, choice: Choice): void {
    const places = this.#takeOut([item]);
    const token = this.#claims.tokenOf(item.comment.id);
    this.#claims.done(item.comment.id);
    this.#remember(places, this.#send(item, choice, token).then((id) => this.#settle(places, [id])));
    this.#stage.toast(this.#announcement(choice), true);
    if (choice.reason) setLastReason(item.comment.site, choice.reason);
    this.#stage.refresh();
  }

  /** Decides the same about several items. */
  decideAll(items: readonly Item[], choice: Choice): void {
    const places = this.#takeOut(items.slice(0, most));
    for (const { item } of places) this.#claims.done(item.comment.id);
    const sent = this.#sendAll(places, choice).then((ids) => {
      const saved = ids.filter((id) => id !== null).length;
      if (saved < ids.length) this.#stage.toast(t("done.bulk.some", { did: label("did", choice.action), n: saved, all: ids.length }), saved > 0);
      return this.#settle(places, ids);
    });
    this.#remember(places, sent);
    this.#stage.toast(tn("done.bulk", places.length, { did: label("did", choice.action) }), true);
    this.#stage.refresh();
  }

  /** Takes the last decision back, and the one before it when called again. */
  async undo(): Promise<void> {
    const done = this.#done.pop();
    if (!done) return this.#stage.toast(t("undo.none"), false);
    const { deck, view } = this.#state;
    const here = sameView(view, done.view);
    if (here) {
      for (const place of [...done.places].reverse()) deck.putBack(place);
      deck.open = done.places[0]?.item.comment.id ?? deck.open;
    }
    for (const { item } of done.places) this.#state.shift(item.comment.lane, 1);
    this.#stage.toast(this.#undone(done.places), this.undoable);
    this.#stage.refresh();
    const ids = await done.ids;
    for (const [i, id] of ids.entries()) {
      const place = done.places[i];
      if (id && place) await this.#takeBack(id, place, here);
    }
    this.#stage.refresh();
  }

  /** Takes back a decision of a comment's history. */
  async undoDecision(id: string, item: Item): Promise<void> {
    try {
      const answer = await this.#api.undo(id);
      this.#state.deck.update(item.comment.id, (old) => ({ ...old, comment: answer.comment, decision: answer.decision }));
      this.#stage.counted(answer.comment.site, answer.counts);
      this.#stage.toast(t("undone", { name: nameInText(item) }), false);
    } catch (error) {
      this.#stage.toast(t("undo.failed", { why: explain(error) }), false, true);
    }
    this.#stage.refresh();
  }

  #takeOut(items: readonly Item[]): Place[] {
    const places: Place[] = [];
    for (const item of items) {
      const place = this.#state.deck.take(item.comment.id);
      if (!place) continue;
      places.push(place);
      this.#state.trouble.delete(item.comment.id);
      this.#state.fresh.delete(item.comment.id);
      this.#state.shift(item.comment.lane, -1);
      if (item.comment.lane) this.#state.leaving.add(item.comment.id);
    }
    return places;
  }

  #remember(places: readonly Place[], ids: Promise<readonly (string | null)[]>): void {
    this.#done.push({ view: this.#state.view, places, ids });
    if (this.#done.length > depth) this.#done.shift();
  }

  /** Forgets a decision of which nothing was saved. */
  #settle(places: readonly Place[], ids: readonly (string | null)[]): readonly (string | null)[] {
    const index = this.#done.findIndex((done) => done.places === places);
    if (index >= 0 && ids.every((id) => id === null)) this.#done.splice(index, 1);
    this.#stage.refresh();
    return ids;
  }

  async #send(item: Item, choice: Choice, token: string): Promise<string | null> {
    try {
      const answer = await this.#api.decide(item.comment.id, choice, item.comment.version, token);
      this.#stage.counted(item.comment.site, answer.counts);
      return answer.decision.id;
    } catch (error) {
      this.#return(item, error);
      return null;
    }
  }

  async #sendAll(places: readonly Place[], choice: Choice): Promise<readonly (string | null)[]> {
    try {
      const answer = await this.#api.decideAll(choice, places.map(({ item }) => ({ id: item.comment.id, version: item.comment.version })));
      return places.map(({ item }) => {
        const result = answer.results.find((candidate) => candidate.id === item.comment.id);
        if (result?.decision) return result.decision.id;
        this.#return(item, new Refused(result?.problem ?? { status: result?.status ?? 500, code: "server" }));
        return null;
      });
    } catch (error) {
      for (const { item } of places) this.#return(item, error);
      return places.map(() => null);
    }
  }

  /** A decision that was not saved: the item is back in its place with the reason, and the moderator stays where they are. */
  #return(item: Item, error: unknown): void {
    const { comment, decision, status } = error instanceof Refused ? error.problem : { comment: undefined, decision: undefined, status: 0 };
    const { deck, view, trouble } = this.#state;
    const conflict = status === 409 && decision != null;
    const who = decision?.moderator || t("someone");
    const what = decision ? outcome(decision, this.#state.reasons(item.comment.site)) : "";
    const sentence = conflict ? t("conflict", { who, what }) : t("failed", { why: explain(error) });
    const place = this.#placeOf(item);
    this.#state.leaving.delete(item.comment.id);
    if (place && (!conflict || this.#belongs(comment))) this.#state.shift(item.comment.lane, 1);
    trouble.set(item.comment.id, conflict ? t("detail.conflict", { who, what }) : t("detail.failed", { why: explain(error) }));
    if (place && sameView(view, place.view)) deck.putBack(place.place, comment ? { ...item, comment, decision: decision ?? item.decision } : item);
    this.#stage.toast(sentence, false, true);
  }

  #belongs(comment: QueueComment | undefined): boolean {
    const { view } = this.#state;
    return comment !== undefined && (view.status ? comment.status === view.status : view.lane === "all" ? comment.lane !== "" : comment.lane === view.lane);
  }

  #placeOf(item: Item): { place: Place; view: View } | null {
    for (const done of this.#done) {
      const place = done.places.find((candidate) => candidate.item.comment.id === item.comment.id);
      if (place) return { place, view: done.view };
    }
    return null;
  }

  async #takeBack(id: string, place: Place, here: boolean): Promise<void> {
    const { item } = place;
    try {
      const answer = await this.#api.undo(id);
      this.#state.deck.update(item.comment.id, (old) => ({ ...old, comment: answer.comment, decision: answer.decision }));
      this.#stage.counted(item.comment.site, answer.counts);
    } catch (error) {
      this.#state.shift(item.comment.lane, -1);
      if (here) this.#state.deck.take(item.comment.id);
      this.#stage.toast(t("undo.failed", { why: explain(error) }), false, true);
    }
  }

  #announcement(choice: Choice): string {
    const did = label("did", choice.action);
    const next = this.#state.deck.current;
    const left = this.#state.total;
    if (!next) return t("done.last", { did });
    return t("done.next", { did, name: nameInText(next), left: left ?? `${this.#state.deck.items.length}+` });
  }

  #undone(places: readonly Place[]): string {
    const [first] = places;
    return places.length === 1 && first ? t("undone", { name: nameInText(first.item) }) : t("undone.bulk", { n: places.length });
  }
}
