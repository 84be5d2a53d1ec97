// The thread on the page: keeps the DOM of every branch in step with the forest.
import { h } from "../shared/dom";
import type { Comment } from "../shared/wire";
import { Forest, type Item } from "./forest";
import { renderItem, type ItemContext } from "./item";

interface Row {
  readonly li: HTMLLIElement;
  article: HTMLElement;
  replies: HTMLOListElement | null;
}

export class CommentList {
  readonly element = h("ol", { class: "list" });
  readonly waiting = new Map<string, string>();
  readonly folded = new Set<string>();
  forest = new Forest();
  readonly #rows = new Map<string, Row>();
  readonly #context: ItemContext;

  constructor(context: Pick<ItemContext, "i18n" | "memory" | "nameOf">) {
    const { i18n, memory } = context;
    this.#context = { i18n, memory, nameOf: (comment) => context.nameOf(comment), waiting: this.waiting, folded: this.folded };
  }

  /** Shows these comments and no others. */
  replace(comments: readonly Comment[]): void {
    this.forest = new Forest();
    this.#rows.clear();
    this.element.replaceChildren();
    this.append(comments);
  }

  /** Adds a page at the end; what is here already stays as it is. Returns the first comment that was added. */
  append(comments: readonly Comment[]): string | undefined {
    const added = comments.flatMap((comment) => this.forest.insert(comment) ?? []);
    for (const item of added) this.#place(item, false);
    this.#refold(added);
    return added[0]?.comment.id;
  }

  /** Adds one comment; `first` puts a root at the top. */
  insert(comment: Comment, first: boolean): void {
    const item = this.forest.insert(comment, first);
    if (!item) return this.update(comment);
    this.#place(item, first);
    this.#refold([item]);
  }

  /** Shows what a comment says now. */
  update(comment: Comment): void {
    const item = this.forest.update(comment);
    if (item) this.refresh(item);
  }

  remove(id: string): void {
    const item = this.forest.remove(id);
    if (!item) return;
    this.#rows.get(id)?.li.remove();
    this.#forget(item);
    if (item.parent) this.#refold([item]);
  }

  /** Draws a comment again, without its replies; the focus stays on the same control. */
  refresh(item: Item): void {
    const row = this.#rows.get(item.comment.id);
    if (!row) return;
    const focused = (row.li.getRootNode() as ShadowRoot).activeElement;
    const act = row.article.contains(focused) ? focused?.getAttribute("data-act") : undefined;
    const article = renderItem(item, this.#context);
    row.article.replaceWith(article);
    row.article = article;
    if (act !== undefined) (article.querySelector<HTMLElement>(`[data-act="${act}"]`) ?? article).focus({ preventScroll: true });
  }

  /** The element of a comment. */
  article(id: string): HTMLElement | undefined {
    return this.#rows.get(id)?.article;
  }

  /** The comment that an element belongs to. */
  itemAt(element: Element): Item | undefined {
    return this.forest.get(element.closest("li")?.getAttribute("data-id") ?? "");
  }

  fold(item: Item, folded: boolean): void {
    const { id } = item.comment;
    if (folded) this.folded.add(id);
    else this.folded.delete(id);
    const row = this.#rows.get(id);
    if (row?.replies) row.replies.hidden = folded;
    this.refresh(item);
  }

  /** Opens every branch above a comment. */
  reveal(item: Item): void {
    for (let above = item.parent; above; above = above.parent) if (this.folded.has(above.comment.id)) this.fold(above, false);
  }

  #place(item: Item, first: boolean): void {
    const { id, depth } = item.comment;
    const article = renderItem(item, this.#context);
    const li = h("li", { "data-id": id, "data-depth": item.parent ? null : Math.min(depth, 5) || null }, article);
    this.#rows.set(id, { li, article, replies: null });
    const list = item.parent ? this.#repliesOf(item.parent) : this.element;
    if (first && !item.parent) list.prepend(li);
    else list.append(li);
  }

  #repliesOf(item: Item): HTMLOListElement {
    const row = this.#rows.get(item.comment.id)!;
    if (!row.replies) {
      row.replies = h("ol", { class: "replies" });
      row.replies.hidden = this.folded.has(item.comment.id);
      row.li.append(row.replies);
    }
    return row.replies;
  }

  /** Draws the branches above again, whose button counts the replies. */
  #refold(items: readonly Item[]): void {
    const above = new Set<Item>();
    for (const item of items) for (let up = item.parent; up; up = up.parent) above.add(up);
    items.forEach((item) => above.delete(item)); // drawn just now, with all their replies
    above.forEach((item) => this.refresh(item));
  }

  #forget(item: Item): void {
    this.#rows.delete(item.comment.id);
    item.replies.forEach((reply) => this.#forget(reply));
  }
}
