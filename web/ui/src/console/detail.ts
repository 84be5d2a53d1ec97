// The open comment with all that is needed to decide about it.
import { add, h, type Child } from "../shared/dom";
import { plainText, renderBody } from "../shared/tree";
import { Clock } from "../shared/time";
import { articleLine } from "./article";
import { authorPanel } from "./author";
import { chip, icon, initials } from "./controls";
import { heldByOther } from "./deck";
import { diffWords } from "./diff";
import { marked, matchesIn } from "./marked";
import { authorName, judgedText, outcome, tagsOf, urgency, type State } from "./state";
import { count, label, t, tn } from "./texts";
import { whyStrip } from "./why";
import type { Decision, Item, Report } from "./wire";

export interface DetailActions {
  article(item: Item, patch: { state?: string; mode?: string }): void;
  show(search: string): void;
  undoDecision(id: string, item: Item): void;
  history(item: Item): Promise<readonly Decision[]>;
}

const clock = new Clock(document.documentElement.lang || "en");

const letter = "M3 6h18v12H3zM3 7l9 7 9-7";

export class Detail {
  readonly element = h("article", { class: "detail-scroll", tabindex: 0, "aria-live": "off" });
  readonly #state: State;
  readonly #actions: DetailActions;
  #shown = "nothing yet";
  #item: Item | null = null;

  constructor(state: State, actions: DetailActions) {
    this.#state = state;
    this.#actions = actions;
    this.element.setAttribute("aria-label", t("detail.empty"));
  }

