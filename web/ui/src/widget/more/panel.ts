// A small form below a comment: one at a time per comment, with its buttons, its busy state and its errors.
import type { Child } from "../../shared/dom";
import type { Item } from "../forest";
import type { Widget } from "../widget";
import { h, problemOf } from "./lent";
import { sendError } from "./trouble";

export interface Panel {
  readonly title: string;
  readonly content: readonly Child[];
  readonly submit: string;
  readonly cancel: string;
  readonly danger?: boolean;
  /** What the comment's button is called in data-act; the focus goes back there. */
  readonly act: string;
  /** Does the work; the panel closes when it ends well. */
  run(): Promise<void>;
}

/** Opens the panel below the comment and returns its form. The caller moves the focus. */
export function openPanel(widget: Widget, item: Item, panel: Panel): HTMLFormElement {
  const article = widget.list.article(item.comment.id)!;
  article.parentElement?.querySelector(":scope > .panel")?.remove();
  const trouble = h("div");
  const submit = h("button", { type: "submit", class: panel.danger ? "first danger" : "first" }, panel.submit);
  const cancel = h("button", { type: "button", class: "second" }, panel.cancel);
  const title = h("p", { class: "to", id: `pb-panel-${item.comment.id}` }, panel.title);
  const form = h(
    "form",
    { class: "composer panel open", novalidate: true, "aria-labelledby": title.id },
    title,
    ...panel.content,
    trouble,
    h("div", { class: "foot" }, cancel, submit),
  );
  cancel.addEventListener("click", () => closePanel(widget, item, form, panel.act));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (submit.ariaDisabled !== "true") void send();
  });
  const send = async (): Promise<void> => {
    submit.ariaDisabled = "true";
    trouble.replaceChildren();
    try {
      await panel.run();
      form.remove();
    } catch (error) {
      trouble.replaceChildren(sendError(widget, problemOf(error), () => {
        submit.focus();
        void send();
      }));
    } finally {
      submit.ariaDisabled = null;
    }
  };
  article.after(form);
  return form;
}

/** Closes a panel and gives the focus back to the button that opened it. */
export function closePanel(widget: Widget, item: Item, form: HTMLFormElement, act: string): void {
  form.remove();
  widget.list.article(item.comment.id)?.querySelector<HTMLElement>(`[data-act="${act}"]`)?.focus();
}
