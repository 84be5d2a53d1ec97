// Changing and deleting one's own comment, with the token that came with it.
import { plainText } from "../../shared/tree";
import type { Comment, Posted } from "../../shared/wire";
import type { Item } from "../forest";
import type { Widget } from "../widget";
import { askComment } from "./ask";
import { h } from "./lent";
import { openPanel } from "./panel";
import { dropOwn, keepOwn } from "./remember";

export function editComment(widget: Widget, item: Item): void {
  const { i18n, memory } = widget;
  const { id } = item.comment;
  const own = memory.own(id);
  if (!own) return;
  const text = h("textarea", { id: `pb-edit-${id}`, rows: 5, maxlength: widget.maxLength, dir: "auto", placeholder: " " });
  text.value = own.text || plainText(item.comment.body ?? []);
  openPanel(widget, item, {
    title: i18n.t("editComment"),
    content: [h("div", { class: "field" }, h("label", { for: text.id }, i18n.t("comment")), text)],
    submit: i18n.t("save"),
    cancel: i18n.t("cancel"),
    act: "edit",
    run: async () => {
      const answer = readAnswer(await askComment(widget, id, "", { method: "PATCH", body: { text: text.value.trim() } }));
      changed(widget, item, answer, text.value.trim());
    },
  });
  text.focus();
}

/** An edit that must wait leaves the public version where it is. */
function changed(widget: Widget, item: Item, answer: Partial<Posted>, text: string): void {
  const { comment } = answer;
  const { id } = item.comment;
  const own = widget.memory.own(id);
  const wasWaiting = widget.list.waiting.has(id);
  const waits = comment?.status === "pending";
  const message = answer.message || widget.i18n.t(waits ? "savedWaiting" : "saved");
  if (comment && (wasWaiting || !waits)) {
    if (waits) widget.list.waiting.set(id, message);
    else widget.list.waiting.delete(id);
    widget.list.update(comment);
  }
  if (own) keepOwn(widget.memory, { ...own, text, waiting: wasWaiting && waits && comment ? comment : undefined });
  widget.announce(message);
  widget.list.article(id)?.focus();
}

export function askDelete(widget: Widget, item: Item): void {
  const { i18n, memory } = widget;
  const { id } = item.comment;
  const form = openPanel(widget, item, {
    title: i18n.t("deleteAsk"),
    content: [],
    submit: i18n.t("deleteDo"),
    cancel: i18n.t("keep"),
    danger: true,
    act: "delete",
    run: async () => {
      await askComment(widget, id, "", { method: "DELETE" });
      dropOwn(memory, id);
      deleted(widget, item);
    },
  });
  form.querySelector<HTMLElement>("button.second")?.focus();
}

/** Takes the comment off the page; above replies a tombstone stays. */
function deleted(widget: Widget, item: Item): void {
  const waited = widget.list.waiting.delete(item.comment.id);
  const next = item.parent ?? widget.list.forest.roots.find((root) => root !== item);
  if (item.replies.length > 0) widget.list.update({ ...item.comment, author: null, body: null, state: "tombstone" });
  else widget.list.remove(item.comment.id);
  if (!waited) widget.count(Math.max(0, widget.thread.count - 1));
  widget.announce(widget.i18n.t("deleted"));
  widget.list.article(item.replies.length > 0 ? item.comment.id : (next?.comment.id ?? ""))?.focus({ preventScroll: true });
}

function readAnswer(answer: unknown): Partial<Posted> {
  if (!answer || typeof answer !== "object") return {};
  return "comment" in answer ? (answer as Posted) : { comment: answer as Comment };
}
