// The list of comments: a listbox whose options exist only near the visible part, never more than 40 of them.
import { h } from "../shared/dom";
import { chip, initials, shortAge } from "./controls";
import { heldByOther } from "./deck";
import { authorName, judgedText, tagsOf, urgency, type State } from "./state";
import { label, t, tn } from "./texts";
import type { Item } from "./wire";

/** Height of a row in CSS pixels, as in the style sheet. */
const rowHeight = 104;
const mostRows = 40;

export interface ListActions {
  open(id: string): void;
  pick(id: string): void;
  more(): void;
  showFresh(): void;
  retry(): void;
}

export class List {
  readonly element: HTMLElement;
  readonly box: HTMLElement;
  readonly #tall = h("div", { class: "tall", role: "presentation" });
  readonly #pill: HTMLButtonElement;
  readonly #pillText = h("span");
  readonly #note = h("div", { class: "list-note" });
  readonly #rows = new Map<string, { element: HTMLElement; item: Item; marks: string }>();
  readonly #actions: ListActions;
  readonly #state: State;
  #open = "";

  constructor(state: State, actions: ListActions) {
    this.#state = state;
    this.#actions = actions;
    this.box = h("div", { class: "rows-box", role: "listbox", tabindex: 0, id: "list" }, this.#tall);
    this.#pill = h("button", { type: "button", class: "pill", hidden: true }, this.#pillText, h("span", { class: "sr" }, ` ${t("list.fresh.hint")}`), h("kbd", { "aria-hidden": true }, "."));
    this.element = h("section", { class: "list" }, this.#pill, this.box, this.#note);
    this.#pill.addEventListener("click", () => actions.showFresh());
    this.box.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.box.addEventListener("click", (event) => this.#clicked(event));
    new ResizeObserver(() => this.#draw()).observe(this.box);
  }

  render(): void {
    const { deck, fresh, view } = this.#state;
    this.box.setAttribute("aria-label", t("list.label", { name: view.status ? label("status", view.status) : label("lane", view.lane) }));
    this.#pill.hidden = fresh.size === 0;
    this.#pillText.textContent = tn("list.fresh", fresh.size);
    this.#tall.style.height = `${deck.items.length * rowHeight}px`;
    if (deck.open !== this.#open) {
      this.#open = deck.open;
      this.#reveal(deck.indexOf(deck.open));
    }
    this.#draw();
    this.#say();
  }

  /** Scrolls just far enough to show a row with a bit of its neighbours. */
  #reveal(index: number): void {
    if (index < 0 || this.box.clientHeight === 0) return;
    const top = index * rowHeight;
    const { scrollTop, clientHeight } = this.box;
    if (top < scrollTop + rowHeight / 2) this.box.scrollTop = top - rowHeight / 2;
    else if (top + rowHeight * 1.5 > scrollTop + clientHeight) this.box.scrollTop = top + rowHeight * 1.5 - clientHeight;
  }

  /** Makes the rows that should exist exist, reusing those that do. */
  #draw(): void {
    const { deck } = this.#state;
    const first = Math.max(0, Math.floor(this.box.scrollTop / rowHeight) - 6);
    const fit = Math.ceil(this.box.clientHeight / rowHeight) + 12;
    const wanted = new Map<string, number>();
    deck.items.slice(first, first + Math.min(fit, mostRows - 1)).forEach((item, i) => wanted.set(item.comment.id, first + i));
    const open = deck.indexOf(deck.open);
    if (open >= 0) wanted.set(deck.open, open);
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      row.element.remove();
      this.#rows.delete(id);
    }
    const total = this.#state.total;
    for (const [id, index] of [...wanted].sort((a, b) => a[1] - b[1])) this.#place(id, index, total);
    this.box.setAttribute("aria-activedescendant", open >= 0 ? rowId(deck.open) : "");
    if (deck.next !== null && first + fit >= deck.items.length - 8) this.#actions.more();
  }

  #place(id: string, index: number, total: number | null): void {
    const item = this.#state.deck.items[index];
    if (!item) return;
    const element = this.#row(item);
    element.style.transform = `translateY(${index * rowHeight}px)`;
    element.setAttribute("aria-selected", String(id === this.#state.deck.open));
    element.setAttribute("aria-setsize", String(total ?? -1));
    element.setAttribute("aria-posinset", String(index + 1));
    if (!element.isConnected) this.#tall.append(element);
  }

  #row(item: Item): HTMLElement {
    const { id } = item.comment;
    const marks = [this.#state.trouble.has(id), this.#state.deck.picked.has(id), heldByOther(item)].join();
    const old = this.#rows.get(id);
    if (old && old.item === item && old.marks === marks) return old.element;
    const element = old?.element ?? h("div", { role: "option", id: rowId(id), class: "row-item", "data-id": id });
    const picked = this.#state.deck.picked.has(id);
    element.classList.toggle("held", heldByOther(item));
    element.classList.toggle("picked", picked);
    element.classList.toggle("returned", this.#state.trouble.has(id));
    element.replaceChildren(...this.#content(item, picked));
    this.#rows.set(id, { element, item, marks });
    return element;
  }

  #content(item: Item, picked: boolean): HTMLElement[] {
    const name = authorName(item);
    const head = h("div", { class: "row-head" }, h("span", { class: "box", "data-pick": true, "aria-hidden": true }), h("strong", { dir: "auto" }, name), ...this.#chips(item, picked), h("span", { class: "age" }, shortAge(item.comment.queued_at ?? item.comment.created_at)));
    if (heldByOther(item) && item.claim) {
      const holder = t("row.held", { name: item.claim.moderator });
      head.append(h("span", { class: "holder", title: holder }, h("span", { "aria-hidden": true }, initials(item.claim.moderator)), h("span", { class: "sr" }, holder)));
    }
    return [head, h("p", { class: "row-text", dir: "auto" }, judgedText(item)), h("p", { class: "row-article", dir: "auto" }, item.article.title || item.article.url)];
  }

  #chips(item: Item, picked: boolean): HTMLElement[] {
    const chips: HTMLElement[] = [];
    const why = item.why?.find((one) => one.action);
    if (picked) chips.push(h("span", { class: "sr" }, t("row.picked")));
    if (this.#state.trouble.has(item.comment.id)) chips.push(chip(t("row.returned"), "chip-danger"));
    const [tag] = tagsOf(item);
    const urgent = urgency(item);
    if (urgent) chips.push(chip(urgent, "chip-danger"));
    if (tag) chips.push(chip(tag, "chip-accent"));
    else if (why?.name) chips.push(chip(why.name, "chip-why"));
    else if (item.reports?.length) chips.push(chip(tn("row.reports", item.reports.length), "chip-warn"));
    if (item.comment.edit) chips.push(chip(t("row.edit")));
    else if (item.comment.external_id) chips.push(chip(t("row.imported"), "chip-quiet"));
    else if (item.parent) chips.push(chip(t("row.reply"), "chip-quiet"));
    return chips;
  }

  #say(): void {
    const { deck, loading, problem, view } = this.#state;
    this.#note.hidden = deck.items.length > 0 && !problem;
    if (this.#note.hidden) return;
    if (problem) {
      const retry = h("button", { type: "button", class: "button" }, t("list.retry"));
      retry.addEventListener("click", () => this.#actions.retry());
      return this.#note.replaceChildren(h("p", { role: "alert" }, problem), retry);
    }
    if (loading) return this.#note.replaceChildren(...Array.from({ length: 5 }, () => h("div", { class: "ghost", "aria-hidden": true })), h("p", { class: "sr" }, t("list.loading")));
    const kind = view.q || view.article || view.author || view.rule ? "none" : view.status ? "empty" : "clear";
    this.#note.replaceChildren(h("p", { class: "note-title" }, t(`list.${kind}`)), h("p", null, t(`list.${kind}.hint`)));
  }

  #clicked(event: Event): void {
    const target = event.target instanceof Element ? event.target : null;
    const id = target?.closest<HTMLElement>("[data-id]")?.dataset["id"];
    if (!id) return;
    if (target?.closest("[data-pick]")) this.#actions.pick(id);
    else this.#actions.open(id);
  }
}

function rowId(id: string): string {
  return `row-${id}`;
}
