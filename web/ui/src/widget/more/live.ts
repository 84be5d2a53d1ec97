// The thread as it happens: server-sent events into the list, the pill for new comments, and catching up after a silence.
import type { Comment, Thread } from "../../shared/wire";
import type { PageQuery } from "../api";
import { missed, onComment, onUpdate, Order, type Effect, type Known } from "../events";
import { flatten } from "../forest";
import type { Widget } from "../widget";
import { h } from "./lent";
import { settleOwn } from "./remember";

/** How long a hidden page keeps its connection: browsers allow only a few per server. */
const hiddenGrace = 60_000;
const longestPause = 60_000;

interface Event {
  readonly comment?: Comment;
  readonly id?: string;
  readonly count?: number;
}

export class Live {
  readonly #widget: Widget;
  readonly #order = new Order();
  #source: EventSource | null = null;
  #timer = 0;
  #failures = 0;
  #opened = false;

  constructor(widget: Widget) {
    this.#widget = widget;
  }

  start(): void {
    const { signal } = this.#widget;
    signal.addEventListener("abort", () => this.#close());
    document.addEventListener("visibilitychange", () => this.#seen(), { signal });
    addEventListener("pagehide", () => this.#close(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#open(), { signal });
    addEventListener("online", () => !this.#source && this.#open(), { signal });
    this.#open();
    void this.#settleWaiting();
  }

  /** The article may be new to the server: asks for its stream when there is none yet. */
  async follow(): Promise<void> {
    if (this.#source) return;
    await this.#catchUp();
    this.#open();
  }

  /** Fetches a page of the thread, in the chosen order of comments unless told; `take` gets it before any event that is newer. */
  fetch(query: Partial<PageQuery>, take: (page: Thread) => void): Promise<void> {
    const { api, memory, signal } = this.#widget;
    return this.#order.fetch(() => api.thread({ sort: memory.sort, ...query }, signal), take);
  }

  /** Shows what is behind the pill and goes to the first of it. */
  reveal(): void {
    const { arrivals } = this.#widget;
    const news = [...arrivals.values()];
    arrivals.clear();
    drawPill(this.#widget);
    news.forEach((comment) => this.#widget.add(comment));
    if (news[0]) this.#widget.visit(news[0].id);
    this.#recount();
  }

  #open(): void {
    const widget = this.#widget;
    const path = widget.thread.stream;
    this.#close();
    if (!path || widget.signal.aborted) return;
    let source: EventSource;
    try {
      this.#source = source = new EventSource(widget.api.base + path);
    } catch {
      return; // a browser, or a page, that lets nobody listen
    }
    source.addEventListener("open", () => this.#connected());
    source.addEventListener("error", () => this.#broken(source));
    const on = (name: string, act: (event: Event) => void): void =>
      source.addEventListener(name, ({ data }: MessageEvent<string>) => this.#order.event(() => act(JSON.parse(data) as Event)));
    on("comment", ({ comment, count }) => comment && this.#apply(comment, onComment(this.#known(comment.id)), count));
    on("update", ({ comment, count }) => comment && this.#apply(comment, onUpdate(comment, this.#known(comment.id)), count));
    on("remove", ({ id, count }) => id && this.#remove(id, count));
    on("count", ({ count }) => this.#recount(count));
    on("reset", () => void this.#catchUp());
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** What happened between the first page and now is asked for once; later gaps are the server's to fill, by Last-Event-ID. */
  #connected(): void {
    this.#failures = 0;
    if (!this.#opened) void this.#catchUp();
    this.#opened = true;
  }

  /** A dropped connection comes back by itself; a refused one is tried again, less and less often. */
  #broken(source: EventSource): void {
    if (source.readyState !== EventSource.CLOSED) return;
    this.#opened = false;
    const pause = Math.min(longestPause, 3000 * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#open(), pause);
  }

  #seen(): void {
    clearTimeout(this.#timer);
    if (document.hidden) {
      this.#timer = window.setTimeout(() => this.#close(), hiddenGrace);
    } else if (!this.#source) {
      this.#opened = false;
      if (this.#widget.thread.stream) this.#open();
      else void this.follow(); // somebody may have written the first comment
    }
  }

  #known(id: string): Known {
    const { list, memory, arrivals } = this.#widget;
    return { shown: !!list.forest.get(id), own: !!memory.own(id), arrived: arrivals.has(id) };
  }

  #apply(comment: Comment, effect: Effect, count: number | undefined): void {
    const widget = this.#widget;
    const { list, arrivals } = widget;
    if (effect === "arrive") arrivals.set(comment.id, comment);
    else if (effect === "remove") arrivals.delete(comment.id);
    else if (effect !== "none") {
      const waited = list.waiting.delete(comment.id);
      settleOwn(widget.memory, comment.id);
      if (effect === "show") widget.add(comment);
      else list.update(comment);
      if (waited) widget.announce(widget.i18n.t("approved"));
    }
    drawPill(this.#widget);
    this.#recount(count);
  }

  /** A comment that is taken down while its author looks on stays away; nobody is told why in public. */
  #remove(id: string, count: number | undefined): void {
    this.#widget.arrivals.delete(id);
    this.#widget.list.remove(id);
    drawPill(this.#widget);
    this.#recount(count);
  }

  #recount(count = this.#widget.thread.count): void {
    this.#widget.count(count);
  }

  /** Fetches the first page again and merges it: new comments go behind the pill, changed ones change, the count is right. */
  async #catchUp(): Promise<void> {
    try {
      await this.fetch({}, (fresh) => this.#merge(fresh));
    } catch {
      // The next event or the next visit catches up.
    }
  }

  #merge(fresh: Thread): void {
    const widget = this.#widget;
    const { list, thread } = widget;
    let newest = "";
    for (const { id, created_at } of flatten(list.forest)) if (created_at > newest && !list.waiting.has(id)) newest = created_at;
    for (const comment of fresh.comments) {
      const shown = list.forest.get(comment.id)?.comment;
      if (shown && (JSON.stringify(shown) !== JSON.stringify(comment) || list.waiting.has(comment.id))) this.#apply(comment, "replace", undefined);
    }
    for (const comment of missed(fresh.comments, (id) => !!list.forest.get(id), newest)) {
      this.#apply(comment, onComment(this.#known(comment.id)), undefined);
    }
    widget.thread = { ...thread, stream: fresh.stream ?? null, count: fresh.count };
    this.#recount();
  }

  /** A comment that waited when the page was left may be public by now, here or on a page that is not shown. */
  async #settleWaiting(): Promise<void> {
    const widget = this.#widget;
    for (const { id } of widget.memory.owned.filter((own) => own.waiting)) {
      if (widget.list.forest.get(id) && !widget.list.waiting.has(id)) settleOwn(widget.memory, id);
    }
    for (const id of [...widget.list.waiting.keys()]) {
      try {
        await this.fetch({ around: id }, ({ comments }) => {
          const found = comments.find((comment) => comment.id === id);
          if (found) this.#apply(found, "replace", undefined);
        });
      } catch {
        // Not public, or not to be had: it goes on waiting until its time is over.
      }
    }
  }
}

/** Says how many new comments wait to be shown, or nothing. */
export function drawPill({ pill, arrivals, i18n }: Widget): void {
  const text = arrivals.size > 0 ? i18n.t("arrived", { n: arrivals.size }) : "";
  if (pill.textContent === text) return;
  pill.replaceChildren(text ? h("button", { type: "button", "data-act": "arrivals" }, text) : "");
}
