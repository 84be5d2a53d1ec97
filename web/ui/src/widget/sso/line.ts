// The line of a comment form that says who is signed in, or offers to sign in.
import { h, type Child } from "../../shared/dom";
import type { Form } from "../form";
import type { Login } from "./main";
import { awaitReturn } from "./popup";

export class LoginLine {
  readonly #login: Login;
  readonly #form: Form;
  readonly #element = h("div", { class: "login" });

  constructor(login: Login, form: Form) {
    this.#login = login;
    this.#form = form;
    form.element.prepend(this.#element);
  }

  /** Whether the form still is on the page. */
  get shown(): boolean {
    return this.#element.isConnected;
  }

  draw(): void {
    const { reader, widget } = this.#login;
    const members = widget.thread.site?.guests === false;
    const parts = reader ? this.#signedIn(reader.name) : this.#signedOut(members);
    const focused = this.#element.contains(widget.shadow.activeElement);
    this.#element.replaceChildren(...parts.filter((part): part is Node | string => !!part));
    this.#element.hidden = !this.#element.firstChild;
    this.#form.element.classList.toggle("signed", !!reader || members);
    if (focused) this.#form.text.focus();
  }

  /** Offers a link where the browser opens no window. */
  offerLink(): void {
    const { texts, vouch, widget } = this.#login;
    const link = h("a", { href: vouch.url, target: "_blank", rel: "noopener" }, this.#name());
    link.addEventListener("click", () => awaitReturn(widget.signal, () => location.reload()), { once: true });
    this.#element.replaceChildren(h("span", { role: "alert" }, texts.blocked), link);
    link.focus();
  }

  #name(): string {
    return this.#login.vouch.name || this.#login.texts.signIn;
  }

  #signedIn(name: string): Child[] {
    const { texts, vouch, widget } = this.#login;
    const [before, after] = texts.as.split("{name}");
    const shown = h("strong", { dir: "auto" }, name || widget.i18n.t("anonymous"));
    return [
      h("span", null, before ?? "", shown, after ?? ""),
      vouch.profile && h("a", { href: vouch.profile }, texts.profile),
      vouch.logout && h("a", { href: vouch.logout }, texts.signOut),
    ];
  }

  #signedOut(members: boolean): Child[] {
    const { texts, vouch } = this.#login;
    const button = h("button", { type: "button", class: "second" }, this.#name());
    button.addEventListener("click", () => this.#login.open(this));
    return [members && h("span", null, texts.members), vouch.url && button];
  }
}
