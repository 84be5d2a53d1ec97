// The queue screen: puts its parts together and carries out commands.
import { h } from "../shared/dom";
import { Api } from "./api";
import { addressOf } from "./article";
import { Claims } from "./claims";
import { showContext } from "./context";
import { button } from "./controls";
import { DecisionBar } from "./decisionbar";
import { heldByOther } from "./deck";
import { Desk } from "./desk";
import { Detail } from "./detail";
import { FilterBar } from "./filterbar";
import { showCaps, showHelp } from "./help";
import { Keys, type Command } from "./keys";
import { List } from "./list";
import { Live } from "./live";
import { Loader } from "./loader";
import { Nav } from "./nav";
import { askReason } from "./reasons";
import { allowed, explain, State } from "./state";
import { t } from "./texts";
import { Toast } from "./toast";
import { readView, writeView, type View } from "./view";
import type { Action, Item, LaneEvent, Me } from "./wire";

/** Milliseconds between redraws of ages. */
const minute = 60000;

export class Screen {
  readonly #api: Api;
  readonly #root: HTMLElement;
  readonly #state: State;
  readonly #loader: Loader;
  readonly #claims: Claims;
  readonly #desk: Desk;
  readonly #live: Live;
  readonly #nav: Nav;
  readonly #filters: FilterBar;
  readonly #list: List;
  readonly #detail: Detail;
  readonly #bar: DecisionBar;
  readonly #toast: Toast;

