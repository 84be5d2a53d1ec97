// The comment form as it stands at the first render: box and button. The composer, loaded later, brings it to life; what was typed stays.
import { add, h } from "../shared/dom";
import type { Comment } from "../shared/wire";
import type { I18n } from "./i18n";

export interface Form {
  readonly element: HTMLFormElement;
  readonly text: HTMLTextAreaElement;
  /** Where the composer adds its own parts: between the box and the buttons, and before the submit button. */
  readonly middle: HTMLElement;
  readonly foot: HTMLElement;
  readonly submit: HTMLButtonElement;
  readonly id: string;
}

let forms = 0;

/** Builds the form for a comment, or for a reply to `parent`. */
export function buildForm(i18n: I18n, parent: Comment | null, parentName: string): Form {
  const id = `pb-${++forms}`;
  const title = parent && i18n.t("replyTo", { name: parentName });
  const text = h("textarea", { id: `${id}-text`, rows: 3, dir: "auto", placeholder: parent ? " " : i18n.t("invite") });
  const submit = h("button", { type: "submit", class: "first" }, i18n.t("post"));
  const middle = h("div");
  const foot = h("div", { class: "foot" }, submit);
  const element = h("form", { class: parent ? "composer answer" : "composer", novalidate: true, "aria-label": title });
  add(element, title && h("p", { class: "to" }, title), h("div", { class: "field" }, h("label", { for: text.id }, i18n.t("comment")), text), middle, foot);
  // Not for the button: it would move away from under the pointer that presses it.
  element.addEventListener("focusin", ({ target }) => target !== submit && element.classList.add("open"));
  return { element, text, middle, foot, submit, id };
}
