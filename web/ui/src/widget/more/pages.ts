// More of the thread: the next and the previous page, another order, the comment that the page's address names.
import type { Comment } from "../../shared/wire";
import { flatten } from "../forest";
import { readAnchor, type Pager, type Widget } from "../widget";
import { errorBox, explain, problemOf } from "./lent";
import type { Live } from "./live";

/** Loads the page that a pager's button leads to. */
export async function loadPage(widget: Widget, live: Live, pager: Pager, button: HTMLElement): Promise<void> {
  if (button.ariaDisabled === "true") return;
  const { list, i18n } = widget;
  const cursor = button.dataset["cursor"];
  button.ariaDisabled = "true";
  button.textContent = i18n.t("loading");
  try {
    await live.fetch({ cursor }, (page) => {
      const before = list.forest.size;
      if (pager.kind === "more") append(widget, page.comments);
      else list.replace([...page.comments, ...flatten(list.forest)]); // a branch that began in the middle now finds its parent
      widget.fillPager(pager, pager.kind === "more" ? page.next : page.prev);
      widget.announce(i18n.t("loaded", { n: list.forest.size - before }));
    });
    widget.options.emit("onPaginate");
  } catch (error) {
    if (widget.signal.aborted) return;
    widget.fillPager(pager, cursor);
    pager.element.prepend(errorBox(i18n, explain(i18n, problemOf(error))));
  }
}

function append(widget: Widget, comments: readonly Comment[]): void {
  const { list } = widget;
  for (const { id } of comments) if (list.waiting.delete(id)) list.remove(id);
  const first = list.append(comments);
  if (first) list.article(first)?.focus({ preventScroll: true });
}

/** Shows the thread in another order, and remembers it for this site. */
export async function resort(widget: Widget, live: Live, sort: string): Promise<void> {
  widget.memory.set("sort", sort);
  widget.list.element.ariaBusy = "true";
  try {
    await live.fetch({}, (thread) => widget.show(thread));
  } catch (error) {
    if (!widget.signal.aborted) widget.announce(explain(widget.i18n, problemOf(error)));
  } finally {
    widget.list.element.ariaBusy = null;
  }
}

/** Goes to the comment that a fragment names, loading its page when it is not here. */
export async function jump(widget: Widget, live: Live, hash?: string): Promise<void> {
  const anchor = readAnchor(hash);
  if (!anchor) return;
  if (!widget.list.forest.find(anchor)) {
    try {
      await live.fetch({ around: anchor }, (thread) => widget.show(thread));
    } catch {
      return; // there is no such comment here, or the server is away: the reader stays where they are
    }
  }
  const item = widget.list.forest.find(anchor);
  if (item) widget.visit(item.comment.id);
}