  constructor(root: HTMLElement, api: Api, me: Me) {
    this.#root = root;
    this.#api = api;
    const state = new State(me, readView(location.search));
    this.#state = state;
    const refresh = (): void => this.#refresh();
    this.#loader = new Loader(api, state, refresh);
    this.#claims = new Claims(api, (items) => this.#claimed(items), (ids) => this.#setClaims(ids, null));
    this.#toast = new Toast(() => void this.#desk.undo());
    this.#desk = new Desk(api, state, this.#claims, { refresh, toast: (text, undo, bad) => this.#toast.show(text, undo, bad), counted: (site, counts) => this.#loader.counted(site, counts) });
    const go = (view: View, quiet = false): void => this.#go(view, quiet);
    const run = (command: Command): boolean => this.#run(command);
    this.#nav = new Nav(state, go);
    this.#filters = new FilterBar(state, go);
    this.#list = new List(state, { open: (id) => this.#open(id), pick: (id) => this.#pick(id), more: () => void this.#loader.more(), showFresh: () => void this.#loader.load(), retry: () => void this.#loader.load() });
    this.#detail = new Detail(state, {
      article: (item, patch) => void this.#setArticle(item, patch),
      show: (search) => go({ ...readView(search), site: state.view.site }),
      undoDecision: (id, item) => void this.#desk.undoDecision(id, item),
      history: async (item) => (await api.history(item.comment.id)).decisions ?? [],
    });
    this.#bar = new DecisionBar(state, run, () => this.#pickAll());
    this.#live = this.#connect();
    this.#layout();
    new Keys(run);
    addEventListener("popstate", () => this.#show(readView(location.search)));
    setInterval(refresh, minute);
  }

  start(): void {
    showCaps();
    this.#list.box.focus({ preventScroll: true });
    this.#show(this.#state.view);
  }

  #layout(): void {
    const back = button(t("do.list"), "Esc", () => this.#run("escape"), "back quiet");
    const card = h("section", { class: "detail" }, h("div", { class: "detail-top" }, back, button(t("do.previous"), "K", () => this.#run("previous"), "quiet"), button(t("do.next"), "J", () => this.#run("next"), "quiet")), this.#detail.element, this.#bar.element);
    this.#bar.element.append(this.#toast.element);
    this.#root.replaceChildren(this.#nav.element, h("div", { class: "middle" }, this.#filters.element, this.#list.element), card);
    this.#root.dataset["pane"] = "card";
  }

  #connect(): Live {
    const here = (event: LaneEvent): boolean => !this.#state.view.site || event.site === this.#state.view.site;
    return new Live({
      counts: (event) => this.#loader.counted(event.site, event.counts),
      enter: (event) => here(event) && this.#loader.entered(event),
      leave: (event) => here(event) && this.#loader.left(event),
      claim: (event) => {
        const mine = event.moderator === this.#state.me.name;
        if (!mine) this.#setClaims(event.ids, { moderator: event.moderator ?? t("someone"), mine, expires_at: event.expires_at ?? new Date(Date.now() + minute).toISOString() });
      },
      release: (event) => this.#setClaims(event.ids, null),
      reset: () => void this.#loader.recount(),
      poll: () => void this.#loader.recount(),
      state: (live) => {
        this.#state.live = live;
        this.#refresh();
      },
    });
  }

  #refresh(): void {
    if (!this.#nav) return;
    const { deck, counts, view } = this.#state;
    this.#nav.render();
    this.#filters.render();
    this.#list.render();
    this.#detail.render();
    this.#bar.render(this.#desk.undoable, this.#claims.held > 0);
    const waiting = view.status || view.lane === "all" ? 0 : counts[view.lane];
    document.title = `${waiting ? `(${waiting}) ` : ""}${document.title.replace(/^\(\d+\) /, "")}`;
    if (deck.next !== null && deck.indexOf(deck.open) > deck.items.length - 8) void this.#loader.more();
  }

  /** Goes to another view; a quiet change (typing a search) replaces the address instead of adding to the history. */
  #go(view: View, quiet: boolean): void {
    const address = location.pathname + writeView(view);
    if (quiet) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.#show(view);
  }

  #show(view: View): void {
    const { deck } = this.#state;
    this.#state.view = view;
    deck.replace([], null);
    deck.picked.clear();
    this.#state.trouble.clear();
    void this.#claims.release();
    this.#live.follow(this.#api.stream(view.site));
    void this.#loader.load().then(() => this.#claims.fill(view));
  }

  #open(id: string): void {
    this.#state.deck.open = id;
    this.#root.dataset["pane"] = "card";
    this.#refresh();
    void this.#claims.fill(this.#state.view);
  }

  #claimed(items: readonly Item[]): void {
    const { deck, view } = this.#state;
    deck.insertByAge(items.filter((item) => !view.site || item.comment.site === view.site));
    this.#refresh();
  }

  #setClaims(ids: readonly string[], claim: Item["claim"]): void {
    for (const id of ids) this.#state.deck.setClaim(id, claim);
    this.#refresh();
  }

  #pick(id: string): void {
    this.#state.deck.togglePick(id);
    this.#state.deck.update(id, (item) => ({ ...item }));
    this.#refresh();
  }

  #pickAll(): void {
    const { deck } = this.#state;
    for (const item of deck.items.slice(0, 100)) if (!heldByOther(item)) deck.picked.add(item.comment.id);
    this.#refresh();
  }

  /** Carries out a command; false when it means nothing now. */
  #run(command: Command): boolean {
    if (command.startsWith("go-")) return this.#goTo(command.slice(3));
    switch (command) {
      case "approve": case "remove": case "spam": case "escalate": return this.#decide(command);
      case "next": case "previous": return this.#step(command === "next" ? 1 : -1);
      case "pick-next": case "pick-previous": return this.#extend(command === "pick-next" ? 1 : -1);
      case "pick": return this.#withCurrent((item) => this.#pick(item.comment.id));
      case "undo": return void this.#desk.undo().then(() => this.#refresh()), true;
      case "context": return this.#withCurrent((item) => void showContext(item));
      case "article": return this.#withCurrent((item) => void openArticle(item));
      case "search": return this.#filters.search.focus(), true;
      case "claim": return void this.#toggleClaim(), true;
      case "fresh": return this.#state.fresh.size > 0 && (void this.#loader.load(), true);
      case "help": return showHelp(), true;
      case "enter": return this.#withCurrent(() => ((this.#root.dataset["pane"] = "card"), this.#detail.element.focus()));
      case "escape": return this.#escape();
      default: return false;
    }
  }

  #goTo(name: string): boolean {
    const link = this.#nav.element.querySelector<HTMLAnchorElement>(name === "spam" || name === "approved" || name === "removed" || name === "deleted" ? `.done .lane-${name}` : `.lane-${name}`);
    link?.click();
    return link !== null;
  }

  #withCurrent(act: (item: Item) => void): boolean {
    const item = this.#state.deck.current;
    if (item) act(item);
    return item !== null;
  }

  #step(direction: 1 | -1): boolean {
    const moved = this.#state.deck.step(direction);
    this.#refresh();
    if (moved) void this.#claims.fill(this.#state.view);
    return true;
  }

  #extend(direction: 1 | -1): boolean {
    const { deck } = this.#state;
    deck.picked.add(deck.open);
    if (deck.step(direction)) deck.picked.add(deck.open);
    this.#refresh();
    return true;
  }

  #decide(action: Action): boolean {
    const { deck } = this.#state;
    const picked = deck.items.filter((item) => deck.picked.has(item.comment.id));
    const { current } = deck;
    const items = picked.length ? picked : current && !heldByOther(current) && allowed(current).includes(action) ? [current] : [];
    const [first] = items;
    if (!first) return true;
    const send = (reason: string, note: string): void => {
      if (picked.length) this.#desk.decideAll(items, { action, reason, note });
      else this.#desk.decide(first, { action, reason, note });
      void this.#claims.fill(this.#state.view);
    };
    if (action === "remove") askReason(first.comment.site, this.#state.reasons(first.comment.site), items.length, send);
    else send("", "");
    return true;
  }

  async #toggleClaim(): Promise<void> {
    if (this.#claims.held > 0) {
      await this.#claims.release(true);
      this.#toast.show(t("claim.released"), false);
    } else {
      await this.#claims.fill(this.#state.view, true);
      this.#toast.show(t(this.#claims.held > 0 ? "claim.held" : "claim.none"), false);
    }
    this.#refresh();
  }

  #escape(): boolean {
    const { deck } = this.#state;
    if (document.activeElement === this.#filters.search) this.#list.box.focus();
    else if (deck.picked.size > 0) deck.picked.clear();
    else {
      this.#root.dataset["pane"] = "list";
      this.#list.box.focus();
    }
    this.#refresh();
    return true;
  }

  async #setArticle(item: Item, patch: { state?: string; mode?: string }): Promise<void> {
    try {
      const article = await this.#api.setArticle(item.article.key, patch);
      const { deck } = this.#state;
      for (const other of deck.items) {
        if (other.article.key === item.article.key) deck.update(other.comment.id, (old) => ({ ...old, article: { ...old.article, ...article } }));
      }
      this.#toast.show(t("article.saved"), false);
    } catch (error) {
      this.#state.deck.update(item.comment.id, (old) => ({ ...old }));
      this.#toast.show(t("article.failed", { why: explain(error) }), false, true);
    }
    this.#refresh();
  }
}

function openArticle(item: Item): void {
  const address = addressOf(item);
  if (address) open(address, "_blank", "noopener");
}