  /** Draws the open item, unless it stands there already. */
  render(): void {
    const item = this.#state.deck.current;
    const marks = item ? `${item.comment.id} ${this.#state.trouble.get(item.comment.id) ?? ""} ${heldByOther(item)}` : "";
    if (item === this.#item && marks === this.#shown) return;
    const same = item?.comment.id === this.#item?.comment.id;
    const focus = this.element.contains(document.activeElement) ? (document.activeElement?.getAttribute("data-focus") ?? "") : "";
    this.#item = item;
    this.#shown = marks;
    this.element.setAttribute("aria-label", item ? t("detail.comment", { name: authorName(item) }) : t("detail.empty"));
    this.element.replaceChildren(...(item ? this.#parts(item) : [h("p", { class: "detail-empty" }, icon(letter), t("detail.empty"))]));
    if (!same) this.element.scrollTop = 0;
    if (focus) this.element.querySelector<HTMLElement>(`[data-focus="${focus}"]`)?.focus();
  }

  #parts(item: Item): Node[] {
    const parts: (Node | null)[] = [
      this.#banner(item),
      whyStrip(item),
      commentCard(item),
      item.reports?.length ? reportList(item.reports) : null,
      h("div", { class: "facts" },
        articleLine(item, this.#state, this.#actions),
        item.author ? authorPanel(item.author, matchesIn(item, "email"), this.#actions) : null),
      this.#decisions(item),
    ];
    return parts.filter((part): part is Node => part !== null);
  }

  #banner(item: Item): HTMLElement | null {
    const trouble = this.#state.trouble.get(item.comment.id);
    if (trouble) return h("p", { class: "banner banner-danger", role: "alert" }, trouble);
    if (heldByOther(item) && item.claim) return h("p", { class: "banner" }, t("detail.theirs", { name: item.claim.moderator }));
    return null;
  }

  #decisions(item: Item): HTMLElement {
    const list = h("ol", { class: "decisions" });
    const show = (decisions: readonly Decision[]): void => list.replaceChildren(...decisions.map((decision) => this.#decision(decision, item)));
    if (item.decision) show([item.decision]);
    const all = h("button", { type: "button", class: "button small", "data-focus": "history" }, t("detail.history.load"));
    all.addEventListener("click", () => {
      all.disabled = true;
      void this.#actions.history(item).then((decisions) => {
        show(decisions);
        all.remove();
        list.tabIndex = -1;
        list.focus();
      }, () => (all.disabled = false));
    });
    return h("section", { class: "block", "aria-labelledby": "decisions-title" }, h("h2", { class: "label", id: "decisions-title" }, t("detail.history")), list, all);
  }

  #decision(decision: Decision, item: Item): HTMLElement {
    const who = decision.moderator ?? t("detail.history.rule");
    const row = h("li", { class: decision.undone ? "undone" : "" }, h("span", null, t("detail.history.by", { who, what: outcome(decision, this.#state.reasons(item.comment.site)) })));
    if (decision.note) add(row, h("span", { class: "note", dir: "auto" }, t("detail.history.note", { note: decision.note })));
    if (decision.undone) add(row, chip(t("detail.history.undone"), "chip-quiet"));
    else if (!decision.undoes && decision.moderator) {
      const undo = h("button", { type: "button", class: "button small", "data-focus": `undo-${decision.id}` }, t("detail.history.undo"));
      undo.addEventListener("click", () => this.#actions.undoDecision(decision.id, item));
      add(row, undo);
    }
    return row;
  }
}

function commentCard(item: Item): HTMLElement {
  const { comment } = item;
  const name = authorName(item);
  const badge = comment.author?.badge ? chip(label("badge", comment.author.badge), "chip-accent") : null;
  const when = h("time", { datetime: comment.created_at, title: clock.full(comment.created_at) }, clock.ago(comment.created_at, Date.now()));
  const status = comment.lane === "pending" || (comment.status === "pending" && !comment.lane) ? null : chip(label("status", comment.status), `chip-${comment.status}`);
  const head = h("header", { class: "comment-head" },
    h("span", { class: "avatar", "aria-hidden": true }, initials(name)),
    h("div", null, h("h2", null, h("bdi", null, ...marked(name, matchesIn(item, "name")))), h("p", { class: "meta" }, when, ...figures(item))),
    badge, status, ...marks(item));
  return h("section", { class: "comment" }, head, parentQuote(item), ...(comment.edit ? editView(item) : [textView(item)]));
}

/** What rules say of the comment for moderators: how urgent it is, and their labels. */
function marks(item: Item): HTMLElement[] {
  const urgent = urgency(item);
  return [...(urgent ? [chip(urgent, "chip-danger")] : []), ...tagsOf(item).map((tag) => chip(tag, "chip-accent"))];
}

function figures(item: Item): Child[] {
  const { likes, replies, external_id: external } = item.comment;
  return [likes ? ` · ${tn("detail.likes", likes)}` : null, replies ? ` · ${tn("detail.replies", replies)}` : null, external ? ` · ${t("detail.imported", { id: external })}` : null];
}

function parentQuote(item: Item): HTMLElement | null {
  if (!item.parent) return null;
  const { author, text } = item.parent;
  return h("blockquote", { class: "parent" }, h("p", { class: "label" }, t("detail.parent", { name: author || t("row.anonymous") })), h("p", { dir: "auto" }, text));
}

/** The text as typed when words in it are marked, else as readers will see it. */
function textView(item: Item): HTMLElement {
  const { comment } = item;
  const matches = matchesIn(item, "text", "link");
  if (comment.body && (matches.length === 0 || (comment.format === "html" && !plainOnly(item)))) return bodyView(comment.body);
  return h("div", { class: "text source", dir: "auto" }, ...marked(comment.text, matches));
}

/** Whether an imported comment's markup adds nothing to its words, so that the source can be shown with marks. */
function plainOnly(item: Item): boolean {
  return item.comment.body !== null && plainText(item.comment.body) === item.comment.text.trim();
}

function bodyView(body: Parameters<typeof renderBody>[0]): HTMLElement {
  const view = h("div", { class: "text", dir: "auto" });
  renderBody(body, view);
  return view;
}

function editView(item: Item): HTMLElement[] {
  const { comment } = item;
  const changes = h("div", { class: "text source diff", dir: "auto" });
  for (const change of diffWords(comment.text, judgedText(item))) {
    add(changes, change.kind === "same" ? change.text : h(change.kind === "added" ? "ins" : "del", null, change.text));
  }
  return [
    h("p", { class: "banner" }, t("detail.edit")),
    h("p", { class: "label" }, t("detail.edit.new")),
    h("div", { class: "text source", dir: "auto" }, ...marked(judgedText(item), matchesIn(item, "text", "link"))),
    h("details", { class: "fold" }, h("summary", null, t("detail.edit.diff")), changes),
    h("details", { class: "fold" }, h("summary", null, t("detail.edit.public")), comment.body ? bodyView(comment.body) : h("div", { class: "text source", dir: "auto" }, comment.text)),
  ];
}

/** Reports of one reason stand together. */
function reportList(reports: readonly Report[]): HTMLElement {
  const groups = new Map<string, Report[]>();
  for (const report of reports) groups.set(report.reason, [...(groups.get(report.reason) ?? []), report]);
  const list = h("ul", { class: "reports" });
  for (const [reason, group] of groups) {
    const name = reason || t("detail.report.none");
    add(list, h("li", null, h("strong", null, t("detail.report.reason", { reason: name, n: count(group.length) })),
      ...group.filter((report) => report.text).slice(0, 5).map((report) => h("q", { dir: "auto" }, report.text))));
  }
  return h("section", { class: "block", "aria-labelledby": "reports-title" }, h("h2", { class: "label", id: "reports-title" }, tn("detail.reports", reports.length)), list);
}
