// The reader widget: one thread in one container, from its shadow root to its last listener. What the first render does not need is in
// more/, loaded right after it.
import { first as builtIn } from "built-in-language";
import { add, h, show } from "../shared/dom";
import type { Comment, Thread } from "../shared/wire";
import { Api, type ArticleRef } from "./api";
import { buildForm, type Form } from "./form";
import { createHost } from "./host";
import { I18n, pickLanguage, primary } from "./i18n";
import { CommentList } from "./list";
import type { Language } from "./messages";
import type { Lent } from "./more/lent";
import type { Extras } from "./more/main";
import type { Login } from "./sso/main";
import { Memory } from "./storage";
import style from "./style.css";
import { followTheme, unhide } from "./theme";
import thread from "./thread.css";
import { errorBox, explain, passes, problemOf, retryButton } from "./trouble";

export interface Options {
  readonly base: string;
  readonly site: string;
  readonly container: HTMLElement;
  readonly article: ArticleRef;
  /** The languages that the page asks for, the strongest first. */
  readonly languages: readonly (string | null | undefined)[];
  /** What a guest's name and e-mail address begin with. */
  readonly guest: { readonly name: string; readonly email: string };
  /** What an earlier widget left of the same thread: the page was only restyled. */
  readonly left: Left | null;
  /** What the page says of its reader: as it was read, or read again. */
  vouch(again?: boolean): Vouched;
  emit(event: string, ...values: unknown[]): void;
  /** The page has taken the widget out of the document, or has put the remains of it back. */
  moved(): void;
}

/** The parts of a page's configuration that sign readers in. Nothing of their shape is certain. */
export interface Vouched {
  readonly page: unknown;
  readonly sso: unknown;
}

/** What the next widget of the same thread takes over. */
export interface Left {
  /** What drafts and waiting comments of the article are kept under. */
  readonly place: string;
  /** The comment whose reply form was open. */
  readonly replyTo: string | null;
  /** Whether the reader was in it. */
  readonly focused: boolean;
  /** The fragment of the page's address that the reader was led to already. */
  readonly hash: string | undefined;
  readonly height: number;
}

/** A place for the button that leads to another page of the thread. */
export interface Pager {
  readonly kind: "more" | "earlier";
  readonly element: HTMLElement;
}

const sorts = ["newest", "oldest", "top"] as const;

export class Widget {
  readonly memory: Memory;
  readonly api: Api;
  readonly root = h("div", { class: "root" });
  readonly shadow: ShadowRoot;
  readonly pill = h("div", { class: "pill", role: "status" });
  /** New comments of others that the reader has not asked to see yet. */
  readonly arrivals = new Map<string, Comment>();
  i18n = new I18n(__LANGUAGE__, builtIn);
  list!: CommentList;
  thread!: Thread;
  /** The form at the top; null when the article is closed. */
  form: Form | null = null;
  /** The comment whose reply form is open. */
  replyTo: string | null = null;
  /** For the rest of the widget. */
  readonly lent: Lent = { h, show, errorBox, explain, passes, problemOf, retryButton };
  /** Who is signed in, on pages that sign readers in. */
  login: Promise<Login | null> | null = null;
  readonly #host = createHost();
  readonly #life = new AbortController();
  readonly #status = h("p", { class: "sr", role: "status" });
  readonly #title = h("h2");
  readonly #sort = h("select", { "data-act": "sort" });
  readonly #more: Pager = { kind: "more", element: h("div", { class: "pager" }) };
  readonly #earlier: Pager = { kind: "earlier", element: h("div", { class: "pager" }) };
  readonly #empty = h("div", { class: "empty" });
  #loading: Promise<Extras | null> | null = null;
  #extras: Extras | null = null;
  #hash: string | undefined;

  constructor(readonly options: Options) {
    this.memory = new Memory(options.site);
    this.api = new Api(options.base, options.site, options.article);
    this.shadow = this.#host.attachShadow({ mode: "open" });
    this.style(style + thread);
    this.shadow.append(this.root);
  }

