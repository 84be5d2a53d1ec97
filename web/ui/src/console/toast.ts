// One sentence at the foot of the screen about what was just done, with Undo while it stands.
import { h } from "../shared/dom";
import { button } from "./controls";
import { t } from "./texts";

/** Milliseconds a toast stands; it stays while the pointer or the focus is on it. */
const time = 8000;

export class Toast {
  readonly element: HTMLElement;
  readonly #text = h("p", { role: "status" });
  readonly #undo: HTMLButtonElement;
  #timer = 0;

  constructor(undo: () => void) {
    this.#undo = button(t("do.undo"), "Z", undo, "small");
    this.element = h("div", { class: "toast" }, this.#text, this.#undo);
    this.element.dataset["open"] = "false";
    for (const event of ["pointerenter", "focusin"]) this.element.addEventListener(event, () => clearTimeout(this.#timer));
    for (const event of ["pointerleave", "focusout"]) this.element.addEventListener(event, () => this.#leaveLater());
  }

  /** Shows a sentence; a bad one (something was not saved) also looks like it. */
  show(text: string, undo: boolean, bad = false): void {
    this.#text.textContent = text;
    this.element.dataset["look"] = bad ? "bad" : "";
    this.#undo.hidden = !undo;
    this.element.dataset["open"] = "true";
    this.#leaveLater();
  }

  #leaveLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.element.dataset["open"] = "false";
      this.#undo.hidden = true;
      this.#text.textContent = "";
    }, time);
  }
}
