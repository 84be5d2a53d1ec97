// What the widget loads after its first render: writing, live events, paging, and the actions on single comments.
import type { Item } from "../forest";
import { more as english } from "../locale/en.json";
import type { Pager, Widget } from "../widget";
import { toggleLike } from "./like";
import { borrow } from "./lent";
import { Live } from "./live";
import { askDelete, editComment } from "./own";
import { jump, loadPage, resort } from "./pages";
import { reportComment } from "./report";
import { findLogin } from "./session";
import style from "./style.css";
import { Writing } from "./writing";

export interface Extras {
  /** Does what a button asks for; `item` is the comment that the button belongs to. */
  act(name: string, item: Item | undefined): void;
  page(pager: Pager, button: HTMLElement): void;
  sort(order: string): void;
  /** Goes to the comment that a fragment names, that of the page's address unless told. */
  jump(hash?: string): void;
  submit(): void;
  /** Writes the drafts now. */
  save(): void;
  /** Closes the reply form, because the list is drawn anew. */
  close(): void;
}

/** Starts this half of a widget. It ends by itself when the widget is taken down. */
export function start(widget: Widget): Extras {
  const { i18n, list } = widget;
  borrow(widget.lent);
  i18n.extend(english);
  widget.style(style);
  widget.login = findLogin(widget);
  const live = new Live(widget);
  const writing = new Writing(widget, () => void live.follow());
  const actions: Readonly<Record<string, (item: Item) => unknown>> = {
    fold: (item) => list.fold(item, !list.folded.has(item.comment.id)),
    reply: (item) => writing.open(item.comment),
    reopen: (item) => writing.open(item.comment, false),
    like: (item) => toggleLike(widget, item),
    report: (item) => reportComment(widget, item),
    edit: (item) => editComment(widget, item),
    delete: (item) => askDelete(widget, item),
  };
  live.start();
  keepAges(widget);
  return {
    act(name, item) {
      if (name === "arrivals") live.reveal();
      else if (item) void actions[name]?.(item);
    },
    page: (pager, button) => void loadPage(widget, live, pager, button),
    sort: (order) => void resort(widget, live, order),
    jump: (hash) => void jump(widget, live, hash),
    submit: () => writing.submit(),
    save: () => writing.save(),
    close: () => writing.close(),
  };
}

/** "5 minutes ago" stays true while the page is open. */
function keepAges({ root, i18n, signal }: Widget): void {
  const timer = setInterval(() => {
    const now = Date.now();
    root.querySelectorAll("time").forEach((time) => (time.textContent = i18n.clock.ago(time.dateTime, now)));
  }, 60_000);
  signal.addEventListener("abort", () => clearInterval(timer));
}