  /** Ends when the widget is taken down; everything that outlives a call listens with it. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** What drafts and waiting comments of this article are kept under. */
  get place(): string {
    return this.options.article.id || this.options.article.url;
  }

  /** Characters that a comment may have. */
  get maxLength(): number {
    return this.thread.site?.max_length ?? 5000;
  }

  /** Puts the widget into its container and begins to load the thread. */
  mount(): void {
    const { container, left } = this.options;
    container.replaceChildren(this.#host);
    unhide(container);
    this.#hash = left?.hash;
    this.replyTo = left?.replyTo ?? null;
    this.root.style.minHeight = `${left?.height ?? 0}px`; // so that the page does not jump
    this.#follow();
    this.#listen();
    void this.#load();
  }

  /** Takes the widget down and keeps the drafts. */
  destroy(): Left {
    const { place, replyTo } = this;
    const text = this.form?.text.value;
    const height = this.#host.offsetHeight;
    const focused = !!this.shadow.activeElement;
    if (this.#extras) this.#extras.save();
    else if (text) this.memory.set(`draft:${place}|`, { text, at: Date.now() });
    this.#life.abort();
    // What the page keeps outside of the document stays in its place, and is there again when the page puts it back.
    if (this.#host.isConnected) this.#host.remove();
    return { place, replyTo, focused, hash: this.#hash, height };
  }

  /** Adds a style sheet to the shadow root; a constructed one needs no leave from the page's content security policy. */
  style(text: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS.supports("color", "light-dark(red,red)") ? text : text.replace(/light-dark\((.+?),.+?\)/g, "$1"));
    this.shadow.adoptedStyleSheets.push(sheet);
  }

  nameOf(comment: Comment): string {
    return comment.author?.name || this.i18n.t("anonymous");
  }

  buildForm(parent: Comment | null): Form {
    return buildForm(this.i18n, parent, parent ? this.nameOf(parent) : "");
  }

  announce(text: string): void {
    this.#status.textContent = text;
  }

  /** Shows how many comments there are. */
  count(total: number): void {
    const { size } = this.list.forest;
    this.thread = { ...this.thread, count: total };
    this.#title.textContent = total > 0 ? this.i18n.t("comments", { n: total }) : this.i18n.t("discussion");
    show(this.#empty, size === 0);
    show(this.#sort.parentElement!, size > 1);
  }

  /** Adds a comment where a new one belongs in the chosen order. */
  add(comment: Comment): void {
    this.list.insert(comment, this.memory.sort !== "oldest");
    show(this.#empty, false);
  }

  /** Scrolls to a comment, opens what hides it, marks it and gives it the focus. */
  visit(id: string): void {
    const item = this.list.forest.get(id);
    if (!item) return;
    this.list.reveal(item);
    const article = this.list.article(id)!;
    article.scrollIntoView({ block: "center" });
    article.focus({ preventScroll: true });
    this.root.querySelector(".lit")?.classList.remove("lit");
    void article.offsetWidth; // starts the animation again
    article.classList.add("lit");
  }

  /** Shows a first page: at the start, after a change of order, and when too many events were missed. */
  show(thread: Thread): void {
    this.thread = thread;
    this.#extras?.close();
    this.arrivals.clear();
    this.pill.replaceChildren();
    this.list.replace(thread.comments);
    this.#layOver();
    this.count(thread.count);
    this.fillPager(this.#more, thread.next);
    this.fillPager(this.#earlier, thread.prev);
  }

  fillPager({ element, kind }: Pager, cursor: string | null | undefined): void {
    element.replaceChildren(cursor ? h("button", { type: "button", class: "second wide", "data-act": kind, "data-cursor": cursor }, this.i18n.t(kind)) : "");
  }

  /** Adds this reader's waiting comments to what everyone sees. */
  #layOver(): void {
    this.list.waiting.clear();
    for (const comment of this.memory.waiting(this.place, Date.now())) {
      if (this.list.forest.get(comment.id)) continue;
      this.list.waiting.set(comment.id, this.i18n.t("waitingNote"));
      this.add(comment);
    }
  }

  async #load(): Promise<void> {
    const anchor = readAnchor();
    const language = pickLanguage(this.options.languages, __LANGUAGES__) ?? __LANGUAGE__;
    const lang = primary(language) === __LANGUAGE__ ? undefined : primary(language);
    this.root.replaceChildren(skeleton());
    try {
      const thread = await this.#first(anchor, lang);
      if (this.signal.aborted) return;
      if (!lang || thread.texts) this.i18n = new I18n(language, thread.texts ?? builtIn);
      this.root.style.minHeight = "";
      this.#render(thread);
      this.options.emit("onReady");
      this.options.emit("afterRender");
      if (this.signal.aborted) return;
      this.#arrive(anchor);
      this.#later();
    } catch (error) {
      if (!this.signal.aborted) this.#fail(error);
    }
  }

  /** The first page, or the one that holds the comment that the address points to; an address of a comment that is gone gives the first. */
  async #first(anchor: string | undefined, lang: string | undefined): Promise<Thread> {
    const { sort } = this.memory;
    try {
      return await this.api.thread({ sort, lang, around: anchor }, this.signal);
    } catch (error) {
      if (!anchor || this.signal.aborted || passes(problemOf(error))) throw error;
      return this.api.thread({ sort, lang }, this.signal);
    }
  }

  #fail(error: unknown): void {
    const problem = problemOf(error);
    if (!("problem" in Object(error))) console.warn("Postbag:", error);
    const again = passes(problem) || problem.status === 429 ? (): void => void this.#load() : undefined;
    this.root.replaceChildren(h("h2", null, this.i18n.t("failed")), errorBox(this.i18n, explain(this.i18n, problem), again));
  }

  #render(thread: Thread): void {
    const { i18n, root } = this;
    const { state, mode, notice } = thread.article;
    const open = state !== "closed";
    root.lang = i18n.language;
    root.dir = i18n.dir;
    root.classList.toggle("closed", !open);
    root.replaceChildren();
    this.list = new CommentList(this);
    this.form = open ? this.buildForm(null) : null;
    this.#sort.replaceChildren(...sorts.map((sort) => h("option", { value: sort, selected: sort === this.memory.sort }, i18n.t(sort))));
    this.#empty.replaceChildren(h("p", { class: "strong" }, i18n.t("empty")), open ? h("p", null, i18n.t("emptyInvite")) : "");
    const say = (text: string): HTMLElement => h("p", { class: "notice", dir: "auto" }, text);
    add(
      root,
      h("header", { class: "top" }, this.#title, h("label", { class: "sort" }, i18n.t("sort"), this.#sort)),
      notice && say(notice),
      !open && say(i18n.t("closed")),
      open && mode === "pre" && say(i18n.t("moderated")),
      this.form?.element,
      this.#status,
      this.pill,
      this.#earlier.element,
      this.list.element,
      this.#empty,
      this.#more.element,
    );
    this.show(thread);
  }

  #listen(): void {
    const { signal } = this;
    this.root.addEventListener("click", (event) => this.#click(event), { signal });
    this.root.addEventListener("focusin", () => this.thread && void this.#extend(), { signal });
    for (const type of "keydown keypress keyup mousedown selectstart contextmenu copy cut paste".split(" ")) this.root.addEventListener(type, keep, { signal });
    this.root.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.#sort.addEventListener("change", () => this.#act((extras) => extras.sort(this.#sort.value)), { signal });
    addEventListener(
      "hashchange",
      () => {
        if (!this.thread) return;
        this.#hash = location.hash;
        this.#act((extras) => extras.jump());
      },
      { signal },
    );
  }

  #click(event: Event): void {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const button = target.closest<HTMLElement>("button[data-act]");
    const link = target.closest<HTMLAnchorElement>(".when,.re a");
    // The fragment may be an application's route, which a permalink must not replace.
    const routed = /^#[!/]/.test(location.hash);
    if (routed && link) event.preventDefault();
    // A permalink to where the address points already changes no hash, so nothing else would happen.
    if (link && (routed || link.hash === location.hash)) this.#act((extras) => extras.jump(link.hash));
    if (!button) return;
    const pager = [this.#more, this.#earlier].find(({ element }) => element.contains(button));
    this.#act((extras) => (pager ? extras.page(pager, button) : extras.act(button.dataset["act"]!, this.list.itemAt(button))));
  }

  /** A comment sent before the composer is there. Later the composer takes it, and this does nothing. */
  #submit(event: Event): void {
    if (event.defaultPrevented) return;
    event.preventDefault();
    this.#act((extras) => extras.submit());
  }

  /** Does something with the rest of the widget: at once when it is loaded, so that a focus set by it belongs to the reader's gesture. */
  #act(what: (extras: Extras) => void): void {
    if (this.#extras) return what(this.#extras);
    this.#extend().then((extras) => extras && what(extras), () => undefined);
  }

  /** Goes where the page's address points after the first render, which may be elsewhere than when `asked` was read from it. */
  #arrive(asked: string | undefined): void {
    const { container, left } = this.options;
    const { hash } = location;
    const anchor = readAnchor();
    const item = anchor && this.list.forest.find(anchor);
    const parent = this.replyTo && this.list.forest.get(this.replyTo);
    if (hash !== this.#hash) {
      if (item) this.visit(item.comment.id);
      else if (hash === `#${container.id}`) container.scrollIntoView();
      else if (anchor !== asked) this.#act((extras) => extras.jump());
    }
    this.#hash = hash;
    if (parent) this.#act((extras) => extras.act(left?.focused ? "reply" : "reopen", parent));
    else this.replyTo = null;
  }

  /** Follows the page: its theme, and whether the widget still is in it. A move within the page is over when the page's script is. */
  #follow(): void {
    const { container, moved } = this.options;
    const host = this.#host;
    followTheme(container, this.signal, (dark) => this.root.classList.toggle("dark", dark));
    host.moved = () => queueMicrotask(() => host.isConnected === this.signal.aborted && moved());
  }

  /** Loads the rest of the widget when the page has had time to draw the comments. */
  #later(): void {
    const timer = setTimeout(() => void this.#extend(), 100);
    this.signal.addEventListener("abort", () => clearTimeout(timer));
  }

  /** Loads and starts the rest of the widget; null when it cannot be had now, which the reader is told. */
  async #extend(): Promise<Extras | null> {
    if (this.signal.aborted) return null;
    try {
      this.#loading ??= this.#rest();
      return (this.#extras = await this.#loading);
    } catch (error) {
      this.#loading = null;
      console.warn("Postbag:", error);
      this.announce(this.i18n.t("server"));
      return null;
    }
  }

  /** The texts of the rest come with it in English, else in the language's chunk. */
  async #rest(): Promise<Extras | null> {
    const { start } = await this.chunk<typeof import("./more/main")>("more");
    if (!this.i18n.english) this.i18n.extend((await this.chunk<Language>(primary(this.i18n.language))).more);
    return this.signal.aborted ? null : start(this);
  }

  /** Loads a chunk of the widget. */
  async chunk<T>(name: string): Promise<T> {
    return (await import(`${this.api.base}/assets/widget-${name}-${__CHUNKS__[name] ?? ""}.js`)) as T;
  }
}

/** The comment that a fragment, as that of the page's address, names: "c1z4" of "#comment-c1z4". */
export function readAnchor(hash = location.hash): string | undefined {
  return /^#comment-([\w-]{1,64})$/.exec(hash)?.[1];
}

/** What is done in a field is not for the page, which would see it as done outside of any: it may have its own use for a key, or forbid copying. */
function keep(event: Event): void {
  const { key, target } = event as KeyboardEvent;
  if (!/^(Esc|Tab)/.test(key) && (target as Element).matches("input,textarea,select")) event.stopPropagation();
}

/** Two grey rows in the place of the thread; they do not move. */
function skeleton(): HTMLElement {
  const row = (): HTMLElement => h("div", { class: "ghost" }, h("i"), h("div", null, h("b"), h("b"), h("b")));
  return h("div", { class: "ghosts", "aria-busy": "true" }, row(), row());
}
